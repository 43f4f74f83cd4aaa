//! The command of the publishing engine.

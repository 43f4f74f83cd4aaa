//! Examples of the engine, each a program of its own.

pub mod town;

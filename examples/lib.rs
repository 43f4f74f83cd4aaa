//! Examples of the engine, each a program of its own.

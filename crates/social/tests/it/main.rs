//! The engine whole, against the simulated networks.

mod bad_input;
mod faults;
mod layers;
mod life;
mod world;

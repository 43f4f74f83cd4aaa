//! Text as networks see it: what counts how much, what must stay whole, and how to make it fit.

mod count;
mod cut;
mod links;
mod runs;
mod tags;

pub use count::{TextUnit, count, emoji};
pub use cut::{shorten, split};
pub use links::links;
pub use tags::{hashtags, mentions, whole_pieces};

#[cfg(test)]
mod tests;

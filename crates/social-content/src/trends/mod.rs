//! What people talk about: from feeds, or from a list.

mod days;
mod feed;
mod list;

pub use days::{Day, days};
pub use feed::Feed;
pub use list::StaticTrends;

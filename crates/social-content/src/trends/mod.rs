//! What people talk about: from feeds, or from a list.

mod feed;
mod list;

pub use feed::Feed;
pub use list::StaticTrends;

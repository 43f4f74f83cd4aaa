//! Captions, hashtags and adaptation of text, without a model and without a network.
//!
//! [`Offline`] is the [`ContentEngine`](social_core::ports::ContentEngine) that always works: it
//! is deterministic, and uses no word, link or mention that was not in what it was given.
//!
//! ```
//! use social_content::Offline;
//! use social_core::ports::ContentEngine as _;
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let tags = Offline.generate_hashtags("Fresh coffee, roasted at the harbour. Coffee!", 2).await?;
//! assert_eq!(tags, ["coffee", "roasted"]);
//! # Ok::<(), social_core::ports::ContentError>(()) }).unwrap();
//! ```

mod keywords;
mod offline;

pub use offline::Offline;

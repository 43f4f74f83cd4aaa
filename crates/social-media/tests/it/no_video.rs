//! A build without clips says so.

use social_core::ports::{MediaErrorKind, MediaPipeline};
use social_media::LocalMedia;

use crate::helpers::source;

#[tokio::test]
async fn a_clip_is_refused_with_what_to_turn_on() {
    let error = LocalMedia::new().probe(&source(&b"\0\0\0\x18ftypisom\0\0\0\0"[..])).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind, MediaErrorKind::Unsupported);
    assert!(error.detail.contains("feature `video` of social-media"), "{error}");
}

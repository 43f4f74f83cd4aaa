//! Headers, EXIF, profiles and pixels of pictures: whatever the bytes, an answer comes.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use social_core::domain::media::{ImageFormat, ImagePlan};
use social_core::ports::{MediaPipeline, MediaSource};
use social_media::{Budget, LocalMedia};
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_all().build().unwrap());

/// Small, so that no time goes to large pictures.
static MEDIA: LazyLock<LocalMedia> = LazyLock::new(|| {
    let budget = Budget { image_pixels: 1_000_000, ..Budget::default() };
    LocalMedia::builder().budget(budget).worker("/nowhere").build()
});

fuzz_target!(|data: &[u8]| {
    let source = MediaSource::Bytes(bytes::Bytes::copy_from_slice(data));
    let plan = ImagePlan::scaled(32, 32, ImageFormat::Jpeg);
    RUNTIME.block_on(async {
        if MEDIA.probe(&source).await.is_ok() {
            let _ = MEDIA.process_image(&source, &plan).await;
        }
    });
});

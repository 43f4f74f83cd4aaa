//! HEIC and AVIF pictures.

#[cfg(feature = "heic")]
mod library;
#[cfg(feature = "heic")]
mod picture;

#[cfg(feature = "heic")]
pub(crate) use picture::{decode, describe};

#[cfg(not(feature = "heic"))]
pub(crate) use without::{decode, describe};

#[cfg(not(feature = "heic"))]
mod without {
    //! A build that reads none.

    use std::path::Path;

    use social_core::ports::MediaError;
    use social_media::Budget;
    use social_media::errors::{Result, unsupported};
    use social_media::native::{Facts, Pixels};

    pub(crate) fn describe(_: &Path, _: &Budget) -> Result<Facts> {
        Err(refused())
    }

    pub(crate) fn decode(_: &Path, _: &Budget) -> Result<(Pixels, Vec<u8>)> {
        Err(refused())
    }

    fn refused() -> MediaError {
        unsupported(
            "this is a HEIC or AVIF picture, and this build reads none: build social-media-worker \
             with its feature `heic`",
        )
    }
}

//! What the errors of Page posts, photos and videos mean.
//!
//! Meta, "Page videos" and "Reels publishing: troubleshooting".

use social_core::{ErrorKind, Retry};

use crate::meta::errors::Row;
use crate::verdict::Verdict;

const fn media(action: &'static str) -> Verdict {
    Verdict::new(ErrorKind::MediaRejected, Retry::Never, action).definite()
}

const fn again() -> Verdict {
    Verdict::new(
        ErrorKind::Unavailable,
        Retry::Backoff,
        "Nothing: the network is not well, and it is tried again by itself.",
    )
}

const VIDEO: &str = "Convert the clip to MP4 with H.264 and AAC, and try again.";
const PHOTO: &str = "Convert the picture to JPEG below 4 MB, and try again.";

/// Codes of Page posts, photos and videos.
pub(crate) const TABLE: &[Row] = &[
    (324, None, media(PHOTO)),
    (382, None, media("The clip is too small to be one: upload it again.")),
    (389, None, media("Make sure that the media address is public.")),
    (6000, None, Verdict::new(ErrorKind::MediaRejected, Retry::Never, VIDEO)),
    (6001, None, Verdict::new(ErrorKind::MediaRejected, Retry::Never, VIDEO)),
    (1_363_040, None, media("Crop the clip to a shape between 16:9 and 9:16.")),
    (1_363_127, None, media("Use a clip of at least 540 by 960 pixels.")),
    (1_363_128, None, media("Cut the clip to a length that Facebook takes.")),
    (1_363_129, None, media("Convert the clip to 24 to 60 frames a second.")),
    (1_363_047, None, again()),
    (1_609_010, None, again()),
    (1_366_046, None, media(PHOTO)),
    (
        1_366_051,
        None,
        Verdict::new(
            ErrorKind::Duplicate,
            Retry::Never,
            "This photo was posted already: look at the Page.",
        ),
    ),
    (2_069_019, None, media("Upload the file again: it seems to be damaged.")),
    (
        1_346_003,
        None,
        Verdict::new(
            ErrorKind::Rejected,
            Retry::Never,
            "Facebook takes the content for abusive: change it, or ask for a review.",
        ),
    ),
    (
        1_390_008,
        None,
        Verdict::new(ErrorKind::RateLimited, Retry::Backoff, "Post less often on this Page."),
    ),
    (
        1_404_102,
        None,
        Verdict::new(
            ErrorKind::Rejected,
            Retry::Never,
            "Facebook says that the content breaks its standards: change it.",
        ),
    ),
    (
        1_404_112,
        None,
        Verdict::new(
            ErrorKind::Permission,
            Retry::Never,
            "Facebook has limited this account: see its support inbox.",
        ),
    ),
];

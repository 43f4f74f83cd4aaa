//! What the errors of Instagram publishing mean.
//!
//! Meta, "Instagram Platform: error codes" (the subcodes 2207xxx).

use std::time::Duration;

use social_core::domain::Platform;
use social_core::{ErrorKind, PlatformError, Retry};

use crate::http::redact;
use crate::meta::errors::Row;
use crate::verdict::Verdict;

const fn media(action: &'static str) -> Verdict {
    Verdict::new(ErrorKind::MediaRejected, Retry::Never, action).definite()
}

const fn no(action: &'static str) -> Verdict {
    Verdict::new(ErrorKind::Rejected, Retry::Never, action).definite()
}

const fn again() -> Verdict {
    Verdict::new(
        ErrorKind::Unavailable,
        Retry::Backoff,
        "Nothing: the network is not well, and it is tried again by itself.",
    )
}

const fn anew() -> Verdict {
    Verdict::new(
        ErrorKind::Expired,
        Retry::Backoff,
        "Nothing: what was prepared is made anew by itself.",
    )
}

const SHAPE: &str = "Crop the picture to a shape between 4:5 and 1.91:1.";
const FETCH: &str =
    "Make sure that the media address is public, or publish with a blob store that has addresses.";
const QUOTA: &str = "The account has used up its posts for today: wait for tomorrow's.";

/// Instagram's own codes. What is not definite says nothing about a publish.
pub(crate) const TABLE: &[Row] = &[
    (-2, Some(2_207_003), again()),
    (-2, Some(2_207_020), anew()),
    (-1, Some(2_207_001), again()),
    (-1, Some(2_207_032), again()),
    (-1, Some(2_207_053), anew()),
    (
        -1,
        Some(2_207_073),
        Verdict::new(
            ErrorKind::Unsupported,
            Retry::Never,
            "Delete it in the app: Instagram lets no program delete this kind of post.",
        ),
    ),
    (1, Some(2_207_057), no("Choose a cover within the clip.")),
    (
        4,
        Some(2_207_051),
        Verdict::new(
            ErrorKind::Permission,
            Retry::Never,
            "Instagram takes this for spam: post less often and check the account's status in the app.",
        ),
    ),
    (
        9,
        Some(2_207_042),
        Verdict::new(ErrorKind::RateLimited, Retry::After(Duration::from_secs(3600)), QUOTA)
            .definite(),
    ),
    (24, Some(2_207_006), anew()),
    (24, Some(2_207_008), anew()),
    (
        25,
        Some(2_207_050),
        Verdict::new(
            ErrorKind::Permission,
            Retry::Never,
            "Open the Instagram app and finish the check that is shown there.",
        )
        .definite(),
    ),
    (100, Some(2_207_023), no("Update this program: Instagram does not know this kind of post.")),
    (100, Some(2_207_035), no("Leave out the place of products on a clip.")),
    (100, Some(2_207_036), no("Say where each product is on the picture.")),
    (100, Some(2_207_037), no("Tag only products of the account's own catalogue.")),
    (100, Some(2_207_028), no("A carousel takes 2 to 10 items.")),
    (100, Some(2_207_040), no("Mention at most 20 accounts.")),
    (352, Some(2_207_026), media("Convert the clip to MP4 with H.264 and AAC.")),
    (-1, Some(2_207_077), Verdict::new(ErrorKind::MediaRejected, Retry::Backoff, FETCH)),
    (100, Some(2_207_081), no("Leave out `trial_params`: this account may not post trial reels.")),
    (-1, Some(2_207_082), anew()),
    (-1, Some(2_207_085), media("Convert the clip to MP4 with H.264 and AAC.")),
    (9004, Some(2_207_052), media(FETCH)),
    (
        9007,
        Some(2_207_027),
        Verdict::new(
            ErrorKind::NotReady,
            Retry::After(Duration::from_secs(5)),
            "Nothing: Instagram still works on it, and it is tried again by itself.",
        )
        .definite(),
    ),
    (36_000, Some(2_207_004), media("Make the picture smaller than 8 MB.")),
    (36_001, Some(2_207_005), media("Convert the picture to JPEG.")),
    (36_003, Some(2_207_009), media(SHAPE)),
    (36_004, Some(2_207_010), no("Shorten the caption to 2200 characters.")),
];

/// What a container's status `ERROR` means: its text ends in a subcode.
pub(super) fn container_failed(platform: &Platform, status: &str) -> PlatformError {
    let subcode = subcode_in(status);
    let action = match subcode {
        Some(2_207_004) => "Make the picture smaller than 8 MB.",
        Some(2_207_005) => "Convert the picture to JPEG.",
        Some(2_207_009) => SHAPE,
        Some(2_207_052 | 2_207_003) => FETCH,
        Some(2_207_026 | 2_207_077 | 2_207_082 | 2_207_085) => {
            "Convert the clip to MP4 with H.264 and AAC, 3 seconds to 15 minutes, and try again."
        }
        _ => "Check the file against Instagram's limits, and try again.",
    };
    let error = PlatformError::new(platform.clone(), ErrorKind::MediaRejected, redact(status));
    PlatformError { subcode: subcode.map(|code| code.to_string()), ..error.action(action) }
}

/// The seven digits of a subcode within a text.
fn subcode_in(text: &str) -> Option<i64> {
    let mut runs = text.split(|c: char| !c.is_ascii_digit());
    runs.find(|run| run.len() == 7).and_then(|run| run.parse().ok())
}

#[cfg(test)]
mod tests {
    use social_core::flow::Effect;

    use super::*;
    use crate::meta::errors::classify;

    fn publish(code: i64, subcode: i64) -> PlatformError {
        let body = serde_json::json!({"error": {
            "message": "no", "type": "OAuthException", "code": code, "error_subcode": subcode,
        }});
        let response = http::Response::builder().status(400).body(body.to_string().into()).unwrap();
        classify(&Platform::INSTAGRAM, TABLE, Effect::Commit, &response)
    }

    #[test]
    fn what_media_publish_answers() {
        let first = Retry::ReconcileFirst;
        for (code, subcode, kind, retry) in [
            (9007, 2_207_027, ErrorKind::NotReady, Retry::After(Duration::from_secs(5))),
            (9, 2_207_042, ErrorKind::RateLimited, Retry::After(Duration::from_secs(3600))),
            (24, 2_207_008, ErrorKind::OutcomeUnknown, first),
            (24, 2_207_006, ErrorKind::OutcomeUnknown, first),
            (4, 2_207_051, ErrorKind::OutcomeUnknown, first),
            (-1, 2_207_001, ErrorKind::OutcomeUnknown, first),
            (36_003, 2_207_009, ErrorKind::MediaRejected, Retry::Never),
            (25, 2_207_050, ErrorKind::Permission, Retry::Never),
            (12_345, 2_207_999, ErrorKind::OutcomeUnknown, first),
        ] {
            let error = publish(code, subcode);
            assert_eq!((error.kind, error.retry), (kind, retry), "{code}/{subcode}");
            assert_eq!(error.subcode, Some(subcode.to_string()));
        }
    }

    #[test]
    fn a_failed_container_tells_why() {
        let error = container_failed(
            &Platform::INSTAGRAM,
            "Error: Media upload has failed with error code 2207009",
        );
        assert_eq!(error.subcode.as_deref(), Some("2207009"));
        assert_eq!(error.action, SHAPE);
    }
}

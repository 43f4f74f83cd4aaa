//! Options of a post that only one network knows.

use serde::de::DeserializeOwned;
use social_core::domain::Platform;
use social_core::flow::Content;
use social_core::rules::options::typed;
use social_core::{ErrorKind, PlatformError};

/// The options of a post as the network's type has them. Preflight has checked them; what was
/// stored by another version is refused here, before anything is sent.
pub(crate) fn read<T: DeserializeOwned>(
    platform: &Platform,
    content: &Content,
) -> Result<T, PlatformError> {
    typed(&content.options).map_err(|problem| {
        PlatformError::new(platform.clone(), ErrorKind::Rejected, problem.message)
            .action("Correct the options of the post for this network.")
    })
}

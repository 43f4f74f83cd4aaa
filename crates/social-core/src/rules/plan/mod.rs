//! What must be done with a picture or a clip so that a network takes it: pure, so that preflight
//! shows exactly what the pipeline will do.

mod image;
mod shape;
#[cfg(test)]
mod tests;
mod video;

use std::time::Duration;

use super::MediaRule;
use crate::domain::Wishes;
use crate::domain::media::{Change, ImagePlan, ImageProbe, MediaProbe, VideoPlan};

pub use image::{plan_image, plan_image_as};
use video::moving;
pub use video::plan_video;

/// A plan for a picture or a clip.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// Of a picture.
    Image(ImagePlan),
    /// Of a clip.
    Video(VideoPlan),
    /// Of a file of pages: it goes as it is.
    AsItIs,
}

impl Plan {
    /// What a person would want to know of it.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        match self {
            Self::Image(plan) => &plan.changes,
            Self::Video(plan) => &plan.changes,
            Self::AsItIs => &[],
        }
    }
}

/// Why nothing makes a file fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// A clip where a picture belongs.
    #[error("this is a video, and a picture is needed here")]
    NotAnImage,
    /// A picture where a clip belongs.
    #[error("this is a picture, and a video is needed here")]
    NotAVideo,
    /// Neither a picture nor a clip, or the other way round.
    #[error("this is another kind of file than is needed here")]
    WrongFile,
    /// A file of pages of a format that the network does not take.
    #[error("the network takes no such files: save it as a PDF")]
    Format,
    /// A file of pages with too many bytes.
    #[error("the file has {actual} bytes of at most {most}: make it smaller")]
    TooLarge {
        /// How many bytes it has.
        actual: u64,
        /// How many it may have.
        most: u64,
    },
    /// Too short, and nothing makes a clip longer.
    #[error("the video runs {:.1} s; it must run at least {:.0} s: use a longer one", .actual.as_secs_f64(), .least.as_secs_f64())]
    TooShort {
        /// How long it is.
        actual: Duration,
        /// How long it must be.
        least: Duration,
    },
}

/// Plans a picture or a clip by the rule for it.
///
/// # Errors
/// [`Refused`] where nothing makes the file fit.
pub fn plan_media(probe: &MediaProbe, rule: &MediaRule) -> Result<Plan, Refused> {
    plan_media_as(probe, rule, &Wishes::default())
}

/// Plans a picture or a clip by the rule for it and by what a person wants.
///
/// # Errors
/// [`Refused`] where nothing makes the file fit.
pub fn plan_media_as(
    probe: &MediaProbe,
    rule: &MediaRule,
    wishes: &Wishes,
) -> Result<Plan, Refused> {
    match (probe, rule) {
        (MediaProbe::Image(probe), MediaRule::Image(rule)) => {
            Ok(Plan::Image(plan_image_as(probe, rule, wishes)))
        }
        (MediaProbe::Image(ImageProbe { motion: Some(_), .. }), MediaRule::Video(rule)) => {
            let MediaProbe::Image(picture) = probe else { return Err(Refused::NotAVideo) };
            plan_video(&moving(picture), rule).map(Plan::Video)
        }
        (MediaProbe::Video(probe), MediaRule::Video(rule)) => {
            plan_video(probe, rule).map(Plan::Video)
        }
        (MediaProbe::Document(probe), MediaRule::Document(rule)) => {
            if !rule.formats.contains(&probe.format) {
                Err(Refused::Format)
            } else if probe.bytes > rule.max_bytes {
                Err(Refused::TooLarge { actual: probe.bytes, most: rule.max_bytes })
            } else {
                Ok(Plan::AsItIs)
            }
        }
        (MediaProbe::Document(_), _) | (_, MediaRule::Document(_)) => Err(Refused::WrongFile),
        (MediaProbe::Video(_), MediaRule::Image(_)) => Err(Refused::NotAnImage),
        (MediaProbe::Image(_), MediaRule::Video(_)) => Err(Refused::NotAVideo),
    }
}

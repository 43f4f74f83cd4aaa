//! What a person wants of a picture beside that it fits.

use serde::{Deserialize, Serialize};

use super::media::{Backdrop, Focus, Keep};

/// How a picture whose shape is not allowed is brought into one that is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// Cut, keeping in sight what a person looks at first.
    #[default]
    Crop,
    /// Cut on all sides alike.
    Centre,
    /// Nothing is cut: room is added around it.
    Pad(Backdrop),
}

/// What a person wants of a picture beside that it fits. Nothing of it touches a clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    /// How it is brought into shape.
    pub fit: Fit,
    /// What a crop keeps in sight, where the person says so; else what the probe found.
    pub focus: Option<Focus>,
    /// What shows through transparent parts where the format has none: red, green, blue.
    pub background: [u8; 3],
    /// What of its metadata stays.
    pub metadata: Keep,
    /// As few bytes as can be, which takes longer.
    pub smallest: bool,
}

impl Default for Wishes {
    fn default() -> Self {
        let (fit, metadata) = (Fit::default(), Keep::default());
        Self { fit, focus: None, background: [255; 3], metadata, smallest: false }
    }
}

impl Wishes {
    /// Whether nothing is wanted but what is done anyway.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

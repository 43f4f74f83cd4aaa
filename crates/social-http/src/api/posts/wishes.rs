//! How a picture is to be made fit, as clients say it.

use serde::{Deserialize, Serialize};
use social_core::domain::media::{Backdrop, Focus, Keep};
use social_core::domain::{Fit, Wishes};
use utoipa::ToSchema;

use super::super::codes;
use super::super::extract::field;
use super::body::MediaItem;
use crate::Problem;

/// A place in a picture: parts of its width and height.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    /// From the left, 0 to 1.
    #[schema(example = 0.5)]
    pub(crate) x: f64,
    /// From the top, 0 to 1.
    #[schema(example = 0.3)]
    pub(crate) y: f64,
}

/// What of a picture's metadata stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kept {
    /// Who made it and whose it is.
    Credit,
    /// When it was taken.
    TakenAt,
}

/// What is asked for, as the engine takes it. `pointer` is where the item stands in the request.
pub(crate) fn read(item: &MediaItem, pointer: &str) -> Result<Wishes, Problem> {
    let wrong = |name: &str, detail: &str| {
        field(&codes::INVALID_FIELD, &format!("{pointer}/{name}"), detail)
    };
    let mut wishes = Wishes::default();
    if let Some(fit) = &item.fit {
        wishes.fit = match fit.as_str() {
            "crop" => Fit::Crop,
            "centre" => Fit::Centre,
            "blur" => Fit::Pad(Backdrop::Blur),
            other => {
                let colour = colour(other).ok_or_else(|| {
                    wrong("fit", "one of crop, centre, blur, or a colour such as #ffffff")
                })?;
                Fit::Pad(Backdrop::Colour(colour))
            }
        };
    }
    if let Some(Place { x, y }) = item.focus {
        if ![x, y].iter().all(|part| (0.0..=1.0).contains(part)) {
            return Err(wrong("focus", "x and y are parts of the picture, 0 to 1"));
        }
        let thousandths = |part: f64| (part * 1000.0).round() as u16;
        wishes.focus = Some(Focus { x: thousandths(x), y: thousandths(y) });
    }
    if let Some(background) = &item.background {
        wishes.background =
            colour(background).ok_or_else(|| wrong("background", "a colour such as #ffffff"))?;
    }
    let keeps = |what| item.keep.contains(&what);
    wishes.metadata = Keep { credit: keeps(Kept::Credit), taken_at: keeps(Kept::TakenAt) };
    wishes.smallest = item.smallest;
    Ok(wishes)
}

/// The item with what is wanted beyond the default, as it would be asked for.
pub(crate) fn told(wishes: &Wishes, item: MediaItem) -> MediaItem {
    let fit = match wishes.fit {
        Fit::Crop => None,
        Fit::Centre => Some("centre".to_owned()),
        Fit::Pad(Backdrop::Blur) => Some("blur".to_owned()),
        Fit::Pad(Backdrop::Colour(colour)) => Some(written(colour)),
    };
    let part = |thousandths: u16| f64::from(thousandths) / 1000.0;
    let focus = wishes.focus.map(|focus| Place { x: part(focus.x), y: part(focus.y) });
    let background = (wishes.background != [255; 3]).then(|| written(wishes.background));
    let Keep { credit, taken_at } = wishes.metadata;
    let keep = [(credit, Kept::Credit), (taken_at, Kept::TakenAt)];
    let keep = keep.into_iter().filter(|(kept, _)| *kept).map(|(_, what)| what).collect();
    MediaItem { fit, focus, background, keep, smallest: wishes.smallest, ..item }
}

/// `#rrggbb`.
fn colour(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

fn written([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_told_as_it_was_asked() {
        for fit in [None, Some("centre"), Some("blur"), Some("#0a1bff")] {
            let item = MediaItem {
                fit: fit.map(str::to_owned),
                focus: Some(Place { x: 0.25, y: 1.0 }),
                background: Some("#102030".to_owned()),
                keep: vec![Kept::Credit, Kept::TakenAt],
                smallest: true,
                ..MediaItem::default()
            };
            let wishes = read(&item, "/media/0").unwrap();
            assert_eq!(told(&wishes, MediaItem::default()), item);
        }
    }

    #[test]
    fn what_is_none_of_it_is_refused_and_named() {
        let with = |fit: &str| MediaItem { fit: Some(fit.to_owned()), ..MediaItem::default() };
        for fit in ["", "#", "#12345", "#1234567", "#12345g", "#é123", "fill"] {
            let refused = read(&with(fit), "/media/2").unwrap_err();
            assert!(format!("{refused:?}").contains("/media/2/fit"), "{fit}: {refused:?}");
        }
        let focus = Some(Place { x: 1.2, y: 0.0 });
        assert!(read(&MediaItem { focus, ..MediaItem::default() }, "").is_err());
    }
}

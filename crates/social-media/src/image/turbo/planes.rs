//! Light and colours as a JPEG stores them: three planes, the colours often halved.

use fast_image_resize::Resizer;

use super::ffi::{Decoder, Failed, Plane, to_rgb};
use crate::errors::{Result, codec};
use crate::image::orientation::Orientation;
use crate::image::process::View;
use crate::image::scale::{Channels, Window, scale};

/// All of a picture in planes.
pub(super) struct Planes {
    planes: [Plane; 3],
    /// Every how many pixels of the file there is one of light.
    coarse: f64,
    /// By how much the colours are halved beside it, across and down.
    halved: (f64, f64),
}

impl Planes {
    pub(super) fn decode(mut decoder: Decoder<'_>, coarse: u32) -> Result<Self, Failed> {
        let (across, down) =
            decoder.halved().ok_or_else(|| Failed("colours of a rare kind".to_owned()))?;
        let planes = decoder.planes()?;
        Ok(Self { planes, coarse: coarse.into(), halved: (across.into(), down.into()) })
    }

    /// Whether the colours of a rendition can be halved without a remainder: with one they would
    /// shift by a part of a pixel.
    pub(super) fn halve(view: View) -> bool {
        view.width.is_multiple_of(2) && view.height.is_multiple_of(2)
    }

    /// A view, upright, with its colours halved both ways.
    pub(super) fn halved(
        &self,
        scaler: &mut Resizer,
        view: View,
        turn: Orientation,
    ) -> Result<[Plane; 3]> {
        let half = (view.width / 2, view.height / 2);
        self.scaled(scaler, view, half, turn)
    }

    /// A view, upright, in pixels of red, green and blue.
    pub(super) fn pixels(
        &self,
        scaler: &mut Resizer,
        view: View,
        turn: Orientation,
    ) -> Result<Vec<u8>> {
        let planes = self.scaled(scaler, view, (view.width, view.height), turn)?;
        to_rgb(&planes).map_err(|cause| codec(cause.to_string()).because(cause))
    }

    fn scaled(
        &self,
        scaler: &mut Resizer,
        view: View,
        colours: (u32, u32),
        turn: Orientation,
    ) -> Result<[Plane; 3]> {
        // The scale is exactly what was asked for; the ratio of the rounded sizes is not.
        let window = Window::of(view.crop).divided(self.coarse, self.coarse);
        let halves = window.divided(self.halved.0, self.halved.1);
        let [light, blue, red] = &self.planes;
        let mut one = |plane: &Plane, window: Window, to: (u32, u32)| -> Result<Plane> {
            let from = (plane.width, plane.height);
            let data = scale(scaler, &plane.data, from, Channels::One, window, to)?;
            let (width, height) = turn.size(to.0, to.1);
            let data = turn.upright_bytes::<1>(data, to.0, to.1);
            Ok(Plane { width, height, data })
        };
        Ok([
            one(light, window, (view.width, view.height))?,
            one(blue, halves, colours)?,
            one(red, halves, colours)?,
        ])
    }
}

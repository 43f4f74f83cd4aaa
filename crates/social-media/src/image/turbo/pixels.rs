//! A region of a JPEG in pixels.

use fast_image_resize::Resizer;

use super::ffi::{Colours, Decoder, Failed, Region};
use super::route;
use crate::errors::Result;
use crate::image::colour;
use crate::image::header::Header;
use crate::image::orientation::Orientation;
use crate::image::process::View;
use crate::image::scale::{Channels, Window, scale};
use crate::image::spare;

/// The region that all views lie in.
pub(super) struct Pixels {
    data: Vec<u8>,
    region: Region,
    coarse: f64,
    /// They are four inks, and this says whether 255 stands for none.
    inks: Option<bool>,
}

impl Pixels {
    pub(super) fn decode(
        mut decoder: Decoder<'_>,
        coarse: u32,
        views: &[View],
        header: &Header,
    ) -> Result<Self, Failed> {
        let region = route::region(views, coarse, decoder.scaled(), decoder.step());
        let inks = (decoder.colours() == Colours::Inks).then_some(header.inverted);
        let data = decoder.pixels(region)?;
        Ok(Self { data, region, coarse: coarse.into(), inks })
    }

    /// A view, upright, in pixels of red, green and blue; inks are converted by `profile`.
    pub(super) fn view(
        &self,
        scaler: &mut Resizer,
        view: View,
        turn: Orientation,
        profile: Option<&[u8]>,
    ) -> Result<Vec<u8>> {
        let mut window = Window::of(view.crop).divided(self.coarse, self.coarse);
        window.x -= f64::from(self.region.x);
        window.y -= f64::from(self.region.y);
        let channels = if self.inks.is_some() { Channels::Inks } else { Channels::Rgb };
        let (from, to) = ((self.region.width, self.region.height), (view.width, view.height));
        let mut data = scale(scaler, &self.data, from, channels, window, to)?;
        if let Some(inverted) = self.inks {
            if inverted {
                data.iter_mut().for_each(|ink| *ink = 255 - *ink);
            }
            data = colour::from_inks(&data, profile);
        }
        Ok(turn.upright_bytes::<3>(data, to.0, to.1))
    }
}

impl Drop for Pixels {
    fn drop(&mut self) {
        spare::give(std::mem::take(&mut self.data));
    }
}

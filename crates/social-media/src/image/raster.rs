//! Decoded pixels.

/// Rows of RGB or RGBA, a byte a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Raster {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Four bytes a pixel instead of three.
    pub(crate) alpha: bool,
    pub(crate) data: Vec<u8>,
}

impl Raster {
    /// Lays transparent parts on a colour.
    pub(crate) fn flattened(self, background: [u8; 3]) -> Self {
        if !self.alpha {
            return self;
        }
        let mut data = Vec::with_capacity(self.data.len() / 4 * 3);
        for pixel in self.data.chunks_exact(4) {
            let alpha = u32::from(pixel[3]);
            for (&channel, behind) in pixel[..3].iter().zip(background) {
                let mixed = u32::from(channel) * alpha + u32::from(behind) * (255 - alpha);
                data.push(((mixed + 127) / 255) as u8);
            }
        }
        Self { alpha: false, data, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transparent_shows_the_background_and_opaque_stays() {
        let data = vec![10, 20, 30, 0, 10, 20, 30, 255, 0, 0, 0, 128];
        let flat = Raster { width: 3, height: 1, alpha: true, data }.flattened([255, 255, 0]);
        assert_eq!(flat.data, [255, 255, 0, 10, 20, 30, 127, 127, 0]);
        assert!(!flat.alpha);
    }
}

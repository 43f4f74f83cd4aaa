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
    /// Lays transparent parts on white, as the networks' pages are.
    pub(crate) fn flattened(self) -> Self {
        if !self.alpha {
            return self;
        }
        let mut data = Vec::with_capacity(self.data.len() / 4 * 3);
        for pixel in self.data.chunks_exact(4) {
            let alpha = u32::from(pixel[3]);
            for &channel in &pixel[..3] {
                let mixed = u32::from(channel) * alpha + 255 * (255 - alpha);
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
    fn transparent_is_white_and_opaque_stays() {
        let data = vec![10, 20, 30, 0, 10, 20, 30, 255, 0, 0, 0, 128];
        let flat = Raster { width: 3, height: 1, alpha: true, data }.flattened();
        assert_eq!(flat.data, [255, 255, 255, 10, 20, 30, 127, 127, 127]);
        assert!(!flat.alpha);
    }
}

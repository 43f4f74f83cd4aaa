//! Calls to TurboJPEG: every length and every pointer is settled here, and what leaves it is safe.

#![allow(unsafe_code, reason = "calls into a C library")]

use std::ffi::{CStr, c_int, c_uint};

use turbojpeg::raw;

use crate::image::spare;

/// What the library said.
#[derive(Debug, Clone, thiserror::Error)]
#[error("libjpeg-turbo: {0}")]
pub(super) struct Failed(pub(super) String);

/// A handle of the library, which belongs to one thread at a time.
struct Handle(raw::tjhandle);

impl Handle {
    fn new(kind: raw::TJINIT) -> Result<Self, Failed> {
        // SAFETY: no precondition; a null pointer says that it failed.
        let handle = unsafe { raw::tj3Init(kind as c_int) };
        if handle.is_null() { Err(Failed("no memory".to_owned())) } else { Ok(Self(handle)) }
    }

    fn check(&self, code: c_int) -> Result<(), Failed> {
        if code == 0 {
            return Ok(());
        }
        // SAFETY: the handle is alive, and the text is copied before the next call changes it.
        let text = unsafe { CStr::from_ptr(raw::tj3GetErrorStr(self.0)) };
        Err(Failed(text.to_string_lossy().into_owned()))
    }

    fn set(&self, parameter: c_uint, value: c_int) -> Result<(), Failed> {
        // SAFETY: the handle is alive; values that make no sense are refused by a code.
        self.check(unsafe { raw::tj3Set(self.0, parameter as c_int, value) })
    }

    fn get(&self, parameter: c_uint) -> c_int {
        // SAFETY: the handle is alive.
        unsafe { raw::tj3Get(self.0, parameter as c_int) }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle is alive, and nobody has it after this.
        unsafe { raw::tj3Destroy(self.0) }
    }
}

/// What decoding may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) pixels: u64,
    pub(super) scans: u32,
    pub(super) megabytes: u64,
}

/// How the colours are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
    /// Light and two differences, which may be halved across and down.
    Ycc,
    /// Four inks.
    Inks,
    /// Red, green and blue, or grey alone.
    Other,
}

/// A rectangle of the scaled picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// One channel as bytes, row by row without gaps.
#[derive(Debug, Clone)]
pub(in crate::image) struct Plane {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) data: Vec<u8>,
}

impl Drop for Plane {
    fn drop(&mut self) {
        spare::give(std::mem::take(&mut self.data));
    }
}

/// A JPEG whose header is read.
pub(super) struct Decoder<'a> {
    handle: Handle,
    bytes: &'a [u8],
    width: c_int,
    height: c_int,
    scale: c_int,
    forgiving: bool,
}

impl<'a> Decoder<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: Limits) -> Result<Self, Failed> {
        let handle = Handle::new(raw::TJINIT_TJINIT_DECOMPRESS)?;
        let int = |value: u64| c_int::try_from(value).unwrap_or(c_int::MAX);
        handle.set(raw::TJPARAM_TJPARAM_MAXPIXELS, int(limits.pixels))?;
        handle.set(raw::TJPARAM_TJPARAM_SCANLIMIT, int(limits.scans.into()))?;
        handle.set(raw::TJPARAM_TJPARAM_MAXMEMORY, int(limits.megabytes))?;
        // SAFETY: pointer and length are of one slice, which outlives the call.
        handle.check(unsafe {
            raw::tj3DecompressHeader(handle.0, bytes.as_ptr(), bytes.len() as raw::size_t)
        })?;
        let width = handle.get(raw::TJPARAM_TJPARAM_JPEGWIDTH);
        let height = handle.get(raw::TJPARAM_TJPARAM_JPEGHEIGHT);
        if width < 1 || height < 1 || handle.get(raw::TJPARAM_TJPARAM_PRECISION) != 8 {
            return Err(Failed("not eight bits a sample".to_owned()));
        }
        Ok(Self { handle, bytes, width, height, scale: 1, forgiving: false })
    }

    /// Takes what can be had of a damaged picture, and fills the rest.
    pub(super) fn forgive(&mut self) {
        self.forgiving = true;
    }

    /// Doubles the colours that are stored halved without smoothing them: where the picture is scaled
    /// to less than half, nobody sees it.
    pub(super) fn hurry(&mut self) -> Result<(), Failed> {
        self.handle.set(raw::TJPARAM_TJPARAM_FASTUPSAMPLE, 1)
    }

    pub(super) fn size(&self) -> (u32, u32) {
        (self.width as u32, self.height as u32)
    }

    pub(super) fn colours(&self) -> Colours {
        match self.handle.get(raw::TJPARAM_TJPARAM_COLORSPACE) as raw::TJCS {
            raw::TJCS_TJCS_YCbCr => Colours::Ycc,
            raw::TJCS_TJCS_CMYK | raw::TJCS_TJCS_YCCK => Colours::Inks,
            _ => Colours::Other,
        }
    }

    /// By how much the colours are halved, across and down; `None` where it is not by 1 or 2.
    pub(super) fn halved(&self) -> Option<(u32, u32)> {
        match self.handle.get(raw::TJPARAM_TJPARAM_SUBSAMP) {
            raw::TJSAMP_TJSAMP_444 => Some((1, 1)),
            raw::TJSAMP_TJSAMP_422 => Some((2, 1)),
            raw::TJSAMP_TJSAMP_420 => Some((2, 2)),
            raw::TJSAMP_TJSAMP_440 => Some((1, 2)),
            _ => None,
        }
    }

    /// What the left side of a region must be a multiple of, at the scale that is set; `None` where
    /// regions cannot be had.
    pub(super) fn step(&self) -> Option<u32> {
        let block = match self.handle.get(raw::TJPARAM_TJPARAM_SUBSAMP) {
            raw::TJSAMP_TJSAMP_422 | raw::TJSAMP_TJSAMP_420 => 16,
            raw::TJSAMP_TJSAMP_411 => 32,
            raw::TJSAMP_TJSAMP_UNKNOWN => return None,
            _ => 8,
        };
        Some(u32::div_ceil(block, self.scale as u32))
    }

    /// Decodes at one `scale`-th of the size: 1, 2, 4 or 8.
    pub(super) fn set_scale(&mut self, scale: u32) -> Result<(), Failed> {
        self.scale = scale as c_int;
        let factor = raw::tjscalingfactor { num: 1, denom: self.scale };
        // SAFETY: the handle is alive; a factor that is not known is refused by a code.
        self.handle.check(unsafe { raw::tj3SetScalingFactor(self.handle.0, factor) })
    }

    /// The size at the scale that is set.
    pub(super) fn scaled(&self) -> (u32, u32) {
        let part = |length: c_int| ((length + self.scale - 1) / self.scale) as u32;
        (part(self.width), part(self.height))
    }

    /// Light and colours as they are stored.
    pub(super) fn planes(&mut self) -> Result<[Plane; 3], Failed> {
        let sampling = self.handle.get(raw::TJPARAM_TJPARAM_SUBSAMP);
        if self.colours() != Colours::Ycc || self.halved().is_none() {
            return Err(Failed("no planes of this kind".to_owned()));
        }
        let (width, height) = self.scaled();
        let mut planes = [0, 1, 2].map(|component| {
            // SAFETY: no precondition; what makes no sense gives 0.
            let (across, down) = unsafe {
                (
                    raw::tj3YUVPlaneWidth(component, width as c_int, sampling),
                    raw::tj3YUVPlaneHeight(component, height as c_int, sampling),
                )
            };
            let (across, down) = (across.max(0) as u32, down.max(0) as u32);
            let data = spare::take(across as usize * down as usize);
            Plane { width: across, height: down, data }
        });
        let mut targets = planes.each_mut().map(|plane| plane.data.as_mut_ptr());
        let mut strides = planes.each_ref().map(|plane| plane.width as c_int);
        // SAFETY: there are three planes, each with room for the rows that the library says it has
        // at this scale, and the strides are their widths.
        self.handle.check(unsafe {
            raw::tj3DecompressToYUVPlanes8(
                self.handle.0,
                self.bytes.as_ptr(),
                self.bytes.len() as raw::size_t,
                targets.as_mut_ptr(),
                strides.as_mut_ptr(),
            )
        })?;
        for plane in &mut planes {
            // SAFETY: it succeeded, so all rows are written, and the room is as asked for above.
            unsafe { plane.data.set_len(plane.width as usize * plane.height as usize) };
        }
        Ok(planes)
    }

    /// Pixels of a region: three bytes each, or of inks four.
    pub(super) fn pixels(&mut self, region: Region) -> Result<Vec<u8>, Failed> {
        let (depth, format) = match self.colours() {
            Colours::Inks => (4, raw::TJPF_TJPF_CMYK),
            _ => (3, raw::TJPF_TJPF_RGB),
        };
        let (width, height) = self.scaled();
        let inside = |from: u32, length: u32, all: u32| {
            length > 0 && from.checked_add(length).is_some_and(|end| end <= all)
        };
        if !inside(region.x, region.width, width) || !inside(region.y, region.height, height) {
            return Err(Failed("the region lies outside".to_owned()));
        }
        if (region.width, region.height) != (width, height) {
            let part = raw::tjregion {
                x: region.x as c_int,
                y: region.y as c_int,
                w: region.width as c_int,
                h: region.height as c_int,
            };
            // SAFETY: the handle is alive; a region that cannot be had is refused by a code.
            self.handle.check(unsafe { raw::tj3SetCroppingRegion(self.handle.0, part) })?;
        }
        let row = region.width as usize * depth;
        let pitch = c_int::try_from(row).map_err(|_| Failed("too wide".to_owned()))?;
        let length = row * region.height as usize;
        let mut data = spare::take(length);
        if self.forgiving {
            data.resize(length, 0);
        }
        // SAFETY: there is room for as many rows as the region is high, each of `pitch` bytes.
        let code = unsafe {
            raw::tj3Decompress8(
                self.handle.0,
                self.bytes.as_ptr(),
                self.bytes.len() as raw::size_t,
                data.as_mut_ptr(),
                pitch,
                format,
            )
        };
        // SAFETY: the handle is alive.
        let warned = unsafe { raw::tj3GetErrorCode(self.handle.0) };
        if !(self.forgiving && warned == raw::TJERR_TJERR_WARNING as c_int) {
            self.handle.check(code)?;
        }
        // SAFETY: every row of the region is written, or was zero before where it is forgiving.
        unsafe { data.set_len(length) };
        Ok(data)
    }
}

/// Three planes of one size as pixels of three bytes.
pub(super) fn to_rgb(planes: &[Plane; 3]) -> Result<Vec<u8>, Failed> {
    let [light, ..] = planes;
    let (width, height) = (light.width, light.height);
    let length = width as usize * height as usize;
    let even = |plane: &Plane| (plane.width, plane.height) == (width, height);
    if !planes.iter().all(|plane| even(plane) && plane.data.len() == length) {
        return Err(Failed("planes of other sizes".to_owned()));
    }
    let handle = Handle::new(raw::TJINIT_TJINIT_DECOMPRESS)?;
    handle.set(raw::TJPARAM_TJPARAM_SUBSAMP, raw::TJSAMP_TJSAMP_444)?;
    let sources = planes.each_ref().map(|plane| plane.data.as_ptr());
    let strides = planes.each_ref().map(|plane| plane.width as c_int);
    let mut data = spare::take(length * 3);
    // SAFETY: three planes of one size, checked above, and room for three bytes a pixel.
    handle.check(unsafe {
        raw::tj3DecodeYUVPlanes8(
            handle.0,
            sources.as_ptr(),
            strides.as_ptr(),
            data.as_mut_ptr(),
            width as c_int,
            (width * 3) as c_int,
            height as c_int,
            raw::TJPF_TJPF_RGB,
        )
    })?;
    // SAFETY: it succeeded, so every row is written.
    unsafe { data.set_len(length * 3) };
    Ok(data)
}

//! What `scans.c` offers: every length and every pointer is settled here.

#![allow(unsafe_code, reason = "calls into C")]

use std::ffi::{CStr, c_char, c_int, c_uint, c_ulong};
use std::ptr;

// So that the library is linked whose functions `scans.c` calls.
use turbojpeg_sys as _;

use super::ffi::{Failed, Plane};

unsafe extern "C" {
    fn social_media_jpeg(
        planes: *const *const u8,
        width: c_uint,
        height: c_uint,
        quality: c_int,
        out: *mut *mut u8,
        length: *mut c_ulong,
        text: *mut c_char,
    ) -> c_int;
    fn social_media_free(out: *mut u8);
}

/// The bytes of the library's messages.
const TEXT: usize = 200;
/// The longest side of a JPEG.
const LONGEST: u32 = 65_500;

/// What is encoded.
#[derive(Debug, Clone, Copy)]
pub(in crate::image) enum Picture<'a> {
    /// Light, and colours halved both ways.
    Planes(&'a [Plane; 3]),
    /// Three bytes a pixel: width, height, rows.
    Rgb(u32, u32, &'a [u8]),
}

/// A progressive JPEG whose colours are halved both ways.
pub(super) fn encode(picture: Picture<'_>, quality: u8) -> Result<Vec<u8>, Failed> {
    let (planes, width, height) = match picture {
        Picture::Planes(planes) => {
            let [light, blue, red] = planes;
            let (width, height) = (light.width, light.height);
            let half = (width.div_ceil(2), height.div_ceil(2));
            let full = |plane: &Plane, size: (u32, u32)| {
                (plane.width, plane.height) == size
                    && plane.data.len() == size.0 as usize * size.1 as usize
            };
            if !full(light, (width, height)) || !full(blue, half) || !full(red, half) {
                return Err(Failed("planes of other sizes".to_owned()));
            }
            (planes.each_ref().map(|plane| plane.data.as_ptr()), width, height)
        }
        Picture::Rgb(width, height, data) => {
            if data.len() != width as usize * height as usize * 3 {
                return Err(Failed("pixels are missing".to_owned()));
            }
            ([data.as_ptr(), ptr::null(), ptr::null()], width, height)
        }
    };
    if ![width, height].iter().all(|side| (1..=LONGEST).contains(side)) {
        return Err(Failed("no size that a JPEG can have".to_owned()));
    }
    let (mut out, mut length) = (Out(ptr::null_mut()), 0);
    let mut text = [0; TEXT];
    // SAFETY: the planes have the sizes that 4:2:0 asks for, or the pixels are all there, checked
    // above; there is room for the longest message; what is written to is alive.
    let code = unsafe {
        social_media_jpeg(
            planes.as_ptr(),
            width,
            height,
            quality.into(),
            &mut out.0,
            &mut length,
            text.as_mut_ptr(),
        )
    };
    if code != 0 {
        // SAFETY: the message ends within the room, which was zeros.
        let text = unsafe { CStr::from_ptr(text.as_ptr()) };
        return Err(Failed(text.to_string_lossy().into_owned()));
    }
    // SAFETY: it succeeded, so the buffer holds `length` bytes.
    Ok(unsafe { std::slice::from_raw_parts(out.0, length as usize) }.to_vec())
}

/// A buffer that C allocated.
struct Out(*mut u8);

impl Drop for Out {
    fn drop(&mut self) {
        // SAFETY: null, or allocated there and owned by nobody else.
        unsafe { social_media_free(self.0) }
    }
}

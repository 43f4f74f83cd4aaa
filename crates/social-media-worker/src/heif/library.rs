//! The one place that calls libheif: opened where the system has it, so that a build asks for
//! nothing. Its interface of C is stable since 1.3.
#![allow(unsafe_code, reason = "calls into a C library")]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;
use std::ptr;
use std::sync::OnceLock;

use libloading::{Library, Symbol};
use social_core::ports::MediaError;
use social_media::errors::{Result, codec, corrupt, too_large, unsupported};

/// The names it goes by.
const NAMES: [&str; 4] = ["libheif.so.1", "libheif.so", "libheif.1.dylib", "heif.dll"];

/// Colours in red, green and blue, and how they lie: three or four bytes a pixel, in one plane.
const RGB: c_int = 1;
const THREE: c_int = 10;
const FOUR: c_int = 11;
const INTERLEAVED: c_int = 10;

/// What every call ends with.
#[repr(C)]
struct Outcome {
    code: c_int,
    detail: c_int,
    message: *const c_char,
}

/// The beginning of what libheif says of colours without a profile.
#[repr(C)]
struct Nclx {
    version: u8,
    primaries: c_int,
}

/// Primaries of Display P3, by ITU-T H.273.
const P3: c_int = 12;

/// How the colours of a picture are to be read.
pub(super) enum Colours {
    /// As sRGB.
    Plain,
    /// As Display P3.
    P3,
    /// By this profile.
    Profile(Vec<u8>),
}

fn library() -> Result<&'static Library> {
    static LIBRARY: OnceLock<Option<Library>> = OnceLock::new();
    let opened = LIBRARY.get_or_init(|| {
        // SAFETY: a library of the system, whose start code is trusted as its other code is.
        NAMES.iter().find_map(|name| unsafe { Library::new(*name) }.ok())
    });
    opened.as_ref().ok_or_else(|| {
        unsupported(
            "HEIC and AVIF pictures need libheif, which this machine lacks: install it (on Debian \
             and Ubuntu: apt install libheif1)",
        )
    })
}

/// A function of the library. Its type is what the header of libheif says.
fn function<T>(name: &CStr) -> Result<Symbol<'static, T>> {
    // SAFETY: callers give the type that heif.h declares for the name.
    unsafe { library()?.get(name.to_bytes_with_nul()) }
        .map_err(|error| codec("the libheif of this machine is too old").because(error))
}

type Context = *mut c_void;
type Handle = *mut c_void;
type Image = *mut c_void;

/// An opened file and the picture in it that is meant to be seen.
pub(super) struct Picture {
    context: Context,
    handle: Handle,
}

impl Picture {
    pub(super) fn open(path: &Path, most_side: u32) -> Result<Self> {
        let name = path.to_str().and_then(|path| CString::new(path).ok());
        let name = name.ok_or_else(|| codec("the name of the file is not UTF-8: rename it"))?;
        let alloc = function::<unsafe extern "C" fn() -> Context>(c"heif_context_alloc")?;
        let limit = function::<unsafe extern "C" fn(Context, c_int)>(
            c"heif_context_set_maximum_image_size_limit",
        )?;
        let read = function::<
            unsafe extern "C" fn(Context, *const c_char, *const c_void) -> Outcome,
        >(c"heif_context_read_from_file")?;
        let primary = function::<unsafe extern "C" fn(Context, *mut Handle) -> Outcome>(
            c"heif_context_get_primary_image_handle",
        )?;
        // SAFETY: the context is alive until `picture` is dropped, the name until the call ends, and
        // the handle is written where it succeeds.
        unsafe {
            let mut picture = Self { context: alloc(), handle: ptr::null_mut() };
            if picture.context.is_null() {
                return Err(too_large("there is no memory for the picture"));
            }
            limit(picture.context, c_int::try_from(most_side).unwrap_or(c_int::MAX));
            check(&read(picture.context, name.as_ptr(), ptr::null()))?;
            check(&primary(picture.context, &raw mut picture.handle))?;
            Ok(picture)
        }
    }

    /// A number that the library tells of the picture.
    fn number(&self, name: &CStr) -> Result<c_int> {
        let tell = function::<unsafe extern "C" fn(Handle) -> c_int>(name)?;
        // SAFETY: the handle is alive.
        Ok(unsafe { tell(self.handle) })
    }

    /// Width and height, upright.
    pub(super) fn size(&self) -> Result<(u32, u32)> {
        let side = |name| self.number(name).map(|side| u32::try_from(side).unwrap_or(0));
        Ok((side(c"heif_image_handle_get_width")?, side(c"heif_image_handle_get_height")?))
    }

    pub(super) fn alpha(&self) -> Result<bool> {
        Ok(self.number(c"heif_image_handle_has_alpha_channel")? != 0)
    }

    /// Whether it carries EXIF or XMP.
    pub(super) fn metadata(&self) -> Result<bool> {
        let count = function::<unsafe extern "C" fn(Handle, *const c_char) -> c_int>(
            c"heif_image_handle_get_number_of_metadata_blocks",
        )?;
        // SAFETY: the handle is alive, and no filter is wanted.
        Ok(unsafe { count(self.handle, ptr::null()) } > 0)
    }

    pub(super) fn colours(&self) -> Result<Colours> {
        let size = function::<unsafe extern "C" fn(Handle) -> usize>(
            c"heif_image_handle_get_raw_color_profile_size",
        )?;
        let read = function::<unsafe extern "C" fn(Handle, *mut c_void) -> Outcome>(
            c"heif_image_handle_get_raw_color_profile",
        )?;
        // SAFETY: the handle is alive, and the buffer is as large as the library asks for.
        unsafe {
            let size = size(self.handle);
            if (128..4 << 20).contains(&size) {
                let mut profile = vec![0_u8; size];
                check(&read(self.handle, profile.as_mut_ptr().cast()))?;
                return Ok(Colours::Profile(profile));
            }
        }
        let tell = function::<unsafe extern "C" fn(Handle, *mut *mut Nclx) -> Outcome>(
            c"heif_image_handle_get_nclx_color_profile",
        )?;
        let free = function::<unsafe extern "C" fn(*mut Nclx)>(c"heif_nclx_color_profile_free")?;
        // SAFETY: the handle is alive; what the library made is read, and given back to it.
        unsafe {
            let mut nclx = ptr::null_mut();
            let told = tell(self.handle, &raw mut nclx);
            if told.code != 0 || nclx.is_null() {
                return Ok(Colours::Plain);
            }
            let primaries = (*nclx).primaries;
            free(nclx);
            Ok(if primaries == P3 { Colours::P3 } else { Colours::Plain })
        }
    }

    /// Width, height and rows of three bytes a pixel, or of four with `alpha`.
    pub(super) fn decode(&self, alpha: bool) -> Result<(u32, u32, Vec<u8>)> {
        let decode = function::<
            unsafe extern "C" fn(Handle, *mut Image, c_int, c_int, *const c_void) -> Outcome,
        >(c"heif_decode_image")?;
        let side = |name| function::<unsafe extern "C" fn(Image, c_int) -> c_int>(name);
        let (width, height) = (side(c"heif_image_get_width")?, side(c"heif_image_get_height")?);
        let plane = function::<unsafe extern "C" fn(Image, c_int, *mut c_int) -> *const u8>(
            c"heif_image_get_plane_readonly",
        )?;
        let release = function::<unsafe extern "C" fn(Image)>(c"heif_image_release")?;
        let (depth, lies) = if alpha { (4, FOUR) } else { (3, THREE) };
        // SAFETY: the handle is alive, and the image until it is released. A row is as long as the
        // library says, and there are as many as the image is high.
        unsafe {
            let mut image = ptr::null_mut();
            check(&decode(self.handle, &raw mut image, RGB, lies, ptr::null()))?;
            let (across, down) = (width(image, INTERLEAVED), height(image, INTERLEAVED));
            let mut stride = 0;
            let rows = plane(image, INTERLEAVED, &raw mut stride);
            let line = usize::try_from(across).unwrap_or(0) * depth;
            let stride = usize::try_from(stride).unwrap_or(0);
            if rows.is_null() || across < 1 || down < 1 || stride < line {
                release(image);
                return Err(corrupt("the picture holds no pixels: export it again"));
            }
            let mut data = Vec::with_capacity(line * down as usize);
            for row in 0..down as usize {
                data.extend_from_slice(std::slice::from_raw_parts(rows.add(row * stride), line));
            }
            release(image);
            Ok((across as u32, down as u32, data))
        }
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        let release = function::<unsafe extern "C" fn(Handle)>(c"heif_image_handle_release");
        let free = function::<unsafe extern "C" fn(Context)>(c"heif_context_free");
        // SAFETY: both belong to nobody else.
        unsafe {
            if let Ok(release) = release
                && !self.handle.is_null()
            {
                release(self.handle);
            }
            if let Ok(free) = free {
                free(self.context);
            }
        }
    }
}

fn check(outcome: &Outcome) -> Result<()> {
    if outcome.code == 0 {
        return Ok(());
    }
    let message = if outcome.message.is_null() {
        "no reason given".into()
    } else {
        // SAFETY: a text of the library that ends with a zero, copied at once.
        unsafe { CStr::from_ptr(outcome.message) }.to_string_lossy()
    };
    Err(explain(outcome.code, outcome.detail, &message))
}

/// Codes as heif.h numbers them.
fn explain(code: c_int, detail: c_int, message: &str) -> MediaError {
    const SECURITY: c_int = 1000;
    match (code, detail) {
        (_, SECURITY) => too_large(format!(
            "the picture asks for more than is allowed ({message}): scale it down first"
        )),
        (3 | 4, _) => unsupported(format!(
            "this kind of HEIC or AVIF is not read here ({message}): export it as a JPEG"
        )),
        (6, _) => too_large("the picture takes more memory than is allowed: scale it down first"),
        _ => corrupt(format!("this picture is damaged ({message}): export it again")),
    }
}

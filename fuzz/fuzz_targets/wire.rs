//! What a worker might say.
#![no_main]

use libfuzzer_sys::fuzz_target;
use social_media::native::{FromWorker, ToWorker, unframe};

fuzz_target!(|data: &[u8]| {
    let _ = unframe::<FromWorker>(data);
    let _ = unframe::<ToWorker>(data);
});

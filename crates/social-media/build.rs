//! Builds what is written in C beside libjpeg-turbo, by the headers that came with it.

#![allow(clippy::disallowed_methods, reason = "Cargo tells build scripts by the environment")]

fn main() {
    println!("cargo:rerun-if-changed=src/image/turbo/scans.c");
    let mut build = cc::Build::new();
    // Where `turbojpeg-sys` says that its headers are.
    if let Ok(folders) = std::env::var("DEP_TURBOJPEG_INCLUDE") {
        build.includes(folders.split(','));
    }
    build.file("src/image/turbo/scans.c").opt_level(3).compile("social_media_scans");
}

//! The image and video pipeline.

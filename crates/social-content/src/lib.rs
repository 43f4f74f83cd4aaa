//! Captions, hashtags and adaptation of text, without a model.

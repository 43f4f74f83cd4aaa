//! What Instagram and Facebook share: the Graph, its sign-in, its errors.

pub(crate) mod auth;
pub(crate) mod comments;
pub(crate) mod endpoints;
pub(crate) mod errors;
pub(crate) mod graph;
pub(crate) mod insights;
pub(crate) mod rupload;

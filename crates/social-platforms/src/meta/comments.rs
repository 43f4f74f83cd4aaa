//! Comments, which have one shape on Instagram and Facebook.
//!
//! Meta, "Object comments" and "IG Media comments".

use serde::Deserialize;
use social_core::PlatformError;
use social_core::flow::Effect;
use social_core::ports::{Request, Response};

use super::endpoints::{Created, List};
use super::graph::Graph;
use crate::endpoint::Endpoint;
use crate::state::normalised;

/// `POST /{object}/comments`.
#[derive(Debug)]
pub(crate) struct Comment<'a> {
    pub(crate) object: &'a str,
    pub(crate) text: &'a str,
}

impl Endpoint<Graph<'_>> for Comment<'_> {
    type Output = Created;
    const OPERATION: &'static str = "meta.comments";

    fn effect(&self) -> Effect {
        Effect::Commit
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph.post(&format!("{}/comments", self.object), &[("message", self.text)])
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Created, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `GET /{object}/comments`: whether one of this text is there.
#[derive(Debug)]
pub(crate) struct HasComment<'a> {
    pub(crate) object: &'a str,
    pub(crate) text: &'a str,
    /// What the text is called: `text` on Instagram, `message` on Facebook.
    pub(crate) field: &'a str,
}

#[derive(Debug, Deserialize)]
struct Row {
    #[serde(alias = "message", default)]
    text: String,
}

impl Endpoint<Graph<'_>> for HasComment<'_> {
    type Output = bool;
    const OPERATION: &'static str = "meta.comments_list";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let fields = format!("id,{}", self.field);
        let path = format!("{}/comments", self.object);
        graph.get(&path, &fields).query("limit", "50").finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<bool, PlatformError> {
        let list: List<Row> = graph.read(self.effect(), response)?;
        let wanted = normalised(self.text);
        Ok(list.data.iter().any(|row| normalised(&row.text) == wanted))
    }
}

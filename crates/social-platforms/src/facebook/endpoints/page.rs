//! The Page itself.
//!
//! Meta, "Graph API reference: Page".

use serde::Deserialize;
use social_core::PlatformError;
use social_core::flow::Effect;
use social_core::ports::{Request, Response};
use url::Url;

use crate::endpoint::Endpoint;
use crate::meta::graph::Graph;

/// `GET /{page}`.
#[derive(Debug)]
pub(in crate::facebook) struct ReadPage<'a> {
    pub(in crate::facebook) page: &'a str,
}

#[derive(Debug, Deserialize)]
pub(in crate::facebook) struct Page {
    pub(in crate::facebook) name: String,
    pub(in crate::facebook) username: Option<String>,
    pub(in crate::facebook) followers_count: Option<u64>,
    pub(in crate::facebook) picture: Option<Picture>,
}

#[derive(Debug, Deserialize)]
pub(in crate::facebook) struct Picture {
    pub(in crate::facebook) data: PictureData,
}

#[derive(Debug, Deserialize)]
pub(in crate::facebook) struct PictureData {
    pub(in crate::facebook) url: Option<Url>,
}

impl Endpoint<Graph<'_>> for ReadPage<'_> {
    type Output = Page;
    const OPERATION: &'static str = "facebook.page";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph.get(self.page, "id,name,username,followers_count,picture").finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Page, PlatformError> {
        graph.read(self.effect(), response)
    }
}

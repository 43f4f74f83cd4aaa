//! Posts of text, links and pictures, which nobody sees before the last request.
//!
//! Meta, "Pages API: posts" and "Page photos".

use serde::Deserialize;
use social_core::PlatformError;
use social_core::flow::{ContentMedia, Effect};
use social_core::ports::{Request, Response};

use crate::endpoint::Endpoint;
use crate::meta::endpoints::{Created, Success};
use crate::meta::graph::Graph;
use crate::multipart::Multipart;

/// `POST /{page}/photos` with `published=false`: a photo that nobody sees.
#[derive(Debug)]
pub(in crate::facebook) struct UploadPhoto<'a> {
    pub(in crate::facebook) page: &'a str,
    pub(in crate::facebook) photo: &'a ContentMedia,
}

impl Endpoint<Graph<'_>> for UploadPhoto<'_> {
    type Output = Created;
    const OPERATION: &'static str = "facebook.photos";

    fn effect(&self) -> Effect {
        Effect::Prepare
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let photo = self.photo;
        let mut form = Multipart::new().text("published", "false");
        if let Some(alt) = &photo.alt {
            form = form.text("alt_text_custom", alt);
        }
        let form = form.file("source", &photo.mime, &photo.key, 0, photo.bytes);
        let path = format!("{}/photos", self.page);
        graph.build(http::Method::POST, &path).multipart(form).finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Created, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `POST /{page}/feed` with `published=false`: a post that nobody sees.
#[derive(Debug)]
pub(in crate::facebook) struct CreatePost<'a> {
    pub(in crate::facebook) page: &'a str,
    pub(in crate::facebook) message: &'a str,
    pub(in crate::facebook) link: Option<&'a str>,
    pub(in crate::facebook) photos: &'a [String],
}

impl Endpoint<Graph<'_>> for CreatePost<'_> {
    type Output = Created;
    const OPERATION: &'static str = "facebook.feed";

    fn effect(&self) -> Effect {
        Effect::Prepare
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let attached: Vec<_> =
            self.photos.iter().map(|id| serde_json::json!({ "media_fbid": id })).collect();
        let attached = serde_json::Value::from(attached).to_string();
        let mut form = vec![("published", "false")];
        if !self.message.is_empty() {
            form.push(("message", self.message));
        }
        form.extend(self.link.map(|link| ("link", link)));
        if !self.photos.is_empty() {
            form.push(("attached_media", &attached));
        }
        graph.post(&format!("{}/feed", self.page), &form)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Created, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `POST /{post}` with `is_published=true`.
#[derive(Debug)]
pub(in crate::facebook) struct PublishPost<'a> {
    pub(in crate::facebook) post: &'a str,
}

impl Endpoint<Graph<'_>> for PublishPost<'_> {
    type Output = Success;
    const OPERATION: &'static str = "facebook.update";

    fn effect(&self) -> Effect {
        Effect::Commit
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph.post(self.post, &[("is_published", "true")])
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Success, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `GET /{post}?fields=is_published,permalink_url`.
#[derive(Debug)]
pub(in crate::facebook) struct ReadPost<'a> {
    pub(in crate::facebook) post: &'a str,
}

#[derive(Debug, Deserialize)]
pub(in crate::facebook) struct Post {
    #[serde(default)]
    pub(in crate::facebook) is_published: bool,
    pub(in crate::facebook) permalink_url: Option<String>,
}

impl Endpoint<Graph<'_>> for ReadPost<'_> {
    type Output = Post;
    const OPERATION: &'static str = "facebook.object";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph.get(self.post, "id,is_published,permalink_url").finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Post, PlatformError> {
        graph.read(self.effect(), response)
    }
}

//! Reels and stories.
//!
//! Meta, "Reels publishing" and "Page stories".

use serde::Deserialize;
use social_core::PlatformError;
use social_core::flow::Effect;
use social_core::ports::{Request, Response};
use url::Url;

use super::maybe_id;
use crate::endpoint::Endpoint;
use crate::meta::endpoints::{List, Success, id};
use crate::meta::graph::Graph;
use crate::meta::rupload::{self, Upload, Uploaded};

/// `POST /{page}/video_reels` or `/video_stories` with `upload_phase=start`.
#[derive(Debug)]
pub(in crate::facebook) struct StartClip<'a> {
    pub(in crate::facebook) page: &'a str,
    pub(in crate::facebook) edge: &'a str,
}

/// Where a reel or story goes up.
#[derive(Debug, Deserialize)]
pub(in crate::facebook) struct Slot {
    #[serde(deserialize_with = "id")]
    pub(in crate::facebook) video_id: String,
    pub(in crate::facebook) upload_url: Url,
}

impl Endpoint<Graph<'_>> for StartClip<'_> {
    type Output = Slot;
    const OPERATION: &'static str = "facebook.clip_start";

    fn effect(&self) -> Effect {
        Effect::Prepare
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph.post(&format!("{}/{}", self.page, self.edge), &[("upload_phase", "start")])
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Slot, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `POST` to the address that came with a session: the clip's bytes from `offset` on.
#[derive(Debug)]
pub(in crate::facebook) struct UploadClip<'a>(pub(in crate::facebook) Upload<'a>);

impl Endpoint<Graph<'_>> for UploadClip<'_> {
    type Output = Uploaded;
    const OPERATION: &'static str = "facebook.rupload";

    fn effect(&self) -> Effect {
        Effect::Upload
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        self.0.request(graph)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Uploaded, PlatformError> {
        rupload::parse(graph, response)
    }
}

/// `POST /{page}/video_reels` or `/video_stories` with `upload_phase=finish`: it is shown.
#[derive(Debug)]
pub(in crate::facebook) struct FinishClip<'a> {
    pub(in crate::facebook) page: &'a str,
    pub(in crate::facebook) edge: &'a str,
    pub(in crate::facebook) video: &'a str,
    pub(in crate::facebook) title: Option<&'a str>,
    pub(in crate::facebook) description: &'a str,
}

impl Endpoint<Graph<'_>> for FinishClip<'_> {
    type Output = Success;
    const OPERATION: &'static str = "facebook.clip_finish";

    fn effect(&self) -> Effect {
        Effect::Commit
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let mut form = vec![("upload_phase", "finish"), ("video_id", self.video)];
        // A story has neither state nor words.
        if self.edge == "video_reels" {
            form.push(("video_state", "PUBLISHED"));
            form.extend(self.title.map(|title| ("title", title)));
            if !self.description.is_empty() {
                form.push(("description", self.description));
            }
        }
        graph.post(&format!("{}/{}", self.page, self.edge), &form)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Success, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `POST /{page}/photo_stories`: an unseen photo becomes a story.
#[derive(Debug)]
pub(in crate::facebook) struct PublishPhotoStory<'a> {
    pub(in crate::facebook) page: &'a str,
    pub(in crate::facebook) photo: &'a str,
}

#[derive(Debug, Deserialize)]
pub(in crate::facebook) struct StoryMade {
    pub(in crate::facebook) success: bool,
    #[serde(default, deserialize_with = "maybe_id")]
    pub(in crate::facebook) post_id: Option<String>,
}

impl Endpoint<Graph<'_>> for PublishPhotoStory<'_> {
    type Output = StoryMade;
    const OPERATION: &'static str = "facebook.photo_stories";

    fn effect(&self) -> Effect {
        Effect::Commit
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph.post(&format!("{}/photo_stories", self.page), &[("photo_id", self.photo)])
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<StoryMade, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `GET /{page}/stories`: what is shown for a day.
#[derive(Debug)]
pub(in crate::facebook) struct ListStories<'a> {
    pub(in crate::facebook) page: &'a str,
}

#[derive(Debug, Deserialize)]
pub(in crate::facebook) struct Story {
    #[serde(deserialize_with = "id")]
    pub(in crate::facebook) post_id: String,
    #[serde(default, deserialize_with = "id")]
    pub(in crate::facebook) media_id: String,
}

impl Endpoint<Graph<'_>> for ListStories<'_> {
    type Output = Vec<Story>;
    const OPERATION: &'static str = "facebook.stories";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let path = format!("{}/stories", self.page);
        graph.get(&path, "post_id,status,media_id,media_type").finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Vec<Story>, PlatformError> {
        graph.read::<List<Story>>(self.effect(), response).map(|list| list.data)
    }
}

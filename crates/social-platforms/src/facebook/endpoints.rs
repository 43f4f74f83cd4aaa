//! The endpoints of Page posts, photos and videos.
//!
//! Meta, "Pages API: posts", "Page photos", "Page videos" (chunked upload).

use serde::Deserialize;
use social_core::PlatformError;
use social_core::flow::{ContentMedia, Effect};
use social_core::ports::{Request, Response};
use url::Url;

use crate::endpoint::Endpoint;
use crate::meta::endpoints::{Created, List, Success, id};
use crate::meta::graph::Graph;
use crate::meta::rupload::{self, Upload, Uploaded, UploadingPhase};
use crate::multipart::Multipart;

/// `POST /{page}/photos` with `published=false`: a photo that nobody sees.
#[derive(Debug)]
pub(super) struct UploadPhoto<'a> {
    pub(super) page: &'a str,
    pub(super) photo: &'a ContentMedia,
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
pub(super) struct CreatePost<'a> {
    pub(super) page: &'a str,
    pub(super) message: &'a str,
    pub(super) link: Option<&'a str>,
    pub(super) photos: &'a [String],
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
pub(super) struct PublishPost<'a> {
    pub(super) post: &'a str,
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

/// `POST /{page}/videos` with `upload_phase=start`.
#[derive(Debug)]
pub(super) struct StartVideo<'a> {
    pub(super) page: &'a str,
    pub(super) size: u64,
}

/// An upload session: what to send next. Offsets are written as text.
#[derive(Debug, Deserialize)]
pub(super) struct Session {
    #[serde(deserialize_with = "id")]
    pub(super) upload_session_id: String,
    #[serde(deserialize_with = "id")]
    pub(super) video_id: String,
    #[serde(flatten)]
    pub(super) range: Range,
}

#[derive(Debug, Deserialize)]
pub(super) struct Range {
    #[serde(deserialize_with = "number")]
    pub(super) start_offset: u64,
    #[serde(deserialize_with = "number")]
    pub(super) end_offset: u64,
}

fn number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    id(deserializer)?.parse().map_err(serde::de::Error::custom)
}

impl Endpoint<Graph<'_>> for StartVideo<'_> {
    type Output = Session;
    const OPERATION: &'static str = "facebook.videos_start";

    fn effect(&self) -> Effect {
        Effect::Prepare
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let form = [("upload_phase", "start"), ("file_size", &self.size.to_string())];
        graph.post_video(&format!("{}/videos", self.page)).form(&form).finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Session, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `POST /{page}/videos` with `upload_phase=transfer`: one piece of the file.
#[derive(Debug)]
pub(super) struct TransferVideo<'a> {
    pub(super) page: &'a str,
    pub(super) session: &'a str,
    pub(super) video: &'a ContentMedia,
    pub(super) start: u64,
    pub(super) end: u64,
}

impl Endpoint<Graph<'_>> for TransferVideo<'_> {
    type Output = Range;
    const OPERATION: &'static str = "facebook.videos_transfer";

    fn effect(&self) -> Effect {
        Effect::Upload
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let form = Multipart::new()
            .text("upload_phase", "transfer")
            .text("upload_session_id", self.session)
            .text("start_offset", &self.start.to_string())
            .file(
                "video_file_chunk",
                &self.video.mime,
                &self.video.key,
                self.start,
                self.end.saturating_sub(self.start),
            );
        graph.post_video(&format!("{}/videos", self.page)).multipart(form).finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Range, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// Where an upload goes on, as a refusal of a piece says: the other side has another number of
/// bytes, since an answer was lost.
pub(super) fn goes_on_at(response: &Response) -> Option<Range> {
    #[derive(Deserialize)]
    struct Body {
        error: Refusal,
    }
    #[derive(Deserialize)]
    struct Refusal {
        error_data: serde_json::Value,
    }
    let body: Body = serde_json::from_slice(response.body()).ok()?;
    match body.error.error_data {
        serde_json::Value::String(text) => serde_json::from_str(&text).ok(),
        data => serde_json::from_value(data).ok(),
    }
}

/// `POST /{page}/videos` with `upload_phase=finish`: the clip becomes a post.
#[derive(Debug)]
pub(super) struct FinishVideo<'a> {
    pub(super) page: &'a str,
    pub(super) session: &'a str,
    pub(super) title: Option<&'a str>,
    pub(super) description: &'a str,
}

impl Endpoint<Graph<'_>> for FinishVideo<'_> {
    type Output = Success;
    const OPERATION: &'static str = "facebook.videos_finish";

    fn effect(&self) -> Effect {
        Effect::Commit
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let mut form = vec![
            ("upload_phase", "finish"),
            ("upload_session_id", self.session),
            ("published", "true"),
        ];
        form.extend(self.title.map(|title| ("title", title)));
        if !self.description.is_empty() {
            form.push(("description", self.description));
        }
        graph.post_video(&format!("{}/videos", self.page)).form(&form).finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Success, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `GET /{post}?fields=is_published,permalink_url`.
#[derive(Debug)]
pub(super) struct ReadPost<'a> {
    pub(super) post: &'a str,
}

#[derive(Debug, Deserialize)]
pub(super) struct Post {
    #[serde(default)]
    pub(super) is_published: bool,
    pub(super) permalink_url: Option<String>,
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

/// `GET /{video}?fields=status,published,post_id,permalink_url`.
#[derive(Debug)]
pub(super) struct ReadVideo<'a> {
    pub(super) video: &'a str,
}

#[derive(Debug, Deserialize)]
pub(super) struct Video {
    #[serde(default)]
    pub(super) status: VideoStatus,
    #[serde(default)]
    pub(super) published: bool,
    #[serde(default, deserialize_with = "maybe_id")]
    pub(super) post_id: Option<String>,
    pub(super) permalink_url: Option<String>,
}

fn maybe_id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct Id(#[serde(deserialize_with = "id")] String);
    Ok(Option::<Id>::deserialize(deserializer)?.map(|id| id.0))
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct VideoStatus {
    #[serde(default)]
    pub(super) video_status: String,
    #[serde(default)]
    pub(super) uploading_phase: UploadingPhase,
    #[serde(default)]
    pub(super) publishing_phase: PublishingPhase,
    #[serde(default)]
    pub(super) processing_phase: PublishingPhase,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct PublishingPhase {
    #[serde(default)]
    pub(super) status: String,
    #[serde(default)]
    pub(super) publish_status: String,
}

impl Video {
    /// Whether the upload was finished, which is what makes a clip a post.
    pub(super) fn is_finished(&self) -> bool {
        let status = &self.status;
        self.post_id.is_some()
            || status.publishing_phase.publish_status == "published"
            || ["in_progress", "complete", "completed"]
                .contains(&status.publishing_phase.status.as_str())
            || (self.published && ["ready", "processing"].contains(&status.video_status.as_str()))
    }

    /// Whether people see it.
    pub(super) fn is_shown(&self) -> bool {
        let status = &self.status;
        status.publishing_phase.publish_status == "published"
            || (self.published && status.video_status == "ready")
    }

    /// Whether Facebook could not make anything of it.
    pub(super) fn is_broken(&self) -> bool {
        ["error", "upload_failed", "expired"].contains(&self.status.video_status.as_str())
            || self.status.processing_phase.status == "error"
    }
}

impl Endpoint<Graph<'_>> for ReadVideo<'_> {
    type Output = Video;
    const OPERATION: &'static str = "facebook.object";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let fields = "id,status,published,post_id,permalink_url";
        graph.get(self.video, fields).finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Video, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `GET /{page}`.
#[derive(Debug)]
pub(super) struct ReadPage<'a> {
    pub(super) page: &'a str,
}

#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) name: String,
    pub(super) username: Option<String>,
    pub(super) followers_count: Option<u64>,
    pub(super) picture: Option<Picture>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Picture {
    pub(super) data: PictureData,
}

#[derive(Debug, Deserialize)]
pub(super) struct PictureData {
    pub(super) url: Option<Url>,
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

/// `POST /{page}/video_reels` or `/video_stories` with `upload_phase=start`.
#[derive(Debug)]
pub(super) struct StartClip<'a> {
    pub(super) page: &'a str,
    pub(super) edge: &'a str,
}

/// Where a reel or story goes up.
#[derive(Debug, Deserialize)]
pub(super) struct Slot {
    #[serde(deserialize_with = "id")]
    pub(super) video_id: String,
    pub(super) upload_url: Url,
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
pub(super) struct UploadClip<'a>(pub(super) Upload<'a>);

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
pub(super) struct FinishClip<'a> {
    pub(super) page: &'a str,
    pub(super) edge: &'a str,
    pub(super) video: &'a str,
    pub(super) title: Option<&'a str>,
    pub(super) description: &'a str,
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
pub(super) struct PublishPhotoStory<'a> {
    pub(super) page: &'a str,
    pub(super) photo: &'a str,
}

#[derive(Debug, Deserialize)]
pub(super) struct StoryMade {
    pub(super) success: bool,
    #[serde(default, deserialize_with = "maybe_id")]
    pub(super) post_id: Option<String>,
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
pub(super) struct ListStories<'a> {
    pub(super) page: &'a str,
}

#[derive(Debug, Deserialize)]
pub(super) struct Story {
    #[serde(deserialize_with = "id")]
    pub(super) post_id: String,
    #[serde(default, deserialize_with = "id")]
    pub(super) media_id: String,
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

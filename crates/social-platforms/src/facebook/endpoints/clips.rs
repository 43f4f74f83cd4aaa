//! Clips, in pieces, and how far one is.
//!
//! Meta, "Page videos" (chunked upload).

use serde::Deserialize;
use social_core::PlatformError;
use social_core::flow::{ContentMedia, Effect};
use social_core::ports::{Request, Response};

use super::maybe_id;
use crate::endpoint::Endpoint;
use crate::meta::endpoints::{Success, id};
use crate::meta::graph::Graph;
use crate::meta::rupload::UploadingPhase;
use crate::multipart::Multipart;

/// `POST /{page}/videos` with `upload_phase=start`.
#[derive(Debug)]
pub(in crate::facebook) struct StartVideo<'a> {
    pub(in crate::facebook) page: &'a str,
    pub(in crate::facebook) size: u64,
}

/// An upload session: what to send next. Offsets are written as text.
#[derive(Debug, Deserialize)]
pub(in crate::facebook) struct Session {
    #[serde(deserialize_with = "id")]
    pub(in crate::facebook) upload_session_id: String,
    #[serde(deserialize_with = "id")]
    pub(in crate::facebook) video_id: String,
    #[serde(flatten)]
    pub(in crate::facebook) range: Range,
}

#[derive(Debug, Deserialize)]
pub(in crate::facebook) struct Range {
    #[serde(deserialize_with = "number")]
    pub(in crate::facebook) start_offset: u64,
    #[serde(deserialize_with = "number")]
    pub(in crate::facebook) end_offset: u64,
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
pub(in crate::facebook) struct TransferVideo<'a> {
    pub(in crate::facebook) page: &'a str,
    pub(in crate::facebook) session: &'a str,
    pub(in crate::facebook) video: &'a ContentMedia,
    pub(in crate::facebook) start: u64,
    pub(in crate::facebook) end: u64,
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
pub(in crate::facebook) fn goes_on_at(response: &Response) -> Option<Range> {
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
pub(in crate::facebook) struct FinishVideo<'a> {
    pub(in crate::facebook) page: &'a str,
    pub(in crate::facebook) session: &'a str,
    pub(in crate::facebook) title: Option<&'a str>,
    pub(in crate::facebook) description: &'a str,
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

/// `GET /{video}?fields=status,published,post_id,permalink_url`.
#[derive(Debug)]
pub(in crate::facebook) struct ReadVideo<'a> {
    pub(in crate::facebook) video: &'a str,
}

#[derive(Debug, Deserialize)]
pub(in crate::facebook) struct Video {
    #[serde(default)]
    pub(in crate::facebook) status: VideoStatus,
    #[serde(default)]
    pub(in crate::facebook) published: bool,
    #[serde(default, deserialize_with = "maybe_id")]
    pub(in crate::facebook) post_id: Option<String>,
    pub(in crate::facebook) permalink_url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::facebook) struct VideoStatus {
    #[serde(default)]
    pub(in crate::facebook) video_status: String,
    #[serde(default)]
    pub(in crate::facebook) uploading_phase: UploadingPhase,
    #[serde(default)]
    pub(in crate::facebook) publishing_phase: PublishingPhase,
    #[serde(default)]
    pub(in crate::facebook) processing_phase: PublishingPhase,
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::facebook) struct PublishingPhase {
    #[serde(default)]
    pub(in crate::facebook) status: String,
    #[serde(default)]
    pub(in crate::facebook) publish_status: String,
}

impl Video {
    /// Whether the upload was finished, which is what makes a clip a post.
    pub(in crate::facebook) fn is_finished(&self) -> bool {
        let status = &self.status;
        self.post_id.is_some()
            || status.publishing_phase.publish_status == "published"
            || ["in_progress", "complete", "completed"]
                .contains(&status.publishing_phase.status.as_str())
            || (self.published && ["ready", "processing"].contains(&status.video_status.as_str()))
    }

    /// Whether people see it.
    pub(in crate::facebook) fn is_shown(&self) -> bool {
        let status = &self.status;
        status.publishing_phase.publish_status == "published"
            || (self.published && status.video_status == "ready")
    }

    /// Whether Facebook could not make anything of it.
    pub(in crate::facebook) fn is_broken(&self) -> bool {
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

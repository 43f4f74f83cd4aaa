//! The endpoints of direct posts.
//!
//! TikTok for Developers, "Query creator info", "Direct post", "Media transfer guide",
//! "Photo post", "Get post status", "Video list". All paths end with a slash.

use http::Method;
use http::header::CONTENT_RANGE;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use social_core::flow::Effect;
use social_core::ports::{BlobKey, Body, Request, Response};
use social_core::{PlatformError, Timestamp};
use url::Url;

use super::chunks::Chunks;
use super::errors::classify;
use super::open::Open;
use crate::endpoint::Endpoint;
use crate::http::Build;
use crate::state::Seen;

/// `POST /v2/post/publish/creator_info/query/`: what the creator may post now.
#[derive(Debug)]
pub(super) struct CreatorInfo;

#[derive(Debug, Deserialize)]
pub(super) struct Creator {
    #[serde(default)]
    pub(super) privacy_level_options: Vec<String>,
    pub(super) max_video_post_duration_sec: Option<u64>,
    #[serde(default)]
    pub(super) comment_disabled: bool,
    #[serde(default)]
    pub(super) duet_disabled: bool,
    #[serde(default)]
    pub(super) stitch_disabled: bool,
}

impl Endpoint<Open<'_>> for CreatorInfo {
    type Output = Creator;
    const OPERATION: &'static str = "tiktok.creator_info";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, open: &Open<'_>) -> Result<Request, PlatformError> {
        open.post("v2/post/publish/creator_info/query/")
            .header(http::header::CONTENT_TYPE, "application/json; charset=UTF-8")
            .finish(open.platform)
    }

    fn parse(&self, open: &Open<'_>, response: &Response) -> Result<Creator, PlatformError> {
        open.read(self.effect(), response)
    }
}

/// `POST /v2/post/publish/video/init/` for a clip that is sent in chunks; without `post_info` it
/// is `/inbox/video/init/`, whose clip becomes a draft.
#[derive(Debug)]
pub(super) struct InitVideo {
    pub(super) post_info: Option<Value>,
    pub(super) chunks: Chunks,
}

#[derive(Debug, Deserialize)]
pub(super) struct Started {
    pub(super) publish_id: String,
    pub(super) upload_url: Url,
}

impl Endpoint<Open<'_>> for InitVideo {
    type Output = Started;
    const OPERATION: &'static str = "tiktok.video_init";

    fn effect(&self) -> Effect {
        Effect::Prepare
    }

    fn request(&self, open: &Open<'_>) -> Result<Request, PlatformError> {
        let source = json!({
            "source": "FILE_UPLOAD",
            "video_size": self.chunks.total,
            "chunk_size": self.chunks.size,
            "total_chunk_count": self.chunks.count,
        });
        init(open, self.post_info.as_ref(), &source)
    }

    fn parse(&self, open: &Open<'_>, response: &Response) -> Result<Started, PlatformError> {
        open.read(self.effect(), response)
    }
}

/// `PUT` of one chunk, without a token. The last one publishes: what follows goes by itself.
#[derive(Debug)]
pub(super) struct PutChunk<'a> {
    pub(super) url: &'a Url,
    pub(super) mime: &'a str,
    pub(super) key: &'a BlobKey,
    pub(super) chunks: Chunks,
    pub(super) index: u64,
}

/// What became of a chunk.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// It is there and more are expected.
    More,
    /// All are there.
    All,
    /// The other side has so many bytes, which is not where this chunk begins.
    Has(u64),
    /// The address no longer works.
    Gone,
}

impl Endpoint<Open<'_>> for PutChunk<'_> {
    type Output = Stored;
    const OPERATION: &'static str = "tiktok.upload";

    fn effect(&self) -> Effect {
        if self.chunks.is_last(self.index) { Effect::Commit } else { Effect::Upload }
    }

    fn request(&self, open: &Open<'_>) -> Result<Request, PlatformError> {
        let (start, end) = self.chunks.range(self.index);
        let range = format!("bytes {start}-{}/{}", end.saturating_sub(1), self.chunks.total);
        let body = Body::blob(self.key.clone(), start, end - start);
        Build::new(Method::PUT, self.url.clone())
            .header(CONTENT_RANGE, &range)
            .bytes(self.mime, body)
            .finish(open.platform)
    }

    fn parse(&self, open: &Open<'_>, response: &Response) -> Result<Stored, PlatformError> {
        let commit = self.effect() == Effect::Commit;
        match response.status().as_u16() {
            200 | 201 => Ok(Stored::All),
            206 if !commit => Ok(Stored::More),
            // Of the last chunk only the status of the publish tells what it did.
            403 | 404 if !commit => Ok(Stored::Gone),
            416 if !commit && arrived(response).is_some() => {
                Ok(Stored::Has(arrived(response).unwrap_or_default()))
            }
            _ => Err(classify(open.platform, self.effect(), response)),
        }
    }
}

/// `Content-Range: bytes 0-{UPLOADED_BYTES}/{TOTAL}`.
fn arrived(response: &Response) -> Option<u64> {
    let text = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    text.strip_prefix("bytes 0-")?.split('/').next()?.parse().ok()
}

fn init(
    open: &Open<'_>,
    post_info: Option<&Value>,
    source: &Value,
) -> Result<Request, PlatformError> {
    let (path, body) = match post_info {
        Some(info) => {
            ("v2/post/publish/video/init/", json!({"post_info": info, "source_info": source}))
        }
        None => ("v2/post/publish/inbox/video/init/", json!({ "source_info": source })),
    };
    open.post(path).json(&body).finish(open.platform)
}

/// The same for a clip that TikTok fetches. It publishes: nothing more is asked of us.
#[derive(Debug)]
pub(super) struct PullVideo<'a> {
    pub(super) post_info: Option<Value>,
    pub(super) url: &'a Url,
}

impl Endpoint<Open<'_>> for PullVideo<'_> {
    type Output = Begun;
    const OPERATION: &'static str = "tiktok.video_pull";

    fn effect(&self) -> Effect {
        Effect::Commit
    }

    fn request(&self, open: &Open<'_>) -> Result<Request, PlatformError> {
        let source = json!({"source": "PULL_FROM_URL", "video_url": self.url});
        init(open, self.post_info.as_ref(), &source)
    }

    fn parse(&self, open: &Open<'_>, response: &Response) -> Result<Begun, PlatformError> {
        open.read(self.effect(), response)
    }
}

/// `POST /v2/post/publish/content/init/`: pictures that TikTok fetches. It publishes.
#[derive(Debug)]
pub(super) struct InitPhotos {
    pub(super) body: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct Begun {
    pub(super) publish_id: String,
}

impl Endpoint<Open<'_>> for InitPhotos {
    type Output = Begun;
    const OPERATION: &'static str = "tiktok.content_init";

    fn effect(&self) -> Effect {
        Effect::Commit
    }

    fn request(&self, open: &Open<'_>) -> Result<Request, PlatformError> {
        open.post("v2/post/publish/content/init/").json(&self.body).finish(open.platform)
    }

    fn parse(&self, open: &Open<'_>, response: &Response) -> Result<Begun, PlatformError> {
        open.read(self.effect(), response)
    }
}

/// `POST /v2/post/publish/status/fetch/`: the truth about a publish.
#[derive(Debug)]
pub(super) struct FetchStatus<'a> {
    pub(super) publish_id: &'a str,
}

/// How a publish stands.
#[derive(Debug, Deserialize)]
pub(super) struct Status {
    pub(super) status: String,
    #[serde(default)]
    pub(super) fail_reason: String,
    // Spelt so.
    #[serde(default, deserialize_with = "ids")]
    pub(super) publicaly_available_post_id: Vec<String>,
    pub(super) uploaded_bytes: Option<u64>,
}

fn ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let ids = Option::<Vec<Value>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(ids.iter().map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned)).collect())
}

impl Endpoint<Open<'_>> for FetchStatus<'_> {
    type Output = Status;
    const OPERATION: &'static str = "tiktok.status_fetch";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, open: &Open<'_>) -> Result<Request, PlatformError> {
        open.post("v2/post/publish/status/fetch/")
            .json(&json!({ "publish_id": self.publish_id }))
            .finish(open.platform)
    }

    fn parse(&self, open: &Open<'_>, response: &Response) -> Result<Status, PlatformError> {
        open.read(self.effect(), response)
    }
}

/// `POST /v2/video/list/`: the newest public posts.
#[derive(Debug)]
pub(super) struct ListVideos;

#[derive(Debug, Deserialize)]
pub(super) struct Videos<T> {
    #[serde(default = "Vec::new")]
    pub(super) videos: Vec<T>,
}

#[derive(Debug, Deserialize)]
struct Video {
    id: String,
    create_time: i64,
    #[serde(default)]
    video_description: String,
}

impl Endpoint<Open<'_>> for ListVideos {
    type Output = Vec<Seen>;
    const OPERATION: &'static str = "tiktok.video_list";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, open: &Open<'_>) -> Result<Request, PlatformError> {
        open.post("v2/video/list/")
            .query("fields", "id,create_time,video_description")
            .json(&json!({ "max_count": 20 }))
            .finish(open.platform)
    }

    fn parse(&self, open: &Open<'_>, response: &Response) -> Result<Vec<Seen>, PlatformError> {
        let list: Videos<Video> = open.read(self.effect(), response)?;
        let seen = list.videos.into_iter().map(|video| Seen {
            id: video.id,
            text: video.video_description,
            at: Timestamp::from_secs(video.create_time),
        });
        Ok(seen.collect())
    }
}

/// `POST /v2/video/query/` for the address of one post.
#[derive(Debug)]
pub(super) struct ReadVideo<'a> {
    pub(super) id: &'a str,
}

#[derive(Debug, Deserialize)]
struct Shared {
    share_url: Option<Url>,
}

impl Endpoint<Open<'_>> for ReadVideo<'_> {
    type Output = Option<Url>;
    const OPERATION: &'static str = "tiktok.video_query";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, open: &Open<'_>) -> Result<Request, PlatformError> {
        query(open, &[self.id], "id,share_url")
    }

    fn parse(&self, open: &Open<'_>, response: &Response) -> Result<Option<Url>, PlatformError> {
        let list: Videos<Shared> = open.read(self.effect(), response)?;
        Ok(list.videos.into_iter().next().and_then(|video| video.share_url))
    }
}

/// `POST /v2/video/query/` of some posts, 20 at most.
pub(super) fn query(open: &Open<'_>, ids: &[&str], fields: &str) -> Result<Request, PlatformError> {
    open.post("v2/video/query/")
        .query("fields", fields)
        .json(&json!({"filters": {"video_ids": ids}}))
        .finish(open.platform)
}

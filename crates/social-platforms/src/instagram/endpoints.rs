//! The endpoints of Instagram publishing.
//!
//! Meta, "Content publishing", "IG User media", "IG Container", "IG User media_publish".

use http::header::HeaderName;
use serde::Deserialize;
use social_core::flow::Effect;
use social_core::ports::{BlobKey, Body, Request, Response};
use social_core::{ErrorKind, PlatformError, Timestamp};
use url::Url;

use super::errors;
use crate::endpoint::Endpoint;
use crate::http::{Build, json};
use crate::meta::endpoints::{Created, List, id};
use crate::meta::graph::Graph;
use crate::state::Seen;

/// `POST /{account}/media`: a container that nobody sees.
#[derive(Debug)]
pub(super) struct CreateContainer<'a> {
    pub(super) account: &'a str,
    pub(super) fields: Vec<(&'a str, String)>,
}

/// A container, and where its bytes go where they are sent.
#[derive(Debug, Deserialize)]
pub(super) struct Container {
    #[serde(deserialize_with = "id")]
    pub(super) id: String,
    pub(super) uri: Option<Url>,
}

impl Endpoint<Graph<'_>> for CreateContainer<'_> {
    type Output = Container;
    const OPERATION: &'static str = "instagram.media";

    fn effect(&self) -> Effect {
        Effect::Prepare
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let fields: Vec<_> = self.fields.iter().map(|(name, v)| (*name, v.as_str())).collect();
        graph.post(&format!("{}/media", self.account), &fields)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Container, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `POST` to the address that came with a container: its bytes from `offset` on.
#[derive(Debug)]
pub(super) struct UploadBytes<'a> {
    pub(super) uri: &'a Url,
    pub(super) key: &'a BlobKey,
    pub(super) offset: u64,
    pub(super) size: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct UploadAnswer {
    #[serde(default)]
    success: bool,
    pub(super) debug_info: Option<DebugInfo>,
}

#[derive(Debug, Deserialize)]
pub(super) struct DebugInfo {
    #[serde(default)]
    pub(super) retriable: bool,
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) message: String,
}

/// What became of bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Uploaded {
    /// All are there.
    Whole,
    /// The other side has another number of bytes: ask it which.
    Elsewhere,
}

impl Endpoint<Graph<'_>> for UploadBytes<'_> {
    type Output = Uploaded;
    const OPERATION: &'static str = "instagram.rupload";

    fn effect(&self) -> Effect {
        Effect::Upload
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        // The token goes to no other host than the one it is meant for.
        if self.uri.origin() != graph.hosts.rupload.origin() {
            return Err(PlatformError::new(
                graph.platform.clone(),
                ErrorKind::Malformed,
                "the upload address is not on the host that takes uploads",
            ));
        }
        let bytes = Body::blob(self.key.clone(), self.offset, self.size - self.offset);
        Build::post(self.uri.clone())
            .authorization("OAuth", graph.token)
            .header(HeaderName::from_static("offset"), &self.offset.to_string())
            .header(HeaderName::from_static("file_size"), &self.size.to_string())
            .bytes("application/octet-stream", bytes)
            .finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Uploaded, PlatformError> {
        let answer = serde_json::from_slice::<UploadAnswer>(response.body()).ok();
        if response.status().is_success() && answer.as_ref().is_some_and(|it| it.success) {
            return Ok(Uploaded::Whole);
        }
        let kind = answer.and_then(|it| it.debug_info).map(|info| info.kind);
        match kind.as_deref() {
            Some("OffsetInvalidError" | "PartialRequestError") => Ok(Uploaded::Elsewhere),
            _ => Err(errors::upload_failed(graph.platform, response)),
        }
    }
}

/// `GET /{container}`.
#[derive(Debug)]
pub(super) struct ReadContainer<'a> {
    pub(super) container: &'a str,
}

/// How a container stands.
#[derive(Debug, Deserialize)]
pub(super) struct Status {
    pub(super) status_code: Code,
    #[serde(default)]
    pub(super) status: String,
    video_status: Option<VideoStatus>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Code {
    InProgress,
    Finished,
    Published,
    Error,
    Expired,
}

#[derive(Debug, Deserialize)]
struct VideoStatus {
    uploading_phase: Option<UploadingPhase>,
}

#[derive(Debug, Deserialize)]
struct UploadingPhase {
    #[serde(default)]
    status: String,
    // The documentation has both spellings.
    #[serde(alias = "bytes_transfered")]
    bytes_transferred: Option<u64>,
}

impl Status {
    /// How many bytes have arrived; `None` where all have.
    pub(super) fn missing_from(&self) -> Option<u64> {
        let phase = self.video_status.as_ref()?.uploading_phase.as_ref()?;
        if phase.status.starts_with("complete") {
            return None;
        }
        phase.bytes_transferred
    }
}

impl Endpoint<Graph<'_>> for ReadContainer<'_> {
    type Output = Status;
    const OPERATION: &'static str = "instagram.container";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph.get(self.container, "id,status_code,status,video_status").finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Status, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `POST /{account}/media_publish`: the container becomes a post.
#[derive(Debug)]
pub(super) struct Publish<'a> {
    pub(super) account: &'a str,
    pub(super) container: &'a str,
}

impl Endpoint<Graph<'_>> for Publish<'_> {
    type Output = Created;
    const OPERATION: &'static str = "instagram.media_publish";

    fn effect(&self) -> Effect {
        Effect::Commit
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let path = format!("{}/media_publish", self.account);
        graph.post(&path, &[("creation_id", self.container)])
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Created, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `GET /{account}/media`: the newest posts.
#[derive(Debug)]
pub(super) struct ListMedia<'a> {
    pub(super) account: &'a str,
}

#[derive(Debug, Deserialize)]
struct Media {
    #[serde(deserialize_with = "id")]
    id: String,
    #[serde(default)]
    caption: String,
    timestamp: Option<String>,
}

impl Endpoint<Graph<'_>> for ListMedia<'_> {
    type Output = Vec<Seen>;
    const OPERATION: &'static str = "instagram.media_list";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph
            .get(&format!("{}/media", self.account), "id,caption,timestamp,media_product_type")
            .query("limit", "25")
            .finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Vec<Seen>, PlatformError> {
        let list: List<Media> = graph.read(self.effect(), response)?;
        let seen = list.data.into_iter().filter_map(|media| {
            let at = Timestamp::from_graph(media.timestamp.as_deref()?).ok()?;
            Some(Seen { id: media.id, text: media.caption, at })
        });
        Ok(seen.collect())
    }
}

/// `GET /{media}?fields=permalink`.
#[derive(Debug)]
pub(super) struct Permalink<'a> {
    pub(super) media: &'a str,
}

#[derive(Debug, Deserialize)]
struct Link {
    permalink: Option<Url>,
}

impl Endpoint<Graph<'_>> for Permalink<'_> {
    type Output = Option<Url>;
    const OPERATION: &'static str = "instagram.media_get";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph.get(self.media, "id,permalink").finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Option<Url>, PlatformError> {
        graph.read::<Link>(self.effect(), response).map(|link| link.permalink)
    }
}

/// `GET /{account}`.
#[derive(Debug)]
pub(super) struct ReadAccount<'a> {
    pub(super) account: &'a str,
}

#[derive(Debug, Deserialize)]
pub(super) struct Account {
    pub(super) username: String,
    pub(super) name: Option<String>,
    pub(super) profile_picture_url: Option<Url>,
    pub(super) followers_count: Option<u64>,
}

impl Endpoint<Graph<'_>> for ReadAccount<'_> {
    type Output = Account;
    const OPERATION: &'static str = "instagram.account";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph
            .get(self.account, "id,username,name,profile_picture_url,followers_count")
            .finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Account, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `GET /{account}/content_publishing_limit`: the posts left in the rolling day. Documents name
/// 25, 50 and 100 a day; the number that counts is the one in the answer.
#[derive(Debug)]
pub(super) struct ReadQuota<'a> {
    pub(super) account: &'a str,
}

#[derive(Debug, Deserialize)]
struct Quota {
    quota_usage: u32,
    config: Option<QuotaConfig>,
}

#[derive(Debug, Deserialize)]
struct QuotaConfig {
    quota_total: u32,
}

impl Endpoint<Graph<'_>> for ReadQuota<'_> {
    type Output = Option<u32>;
    const OPERATION: &'static str = "instagram.content_publishing_limit";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let path = format!("{}/content_publishing_limit", self.account);
        graph.get(&path, "quota_usage,config").finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Option<u32>, PlatformError> {
        if !response.status().is_success() {
            return graph.read(self.effect(), response);
        }
        let list: List<Quota> = json(graph.platform, response)?;
        let left = list.data.first().and_then(|quota| {
            Some(quota.config.as_ref()?.quota_total.saturating_sub(quota.quota_usage))
        });
        Ok(left)
    }
}

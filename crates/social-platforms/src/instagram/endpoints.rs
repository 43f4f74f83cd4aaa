//! The endpoints of Instagram publishing.
//!
//! Meta, "Content publishing", "IG User media", "IG Container", "IG User media_publish".

use serde::Deserialize;
use social_core::flow::Effect;
use social_core::ports::{Request, Response};
use social_core::{PlatformError, Timestamp};
use url::Url;

use crate::endpoint::Endpoint;
use crate::http::json;
use crate::meta::endpoints::{Created, List, id};
use crate::meta::graph::Graph;
use crate::meta::rupload::{self, Upload, Uploaded, UploadingPhase};
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
pub(super) struct UploadBytes<'a>(pub(super) Upload<'a>);

impl Endpoint<Graph<'_>> for UploadBytes<'_> {
    type Output = Uploaded;
    const OPERATION: &'static str = "instagram.rupload";

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

impl Status {
    /// How many bytes have arrived; `None` where all have.
    pub(super) fn missing_from(&self) -> Option<u64> {
        self.video_status.as_ref()?.uploading_phase.as_ref()?.missing_from()
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

/// `GET /{account}/media`: the newest posts; or `/stories`, which are not among them.
#[derive(Debug)]
pub(super) struct ListMedia<'a> {
    pub(super) account: &'a str,
    pub(super) stories: bool,
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
        let edge = if self.stories { "stories" } else { "media" };
        graph
            .get(&format!("{}/{edge}", self.account), "id,caption,timestamp,media_product_type")
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

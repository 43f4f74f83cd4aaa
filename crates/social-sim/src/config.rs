//! What is simulated, and how.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::fault::Fault;
use crate::fetch::{Fetcher, NoFetcher};
use crate::people::{FacebookUser, LinkedinMember, TiktokCreator};

/// Everything that can be set. The default is a laptop's demo: one app, one person per network.
#[derive(Debug, Clone)]
pub struct SimConfig {
    /// Ids, numbers and faults by probability are drawn from it.
    pub seed: u64,
    /// Under which address the simulator is reached; a server sets it when it starts.
    pub base_url: Option<Url>,
    /// The registered apps, the same on all networks.
    pub clients: Vec<SimClient>,
    /// What goes wrong from the start.
    pub faults: Vec<Fault>,
    /// How media by address are fetched.
    pub fetcher: Arc<dyn Fetcher>,
    /// The largest body that the server reads.
    pub max_body: usize,
    /// Whether media are checked against the networks' rules.
    pub check_media: bool,
    /// Whether the bytes of clips sent to TikTok are kept, and not just counted.
    pub keep_uploads: bool,
    /// Facebook and Instagram.
    pub meta: MetaConfig,
    /// LinkedIn.
    pub linkedin: LinkedinConfig,
    /// TikTok.
    pub tiktok: TiktokConfig,
}

impl Default for SimConfig {
    fn default() -> Self {
        Self {
            seed: 1,
            base_url: None,
            clients: vec![SimClient::default()],
            faults: Vec::new(),
            fetcher: Arc::new(NoFetcher),
            max_body: 512 << 20,
            check_media: true,
            keep_uploads: true,
            meta: MetaConfig::default(),
            linkedin: LinkedinConfig::default(),
            tiktok: TiktokConfig::default(),
        }
    }
}

impl SimConfig {
    /// Draws from `seed`.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Fetches media by address with `fetcher`.
    #[must_use]
    pub fn with_fetcher(mut self, fetcher: Arc<dyn Fetcher>) -> Self {
        self.fetcher = fetcher;
        self
    }

    /// Adds a fault.
    #[must_use]
    pub fn with_fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    pub(crate) fn client(&self, id: &str) -> Option<&SimClient> {
        self.clients.iter().find(|client| client.id == id)
    }
}

/// A registered app.
#[derive(Debug, Clone)]
pub struct SimClient {
    /// `client_id`, or `client_key` on TikTok.
    pub id: String,
    /// The secret.
    pub secret: String,
    /// The name on the consent page.
    pub name: String,
    /// The registered redirect addresses.
    pub redirect_uris: Vec<String>,
    /// Whether any address of the own machine is registered too.
    pub any_loopback: bool,
}

impl Default for SimClient {
    fn default() -> Self {
        Self {
            id: "sim-app".to_owned(),
            secret: "sim-secret".to_owned(),
            name: "Sim App".to_owned(),
            redirect_uris: Vec::new(),
            any_loopback: true,
        }
    }
}

impl SimClient {
    pub(crate) fn may_redirect(&self, uri: &str) -> bool {
        let loopback = || {
            Url::parse(uri).is_ok_and(|url| {
                url.fragment().is_none()
                    && matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
            })
        };
        self.redirect_uris.iter().any(|known| known == uri) || (self.any_loopback && loopback())
    }
}

/// What a second `media_publish` of a published container does. Meta does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondPublish {
    /// It is refused with 24/2207008.
    Refused,
    /// It answers with the same media id and publishes nothing.
    SameMedia,
    /// It publishes again: the worst that a client must be ready for.
    PublishesAgain,
}

/// Facebook and Instagram.
#[derive(Debug, Clone)]
pub struct MetaConfig {
    /// Who can log in.
    pub users: Vec<FacebookUser>,
    /// The oldest version of the Graph that has not ended: older ones are answered by it.
    pub oldest_version: u32,
    /// How long an image container is `IN_PROGRESS`.
    pub image_processing: Duration,
    /// How long a video is processed, on both networks.
    pub video_processing: Duration,
    /// Posts per account in 24 hours.
    pub instagram_daily_quota: u64,
    /// What a second publish does.
    pub second_publish: SecondPublish,
    /// Whether Instagram Login's short-lived token comes nested in a list, as documented, and not
    /// flat, as seen.
    pub nested_tokens: bool,
    /// Whether an edit list makes Instagram refuse a video.
    pub refuse_edit_lists: bool,
    /// Whether the same text on a page twice within a day is refused with 506.
    pub refuse_duplicates: bool,
    /// The size of the pieces that the chunked video upload asks for.
    pub video_chunk: u64,
    /// Calls with people's tokens that an app may make in an hour.
    pub app_calls_per_hour: u32,
    /// Calls that an app may make in a day for one Page or account.
    pub account_calls_per_day: u32,
    /// From how many percent of either on answers tell how much is used.
    pub usage_told_from: u32,
    /// Whether finishing a reel tells the post's id too.
    pub reel_tells_post: bool,
    /// Whether the count of arrived bytes is spelt as the guide has it (`bytes_transfered`), and not
    /// as the specification has it.
    pub guide_spelling: bool,
    /// Whether publishing a container that has expired is 24/2207008, and not -2/2207020.
    pub expired_is_unknown: bool,
    /// After how long an unpublished photo can no longer be used.
    pub photo_lapses: Duration,
}

impl Default for MetaConfig {
    fn default() -> Self {
        Self {
            users: vec![FacebookUser::default()],
            oldest_version: 21,
            image_processing: Duration::from_secs(1),
            video_processing: Duration::from_secs(3),
            instagram_daily_quota: 50,
            second_publish: SecondPublish::Refused,
            nested_tokens: false,
            refuse_edit_lists: true,
            refuse_duplicates: false,
            video_chunk: 4 << 20,
            app_calls_per_hour: 5_000,
            account_calls_per_day: 20_000,
            usage_told_from: 10,
            reel_tells_post: false,
            guide_spelling: true,
            expired_is_unknown: false,
            photo_lapses: Duration::from_secs(24 * 3600),
        }
    }
}

/// LinkedIn.
#[derive(Debug, Clone)]
pub struct LinkedinConfig {
    /// Who can log in.
    pub members: Vec<LinkedinMember>,
    /// The oldest and the newest active version.
    pub versions: (u32, u32),
    /// Whether the app is a partner that gets refresh tokens.
    pub refresh_tokens: bool,
    /// Whether reading an image needs more than `w_member_social`.
    pub image_read_forbidden: bool,
    /// How long an image is processed.
    pub image_processing: Duration,
    /// How long a video is processed.
    pub video_processing: Duration,
    /// How long comments on a fresh post answer 404.
    pub comments_blind: Duration,
    /// How long the same post again is a duplicate.
    pub duplicate_window: Duration,
    /// The size of a video's parts.
    pub video_part: u64,
    /// For how long a fresh token is called revoked, as was seen in the field.
    pub fresh_token_blind: Duration,
    /// Requests that one member may cause from midnight to midnight, UTC.
    pub member_calls_per_day: u32,
    /// Requests that an app may make from midnight to midnight, UTC.
    pub app_calls_per_day: u32,
    /// Whether a duplicate is refused in the short form.
    pub short_duplicate: bool,
    /// Whether deleting what is gone is 404, and not 204 as documented.
    pub gone_is_missing: bool,
}

impl Default for LinkedinConfig {
    fn default() -> Self {
        Self {
            members: vec![LinkedinMember::default()],
            versions: (202_601, 202_611),
            refresh_tokens: false,
            image_read_forbidden: true,
            image_processing: Duration::from_secs(1),
            video_processing: Duration::from_secs(3),
            comments_blind: Duration::from_secs(3),
            duplicate_window: Duration::from_secs(600),
            video_part: 4_194_304,
            fresh_token_blind: Duration::ZERO,
            member_calls_per_day: 150,
            app_calls_per_day: 100_000,
            short_duplicate: false,
            gone_is_missing: false,
        }
    }
}

/// TikTok.
#[derive(Debug, Clone)]
pub struct TiktokConfig {
    /// Who can log in.
    pub creators: Vec<TiktokCreator>,
    /// The HTTP status of OAuth errors: 200 was seen in the field, 400 is documented.
    pub oauth_error_status: u16,
    /// Whether an old refresh token dies when it is used.
    pub rotate_refresh: bool,
    /// Whether the client has not passed the audit.
    pub unaudited: bool,
    /// Verified domains or URL prefixes; `None` takes every address.
    pub verified_prefixes: Option<Vec<String>>,
    /// How long a video or photo is processed.
    pub processing: Duration,
    /// How long after that a public post gets its id.
    pub moderation: Duration,
    /// Direct posts per creator in 24 hours.
    pub daily_posts: usize,
    /// Drafts per creator in 24 hours.
    pub daily_drafts: usize,
    /// Whether the limits per minute hold.
    pub minute_limits: bool,
    /// Creators for whom a client that has not passed the audit may post in 24 hours.
    pub unaudited_creators: usize,
    /// Whether wrong parameters are `invalid_params`, as the general page has it, and not
    /// `invalid_param`.
    pub general_codes: bool,
    /// Whether ids of posts come as text, and not as numbers.
    pub ids_as_text: bool,
    /// Whether `brand_content_toggle` must be there, as the table of the page says.
    pub disclosure_required: bool,
}

impl Default for TiktokConfig {
    fn default() -> Self {
        Self {
            creators: vec![TiktokCreator::default()],
            oauth_error_status: 200,
            rotate_refresh: true,
            unaudited: false,
            verified_prefixes: None,
            processing: Duration::from_secs(3),
            moderation: Duration::from_secs(20),
            daily_posts: 15,
            daily_drafts: 5,
            minute_limits: true,
            unaudited_creators: 5,
            general_codes: false,
            ids_as_text: false,
            disclosure_required: false,
        }
    }
}

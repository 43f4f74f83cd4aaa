//! How the API is served.

use std::borrow::Cow;
use std::num::NonZeroU32;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

/// How the API is served. The defaults suit one machine: loopback, and no other origin.
#[derive(Debug, Clone)]
pub struct ApiConfig {
    /// The address under which clients reach the API, with a slash at its end. It stands in
    /// links, and its host is allowed.
    pub public_url: Url,
    /// Hosts that requests may name besides those of `public_url` and of loopback. Any other is
    /// refused, so that a page in somebody's browser cannot reach the API by a name of its own
    /// (DNS rebinding).
    pub allowed_hosts: Vec<String>,
    /// Origins of pages that may ask from a browser, such as `https://app.example`.
    pub allowed_origins: Vec<String>,
    /// The most bytes of a JSON body.
    pub body_limit: usize,
    /// The most bytes of an uploaded file.
    pub upload_limit: u64,
    /// The most bytes of all files of a workspace that are being uploaded in pieces.
    pub uploads_limit: u64,
    /// How long a request may take; an upload or a listener to events may take longer.
    pub time_out: Duration,
    /// Who asks for `/metrics` must send this as `Authorization: Bearer`. Default: none, and they
    /// are told to this machine alone, by a connection that no proxy passed on.
    pub metrics_token: Option<SecretString>,
    /// How many requests to the API may be under way; one more is told to come again. Uploads and
    /// listeners to events do not count: whoever serves bounds the connections.
    pub requests_at_once: usize,
    /// How many requests a minute one API key may make.
    pub requests_per_minute: NonZeroU32,
    /// How many requests a minute one address may make, with whatever keys. Behind a proxy all
    /// clients share the proxy's address: let the proxy limit, and set this high. It counts where
    /// the server was made with `into_make_service_with_connect_info::<SocketAddr>()`.
    pub address_requests_per_minute: NonZeroU32,
    /// Where networks send people back to after a sign-in, as registered with them. Default:
    /// `api/auth/callback` under `public_url`.
    pub callback_url: Option<Url>,
    /// Where a person approves posts; the post's id is added. Default: `approvals/` under
    /// `public_url`.
    pub approve_url: Option<Url>,
    /// The skill's text for agents, served at `/skill/SKILL.md`. `{{base_url}}` in it becomes
    /// `public_url`. Default: none is served.
    pub skill: Option<Cow<'static, str>>,
}

const MIB: usize = 1 << 20;
const FEW: NonZeroU32 = NonZeroU32::MIN.saturating_add(299);
const MANY: NonZeroU32 = NonZeroU32::MIN.saturating_add(599);

impl ApiConfig {
    /// The defaults, for clients that come by `public_url`.
    #[must_use]
    pub fn new(mut public_url: Url) -> Self {
        if !public_url.path().ends_with('/') {
            let path = format!("{}/", public_url.path());
            public_url.set_path(&path);
        }
        Self {
            public_url,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            body_limit: MIB,
            upload_limit: 1024 * MIB as u64,
            uploads_limit: 4 * 1024 * MIB as u64,
            time_out: Duration::from_secs(30),
            metrics_token: None,
            requests_at_once: 512,
            requests_per_minute: FEW,
            address_requests_per_minute: MANY,
            callback_url: None,
            approve_url: None,
            skill: None,
        }
    }

    /// `path` under the public address.
    pub(crate) fn link(&self, path: &str) -> Url {
        self.public_url.join(path).unwrap_or_else(|_| self.public_url.clone())
    }

    /// Where networks send people back to.
    pub(crate) fn callback(&self) -> Url {
        self.callback_url.clone().unwrap_or_else(|| self.link("api/auth/callback"))
    }

    /// The path that all addresses begin with, with a slash at its end.
    pub(crate) fn base(&self) -> &str {
        self.public_url.path()
    }

    /// Where a one-time link leads.
    #[must_use]
    pub fn welcome(&self, token: &str) -> Url {
        let mut url = self.link("welcome");
        url.query_pairs_mut().append_pair("token", token);
        url
    }

    /// Whether a sign-in must come back in the browser that began it. Where networks send people
    /// back to another place than this server's own, no cookie tells.
    pub(crate) fn binds_browsers(&self) -> bool {
        self.callback_url.is_none()
    }

    /// Where a person approves the thing of this id.
    pub(crate) fn approval(&self, id: &str) -> Url {
        let base = self.approve_url.clone().unwrap_or_else(|| self.link("approvals/"));
        base.join(id).unwrap_or(base)
    }
}

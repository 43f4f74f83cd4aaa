//! What a client must be told: the app's credentials, where the hosts are, which version.

use secrecy::SecretString;
use social_core::Timestamp;
use social_core::rules::Rules;
use url::Url;

use crate::versions::ApiVersion;

/// What a network gave the app when it was registered there.
#[derive(Debug, Clone)]
pub struct AppCredentials {
    /// The public part: client id, app id, or client key.
    pub client_id: String,
    /// The secret part.
    pub client_secret: SecretString,
}

impl AppCredentials {
    /// The two parts.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<SecretString>) -> Self {
        Self { client_id: client_id.into(), client_secret: client_secret.into() }
    }
}

/// The configuration of one client; `E` names its hosts.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config<E> {
    /// The app.
    pub app: AppCredentials,
    /// Where the hosts are.
    pub endpoints: E,
    /// Other limits than the network's table, where a product has them.
    pub rules: Option<Rules>,
    /// Other scopes to ask for than those that all operations here need.
    pub scopes: Option<Vec<String>>,
}

impl<E: Default> Config<E> {
    /// The real hosts, the usual limits and scopes.
    #[must_use]
    pub fn new(app: AppCredentials) -> Self {
        Self { app, endpoints: E::default(), rules: None, scopes: None }
    }
}

impl<E> Config<E> {
    /// The same with other hosts.
    #[must_use]
    pub fn endpoints(mut self, endpoints: E) -> Self {
        self.endpoints = endpoints;
        self
    }

    /// The same with other limits.
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = Some(rules);
        self
    }

    /// The same asking for other scopes.
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    pub(crate) fn scopes_or(&self, usual: &[&str]) -> Vec<String> {
        match &self.scopes {
            Some(scopes) => scopes.clone(),
            None => usual.iter().map(|&scope| scope.to_owned()).collect(),
        }
    }
}

/// The hosts of Instagram and Facebook. Every address ends with a slash.
///
/// Meta, "Graph API overview" and "Content publishing".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaEndpoints {
    /// `https://graph.facebook.com/`.
    pub graph: Url,
    /// `https://graph-video.facebook.com/`.
    pub graph_video: Url,
    /// `https://rupload.facebook.com/`: upload addresses must begin with it to be given a token.
    pub rupload: Url,
    /// `https://www.facebook.com/`, which has the sign-in dialog.
    pub facebook_dialog: Url,
    /// `https://graph.instagram.com/`, for accounts of Instagram Login.
    pub instagram_graph: Url,
    /// `https://api.instagram.com/`, where Instagram Login exchanges codes.
    pub instagram_oauth: Url,
    /// `https://www.instagram.com/`, which has the dialog of Instagram Login.
    pub instagram_dialog: Url,
    /// The versions of the Graph that are spoken, oldest first.
    pub versions: Vec<ApiVersion>,
}

impl Default for MetaEndpoints {
    fn default() -> Self {
        Self {
            graph: host("https://graph.facebook.com/"),
            graph_video: host("https://graph-video.facebook.com/"),
            rupload: host("https://rupload.facebook.com/"),
            facebook_dialog: host("https://www.facebook.com/"),
            instagram_graph: host("https://graph.instagram.com/"),
            instagram_oauth: host("https://api.instagram.com/"),
            instagram_dialog: host("https://www.instagram.com/"),
            // Its end is not announced: each lives two years or so.
            versions: vec![ApiVersion::new("v26.0", None)],
        }
    }
}

/// The hosts of LinkedIn. Every address ends with a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedInEndpoints {
    /// `https://www.linkedin.com/`, which has the OAuth pages.
    pub oauth: Url,
    /// `https://api.linkedin.com/`.
    pub api: Url,
    /// The monthly versions of the API that are spoken, oldest first.
    pub versions: Vec<ApiVersion>,
}

impl Default for LinkedInEndpoints {
    fn default() -> Self {
        Self {
            oauth: host("https://www.linkedin.com/"),
            api: host("https://api.linkedin.com/"),
            // Microsoft Learn, "LinkedIn API versioning": until 15 September 2027.
            versions: vec![ApiVersion::new("202609", Some(Timestamp::from_secs(1_820_966_400)))],
        }
    }
}

/// The hosts of TikTok. Every address ends with a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TikTokEndpoints {
    /// `https://www.tiktok.com/`, which has the sign-in page.
    pub auth: Url,
    /// `https://open.tiktokapis.com/`.
    pub api: Url,
}

impl Default for TikTokEndpoints {
    fn default() -> Self {
        Self { auth: host("https://www.tiktok.com/"), api: host("https://open.tiktokapis.com/") }
    }
}

#[expect(clippy::expect_used, reason = "only given the literals above, and a test parses each")]
fn host(address: &'static str) -> Url {
    Url::parse(address).expect("a literal address")
}

/// `path` under `base`, whatever path `base` has itself.
pub(crate) fn at(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_host_is_an_address_with_a_slash_at_its_end() {
        let (meta, linkedin, tiktok) =
            (MetaEndpoints::default(), LinkedInEndpoints::default(), TikTokEndpoints::default());
        for url in [
            meta.graph,
            meta.graph_video,
            meta.rupload,
            meta.facebook_dialog,
            meta.instagram_graph,
            meta.instagram_oauth,
            meta.instagram_dialog,
            linkedin.oauth,
            linkedin.api,
            tiktok.auth,
            tiktok.api,
        ] {
            assert!(url.as_str().starts_with("https://") && url.path() == "/", "{url}");
        }
    }

    #[test]
    fn a_path_goes_under_the_path_of_its_host() {
        let base: Url = "http://127.0.0.1:9/graph/".parse().unwrap();
        assert_eq!(at(&base, "v26.0/me").as_str(), "http://127.0.0.1:9/graph/v26.0/me");
    }
}

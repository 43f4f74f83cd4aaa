//! Where each host of each network lives under the simulator's one address.

use url::Url;

/// The address that stands in for each host of the networks.
///
/// Every address ends with a slash, so `hosts.graph.join("v26.0/me")` gives what a client would
/// have built from `https://graph.facebook.com/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    /// For `https://www.facebook.com/` (the OAuth dialog).
    pub facebook_dialog: Url,
    /// For `https://graph.facebook.com/`.
    pub graph: Url,
    /// For `https://graph-video.facebook.com/`.
    pub graph_video: Url,
    /// For `https://rupload.facebook.com/`.
    pub rupload: Url,
    /// For `https://graph.instagram.com/`.
    pub instagram_graph: Url,
    /// For `https://api.instagram.com/` (Instagram Login's codes).
    pub instagram_oauth: Url,
    /// For `https://www.instagram.com/` (Instagram Login's dialog).
    pub instagram_dialog: Url,
    /// For `https://www.linkedin.com/` (OAuth).
    pub linkedin_oauth: Url,
    /// For `https://api.linkedin.com/`.
    pub linkedin_api: Url,
    /// For `https://www.tiktok.com/` (the authorise page).
    pub tiktok_auth: Url,
    /// For `https://open.tiktokapis.com/`.
    pub tiktok_api: Url,
}

impl Hosts {
    /// The hosts under `base`, whose query and fragment are left out.
    #[must_use]
    pub fn under(base: &Url) -> Self {
        let at = |prefix: &str| under(base, &format!("{prefix}/"));
        Self {
            facebook_dialog: at("facebook"),
            graph: at("graph"),
            graph_video: at("graph-video"),
            rupload: at("rupload"),
            instagram_graph: at("instagram-graph"),
            instagram_oauth: at("instagram-oauth"),
            instagram_dialog: at("instagram"),
            linkedin_oauth: at("linkedin"),
            linkedin_api: at("linkedin-api"),
            tiktok_auth: at("tiktok"),
            tiktok_api: at("tiktok-api"),
        }
    }
}

/// `base` with `path` behind its own path.
pub(crate) fn under(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    let root = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{root}/{path}"));
    url
}

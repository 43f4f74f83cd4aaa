//! The cookies of people's browsers.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};

use super::super::app::App;
use super::super::codes;
use crate::Problem;

/// A cookie of ours. None is for scripts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookie {
    name: &'static str,
    /// Under the public address.
    path: &'static str,
    /// Whether it comes along where a person follows a link from another site.
    lax: bool,
    lasts: Duration,
}

/// The refresh token, for nothing but the routes that take it.
pub(crate) const REFRESH: Cookie = Cookie {
    name: "social_refresh",
    path: "api/auth",
    lax: false,
    lasts: Duration::from_secs(30 * 24 * 60 * 60),
};

/// An access token for the pages where people approve. A link to such a page comes from somewhere
/// else, so it is sent along; what changes anything asks for the origin besides.
pub(crate) const PAGES: Cookie =
    Cookie { name: "social_pages", path: "approvals", lax: true, lasts: super::signer::ACCESS };

/// Which account's sign-in this browser began.
pub(crate) const CONNECT: Cookie = Cookie {
    name: "social_connect",
    path: "api/auth",
    lax: true,
    lasts: Duration::from_secs(15 * 60),
};

/// What a sign-in at a provider needs when it comes back.
pub(crate) const PROVIDER: Cookie = Cookie {
    name: "social_oidc",
    path: "api/auth/oidc",
    lax: true,
    lasts: Duration::from_secs(10 * 60),
};

impl Cookie {
    /// As long as it lasts.
    pub(crate) fn lasts(self) -> Duration {
        self.lasts
    }

    /// The header that sets it.
    pub(crate) fn set(self, app: &App, value: &str) -> HeaderValue {
        self.header(app, value, self.lasts)
    }

    /// The header that takes it away.
    pub(crate) fn clear(self, app: &App) -> HeaderValue {
        self.header(app, "", Duration::ZERO)
    }

    fn header(self, app: &App, value: &str, lasts: Duration) -> HeaderValue {
        let Self { name, path, lax, .. } = self;
        let public = &app.config.public_url;
        let (base, age) = (public.path(), lasts.as_secs());
        let site = if lax { "Lax" } else { "Strict" };
        // Browsers drop a secure cookie that comes without TLS; without, only loopback is served.
        let secure = if public.scheme() == "https" { "; Secure" } else { "" };
        let text = format!(
            "{name}={value}; Path={base}{path}; Max-Age={age}; HttpOnly; SameSite={site}{secure}"
        );
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
    }

    /// Its value.
    pub(crate) fn read(self, headers: &HeaderMap) -> Option<String> {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(|line| line.split(';')).find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == self.name && !value.is_empty()).then(|| value.to_owned())
        })
    }
}

/// Whether a page of ours sends it: what comes with a cookie must say where it comes from, and
/// what says so was checked with the host already.
pub(crate) fn of_our_page(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.contains_key(header::ORIGIN) {
        return Ok(());
    }
    let detail = "a request with a cookie must carry the header Origin";
    Err(codes::ORIGIN_NOT_ALLOWED.problem(detail))
}

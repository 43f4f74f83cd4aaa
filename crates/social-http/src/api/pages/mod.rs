//! The few pages that the server writes itself. They need no script and nothing from elsewhere.

mod approvals;
mod welcome;

use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, StatusCode, header};
use url::Url;

use super::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/welcome", get(welcome::show).post(welcome::accept))
        .route("/approvals/{id}", get(approvals::show).post(approvals::act))
}

/// A page under way. Text is made safe as it is added.
#[derive(Debug)]
pub(crate) struct Page {
    title: String,
    body: String,
    style: Option<&'static str>,
    pictures: Option<String>,
}

impl Page {
    pub(crate) fn new(title: &str) -> Self {
        Self { title: escape(title), body: String::new(), style: None, pictures: None }
    }

    /// A paragraph.
    pub(crate) fn line(mut self, text: &str) -> Self {
        self.body.push_str(&format!("<p>{}</p>\n", escape(text)));
        self
    }

    /// HTML as it is, which must be safe.
    pub(crate) fn html(mut self, html: &str) -> Self {
        self.body.push_str(html);
        self
    }

    /// Wears the style at this place, relative to the page.
    pub(crate) fn style(mut self, at: &'static str) -> Self {
        self.style = Some(at);
        self
    }

    /// Shows a picture, and lets pictures of its origin be shown.
    pub(crate) fn picture(mut self, url: &Url, alt: &str) -> Self {
        self.pictures = Some(url.origin().ascii_serialization());
        let (url, alt) = (escape(url.as_str()), escape(alt));
        self.html(&format!("<img src=\"{url}\" alt=\"{alt}\" width=\"320\">\n"))
    }

    /// The whole page.
    pub(crate) fn write(&self) -> String {
        let Self { title, body, style, .. } = self;
        let style = style.map(|at| format!("<link rel=\"stylesheet\" href=\"{at}\">\n"));
        let style = style.unwrap_or_default();
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n{style}</head>\n<body>\n<h1>{title}</h1>\n{body}\
             </body>\n</html>\n"
        )
    }

    /// The page as an answer. Its forms come back here alone, and say where they come from, which
    /// browsers hide where no referrer may be told at all.
    pub(crate) fn answer(&self, status: StatusCode) -> Response {
        let pictures = self.pictures.as_deref().unwrap_or("'self'");
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src {pictures}; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'"
        );
        let policy = HeaderValue::from_str(&policy)
            .unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
        let headers = [
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        ];
        (status, headers, Html(self.write())).into_response()
    }
}

/// Text that is nothing but text on a page.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// What went wrong, in the words of a problem.
fn words(problem: &crate::Problem) -> (String, String) {
    let body = problem.body(None, None);
    let word = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (word("detail"), word("fix"))
}

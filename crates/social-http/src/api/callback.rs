//! Where a network sends a person back to: a page that says in plain words what came of it.

use axum::extract::{RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use social_core::engine::{Connected, Error};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::table;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(callback))
}

/// Ends a sign-in. The secret in `state` says whose it is, so no token is asked for.
#[utoipa::path(
    get, path = "/api/auth/callback", tag = "accounts", security(()),
    responses((status = 200, description = "A page for the person", body = String, content_type = "text/html")),
)]
pub(crate) async fn callback(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    let mut back = app.config.callback();
    back.set_query(query.as_deref());
    match app.accounts().finish(&back).await {
        Ok(connected) => Html(success(&connected)).into_response(),
        Err(error) => {
            let (status, lines) = failure(error);
            (status, Html(page("Not connected", &lines))).into_response()
        }
    }
}

fn success(connected: &Connected) -> String {
    let platform = connected.platform.as_str();
    let mut lines = Vec::new();
    if connected.accounts.is_empty() {
        lines.push(format!(
            "You signed in at {platform}, but there is no account of yours that can be published \
             to. Instagram needs a professional account, Facebook a Page that you manage."
        ));
    }
    for account in &connected.accounts {
        let handle = account.handle.as_deref().map(|handle| format!(" ({handle})"));
        let (name, handle) = (&account.name, handle.unwrap_or_default());
        lines.push(format!("Connected: {name}{handle}, a {} on {platform}.", account.kind));
    }
    if !connected.missing_scopes.is_empty() {
        lines.push(format!(
            "Some of what publishing needs was not allowed: {}. Begin again and allow it.",
            connected.missing_scopes.join(", ")
        ));
    }
    let good = !connected.accounts.is_empty() && connected.missing_scopes.is_empty();
    let title = if good { "Connected" } else { "Not quite connected" };
    page(title, &lines)
}

fn failure(error: Error) -> (StatusCode, Vec<String>) {
    if let Error::Refused(why) = error {
        return (StatusCode::BAD_REQUEST, vec![why]);
    }
    let problem = table::problem(error);
    let body = problem.body(None, None);
    let line = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (problem.status(), vec![line("detail"), line("fix")])
}

/// A page without a script, a style or a link: nothing on it can be turned against the person.
fn page(title: &str, lines: &[String]) -> String {
    let title = escape(title);
    let lines: String = lines.iter().map(|line| format!("<p>{}</p>\n", escape(line))).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n</head>\n<body>\n<h1>{title}</h1>\n{lines}\
         <p>You may close this page.</p>\n</body>\n</html>\n"
    )
}

fn escape(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_network_says_is_text_on_the_page() {
        let (status, lines) = failure(Error::Refused("<script>alert('x')</script> & more".into()));
        let page = page("Not connected", &lines);
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(
            page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; more"),
            "{page}"
        );
        assert!(!page.contains("<script"), "{page}");
    }
}

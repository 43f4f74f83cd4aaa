//! The person at the browser: opens a sign-in page, allows what it asks, and comes back.

use http::header;
use social::core::ports::{Body, Request, Transport};
use url::Url;

use crate::failure::Failure;

/// Signs in at a simulated network and returns the address that the network leads back to.
pub(crate) async fn allow(transport: &dyn Transport, page: &Url) -> Result<Url, Failure> {
    let failed = |what: &dyn std::fmt::Display| Failure::later(format!("the sign-in page: {what}"));
    let get = request("GET", page, Body::empty()).map_err(|error| failed(&error))?;
    let answer = transport.send(get).await.map_err(|error| failed(&error))?;
    if !answer.status().is_success() {
        return Err(failed(&answer.status()));
    }
    let form = Body::from("decision=allow".to_owned());
    let post = request("POST", page, form).map_err(|error| failed(&error))?;
    let answer = transport.send(post).await.map_err(|error| failed(&error))?;
    let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
    to.and_then(|to| to.parse().ok()).ok_or_else(|| failed(&"it leads nowhere"))
}

fn request(method: &str, url: &Url, body: Body) -> Result<Request, http::Error> {
    http::Request::builder()
        .method(method)
        .uri(url.as_str())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body)
}

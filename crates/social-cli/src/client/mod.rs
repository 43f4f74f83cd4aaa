//! A thin client of the HTTP API: what the command and the tools of an agent stand on.

mod answer;
pub(crate) mod calls;
mod problem;

use std::sync::Arc;
use std::time::Duration;

use http::header;
use secrecy::{ExposeSecret as _, SecretString};
use social::core::ports::{Body, Request, Sent, Transport};
use social::platforms::transport::ReqwestTransport;
use url::Url;

use crate::args::Server;
pub(crate) use answer::Answer;
pub(crate) use problem::Problem;
pub(crate) use social::http::call::Call;

/// Longer than the server is ever asked to wait for a network.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Asks one server, as whoever the token belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    base: Url,
    token: Option<SecretString>,
    transport: Arc<dyn Transport>,
}

impl Client {
    pub(crate) fn new(server: &Server) -> Result<Self, Problem> {
        let base = server.base_url.clone();
        if !matches!(base.scheme(), "http" | "https") || base.cannot_be_a_base() {
            return Err(Problem::input(
                "base_url_invalid",
                format!("`{base}` is no address of a server"),
                "Set SOCIAL_BASE_URL to one like http://127.0.0.1:8080.",
            ));
        }
        let transport = ReqwestTransport::builder().timeout(TIMEOUT).build().map_err(|error| {
            Problem::later("unavailable", error.to_string(), "Look at this machine's TLS set-up.")
        })?;
        let token = server.token.clone().filter(|token| !token.expose_secret().is_empty());
        Ok(Self { base, token, transport: Arc::new(transport) })
    }

    /// Asks, and takes an answer of 400 and more for a problem.
    pub(crate) async fn send(&self, call: Call) -> Result<Answer, Problem> {
        let writes = call.method != http::Method::GET;
        let request = self.request(call)?;
        match self.transport.send(request).await {
            Ok(answer) => Answer::read(&answer),
            Err(error) if error.sent == Sent::No => Err(Problem::later(
                "server_unreachable",
                format!("no server answers at {}: {error}", self.base),
                "Start it with `social serve`, or set SOCIAL_BASE_URL to where it runs.",
            )),
            Err(error) => Err(Problem::later(
                "no_answer",
                format!("the answer of {} was lost: {error}", self.base),
                if writes {
                    "It may have been done. Ask again with the same idempotency key; without one, \
                     look with `social posts` first."
                } else {
                    "Ask again."
                },
            )),
        }
    }

    fn request(&self, call: Call) -> Result<Request, Problem> {
        let url = call.url(&self.base);
        let mut request = http::Request::builder()
            .method(call.method)
            .uri(url.as_str())
            .header(header::ACCEPT, "application/json");
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        if let Some(token) = &self.token {
            request =
                request.header(header::AUTHORIZATION, format!("Bearer {}", token.expose_secret()));
        }
        // The cause may quote a header, and so a secret: it is not repeated.
        request.body(Body::from(call.body)).map_err(|_| {
            Problem::input(
                "malformed_request",
                "an option or the token holds a character that no header may hold",
                "Remove line breaks and control characters from it.",
            )
        })
    }
}

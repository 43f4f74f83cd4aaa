//! `social health`: whether a server does its work, for those who watch over it.

use social::core::ports::{Body, Transport as _};
use social::platforms::transport::ReqwestTransport;

use crate::args::Server;
use crate::failure::Failure;
use crate::output::say;

/// Asks `/readyz` and prints what it says.
pub(crate) async fn run(server: Server) -> Result<(), Failure> {
    let ready =
        server.base_url.join("readyz").map_err(|error| Failure::input(error.to_string()))?;
    let request = http::Request::get(ready.as_str())
        .body(Body::empty())
        .map_err(|error| Failure::input(error.to_string()))?;
    let later = |error: &dyn std::fmt::Display| Failure::later(error.to_string());
    let transport = ReqwestTransport::builder().build().map_err(|error| later(&error))?;
    let answer = transport.send(request).await.map_err(|error| later(&error))?;
    say(String::from_utf8_lossy(answer.body()));
    if answer.status().is_success() { Ok(()) } else { Err(Failure::said(4)) }
}

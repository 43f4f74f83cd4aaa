//! `social mcp`: the API as tools for an agent, over standard input and output.

use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServiceExt as _};
use serde_json::Value;
use social::http::call::Call;
use social::http::mcp::{Backend, Tools};

use crate::args::Server;
use crate::client::Client;
use crate::failure::Failure;
use crate::output::Output;

/// Serves the tools until the client goes.
pub(crate) async fn run(server: Server) -> Result<(), Failure> {
    // A missing server is told by the first call that needs it, so that an agent can say it.
    let client = Client::new(&server).map_err(|problem| Failure::problem(problem, Output::Text))?;
    let running = Tools(client).serve(rmcp::transport::stdio()).await.map_err(|error| {
        Failure::input(format!("the client did not begin as MCP says: {error}"))
    })?;
    running.waiting().await.map_err(|error| Failure::later(error.to_string()))?;
    Ok(())
}

impl Backend for Client {
    async fn send(&self, call: Call, _: &RequestContext<RoleServer>) -> Result<Value, Value> {
        match Client::send(self, call).await {
            Ok(answer) => Ok(answer.body),
            Err(problem) => Err(problem.into_body()),
        }
    }
}

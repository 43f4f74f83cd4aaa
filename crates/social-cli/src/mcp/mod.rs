//! `social mcp`: the API as tools for an agent, over standard input and output.

mod call;
mod tools;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt as _};

use crate::args::Server;
use crate::client::{Client, Problem};
use crate::failure::Failure;
use crate::output::Output;

/// What an agent is told once, before it calls anything.
const INSTRUCTIONS: &str = "Publishes to social networks. Dry run first (dry_run: true) and show \
    the user each platform's final text. Times are RFC 3339 with an offset. Use one \
    idempotency_key per intended post, the same one on a retry. On an error do exactly what its \
    `fix` says. `pending_approval` is no error: give the user `approve_url` and stop.";

/// Serves the tools until the client goes.
pub(crate) async fn run(server: Server) -> Result<(), Failure> {
    // A missing server is told by the first call that needs it, so that an agent can say it.
    let client = Client::new(&server).map_err(|problem| Failure::problem(problem, Output::Text))?;
    let running = Tools { client }.serve(rmcp::transport::stdio()).await.map_err(|error| {
        Failure::input(format!("the client did not begin as MCP says: {error}"))
    })?;
    running.waiting().await.map_err(|error| Failure::later(error.to_string()))?;
    Ok(())
}

struct Tools {
    client: Client,
}

impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("social", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::all()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::all().into_iter().find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let Some(outcome) = call::call(&self.client, &request.name, arguments).await else {
            let message = format!("there is no tool `{}`; tools/list names them", request.name);
            return Err(ErrorData::invalid_params(message, None));
        };
        Ok(result(outcome).into())
    }
}

/// One compact JSON text: a client that also got structured content would show both.
fn result(outcome: Result<serde_json::Value, Problem>) -> CallToolResult {
    match outcome {
        Ok(value) => CallToolResult::success(vec![ContentBlock::text(value.to_string())]),
        Err(problem) => {
            CallToolResult::error(vec![ContentBlock::text(problem.into_body().to_string())])
        }
    }
}

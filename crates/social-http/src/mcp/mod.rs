//! The API as tools for an agent (Model Context Protocol): what they are and what each asks of the
//! API, over any transport. [`Backend`] says where the questions go.

mod asked;
mod tools;

use std::borrow::Cow;
use std::future::Future;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    ListToolsResult, PaginatedRequestParams, ProtocolVersion, ServerCapabilities, ServerConfig,
    Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;

use crate::call::Call;

/// What an agent is told once, before it calls anything.
const INSTRUCTIONS: &str = "Publishes to social networks. Dry run first (dry_run: true) and show \
    the user each platform's final text. Times are RFC 3339 with an offset. Use one \
    idempotency_key per intended post, the same one on a retry. On an error do exactly what its \
    `fix` says. `pending_approval` is no error: give the user `approve_url` and stop.";

/// Where the tools' questions go: a server somewhere else, or this one.
pub trait Backend: Send + Sync + 'static {
    /// Asks. `context` is what the transport knows of the tool's call, such as the headers that
    /// it came with. `Ok` is the answer's body, `Err` the body of a problem.
    fn send(
        &self,
        call: Call,
        context: &RequestContext<RoleServer>,
    ) -> impl Future<Output = Result<Value, Value>> + Send;
}

/// The eight tools over a backend, to be served over any transport.
#[derive(Debug, Clone)]
pub struct Tools<B>(pub B);

impl<B: Backend> ServerHandler for Tools<B> {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("social", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(ProtocolVersion::known_up_to(&ProtocolVersion::V_2025_11_25))
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
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let send = |call| self.0.send(call, &context);
        let Some(outcome) = asked::ask(send, &request.name, arguments).await else {
            let message = format!("there is no tool `{}`; tools/list names them", request.name);
            return Err(ErrorData::invalid_params(message, None));
        };
        Ok(result(outcome).into())
    }
}

/// One compact JSON text: a client that also got structured content would show both.
fn result(outcome: Result<Value, Value>) -> CallToolResult {
    match outcome {
        // A picture and a table are what they are, and no JSON.
        Ok(Value::Object(fields)) if fields.get("png").is_some_and(Value::is_string) => {
            let picture = fields["png"].as_str().unwrap_or_default();
            CallToolResult::success(vec![ContentBlock::image(picture, "image/png")])
        }
        Ok(Value::Object(fields)) if fields.get("csv").is_some_and(Value::is_string) => {
            let table = fields["csv"].as_str().unwrap_or_default();
            CallToolResult::success(vec![ContentBlock::text(table)])
        }
        Ok(value) => CallToolResult::success(vec![ContentBlock::text(value.to_string())]),
        Err(problem) => CallToolResult::error(vec![ContentBlock::text(problem.to_string())]),
    }
}

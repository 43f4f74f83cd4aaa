//! The document that describes the API, made of the routes themselves.

use serde::Serialize;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, OpenApi, PathItem, Ref, RefOr, ResponseBuilder, Schema,
};
use utoipa::{OpenApi as _, PartialSchema as _, ToSchema};

use super::{access, examples};

/// What stands beside the API and asks for no key.
const OPEN: &[(&str, &str, &str)] = &[
    ("/api/platforms", "platforms", "What each network takes, as data."),
    ("/healthz", "server", "Whether the server lives."),
    ("/readyz", "server", "Whether the server does its work."),
];

/// Where a person reads what is wrong, on a page.
const PAGES: &[&str] = &["/api/auth/callback", "/api/auth/connect/{state}", "/api/auth/choose"];

/// What every error looks like (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
#[allow(dead_code, reason = "it is there for the document")]
struct ProblemShape {
    /// Where the code is explained.
    r#type: String,
    title: String,
    status: u16,
    /// What is wrong.
    detail: String,
    /// What, for machines.
    code: String,
    /// What to do.
    fix: String,
    /// Whether the same request may work later.
    retryable: bool,
    /// Everything that is wrong, field by field.
    #[schema(value_type = Option<Vec<Object>>)]
    errors: Option<Vec<serde_json::Value>>,
    /// To be given to the operator.
    request_id: String,
}

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Social",
    description = "Writes posts, publishes each exactly once, and brings back the numbers. \
        Times are RFC 3339 with an offset. Errors are application/problem+json: do what `fix` says."
))]
struct Head;

/// What a document begins with.
pub(crate) fn head() -> OpenApi {
    Head::openapi()
}

/// Adds what all operations have in common.
pub(crate) fn finish(mut document: OpenApi) -> OpenApi {
    // The licence of the code is no licence of the API.
    document.info.license = None;
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.insert("Problem".into(), ProblemShape::schema());
    for (name, example) in examples::all() {
        if let Some(RefOr::T(Schema::Object(shape))) = components.schemas.get_mut(name) {
            shape.example = Some(example);
        }
    }
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.add_security_scheme("bearer", bearer);
    document.security = Some(vec![SecurityRequirement::new("bearer", Vec::<String>::new())]);
    for (path, tag, summary) in OPEN {
        let operation = OperationBuilder::new()
            .tag(*tag)
            .summary(Some(*summary))
            .operation_id(path.rsplit('/').next())
            .securities(Some([SecurityRequirement::default()]))
            .response("200", ResponseBuilder::new().description("As it stands").build());
        document.paths.paths.insert((*path).into(), PathItem::new(HttpMethod::Get, operation));
    }
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            describe(method, path, operation);
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("GET", item.get.as_mut()),
        ("POST", item.post.as_mut()),
        ("PUT", item.put.as_mut()),
        ("PATCH", item.patch.as_mut()),
        ("DELETE", item.delete.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation?)))
}

fn describe(method: &str, path: &str, operation: &mut Operation) {
    if let Some(rule) = access::find(method, path) {
        let mut needs = match rule.scope {
            Some(scope) => format!("A key needs the scope `{}`", scope.as_str()),
            None => "For people alone".to_owned(),
        };
        if let Some(permission) = rule.permission {
            needs.push_str(&format!(" and the permission `{}`", access::name(permission)));
        }
        needs.push_str(&format!("; a person, the role `{}` or more", rule.role));
        // The names of functions repeat from file to file; with their tags they do not.
        let tag = operation.tags.iter().flatten().next().map_or("", String::as_str);
        let name = operation.operation_id.take().unwrap_or_default();
        operation.operation_id = Some(format!("{tag}_{name}"));
        operation.description = Some(match operation.description.take() {
            Some(text) => format!("{text}\n\n{needs}."),
            None => format!("{needs}."),
        });
    }
    let content =
        ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name("Problem")))).build();
    let mut problem = ResponseBuilder::new()
        .description("What is wrong, and what to do")
        .content("application/problem+json", content);
    if PAGES.contains(&path) {
        problem = problem.content("text/html", ContentBuilder::new().build());
    }
    let problem = problem.build();
    operation.responses.responses.insert("default".into(), RefOr::T(problem));
}

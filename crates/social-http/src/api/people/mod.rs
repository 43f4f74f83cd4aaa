//! People: listed, invited, changed. By an Admin, or by a key that may all that they could give.

mod audit;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Json, Response};
use http::StatusCode;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use social_core::domain::{Invitation, Person, PersonId, Role, Scope};
use social_core::engine::{Link, PersonChange};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::extract::{JsonBody, id};
use super::{access, codes, sign_in, table};
use crate::Problem;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, invite))
        .routes(routes!(change))
        .routes(routes!(reset))
        .routes(routes!(audit::latest))
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonAnswer {
    id: String,
    email: String,
    name: String,
    /// admin, manager or client.
    #[schema(value_type = String)]
    role: Role,
    /// Whether they have a password; who signs in by a provider may have none.
    password: bool,
    /// The OpenID provider they sign in by.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen_at: Option<String>,
}

impl From<Person> for PersonAnswer {
    fn from(person: Person) -> Self {
        Self {
            id: person.id.to_string(),
            email: person.email.to_string(),
            name: person.name,
            role: person.role,
            password: person.password.is_some(),
            provider: person.subject.map(|subject| subject.issuer),
            created_at: person.created_at.to_string(),
            disabled_at: person.disabled_at.map(|at| at.to_string()),
            last_seen_at: person.last_seen_at.map(|at| at.to_string()),
        }
    }
}

/// Somebody who was invited and did not come yet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitedAnswer {
    email: String,
    #[schema(value_type = String)]
    role: Role,
    expires_at: String,
}

impl InvitedAnswer {
    fn of(invitation: Invitation) -> Self {
        Self {
            email: invitation.email.map(|email| email.to_string()).unwrap_or_default(),
            role: invitation.role,
            expires_at: invitation.expires_at.to_string(),
        }
    }
}

/// All people.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonList {
    items: Vec<PersonAnswer>,
    /// Those who did not come yet.
    invited: Vec<InvitedAnswer>,
}

/// List the people of the workspace.
#[utoipa::path(
    get, path = "/api/people", tag = "people",
    responses((status = 200, description = "All of them, disabled ones included", body = PersonList)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<PersonList>, Problem> {
    let (people, ws) = (app.people(), caller.workspace());
    let items = people.list(ws).await.map_err(table::problem)?;
    let invited = people.invited(ws).await.map_err(table::problem)?;
    Ok(Json(PersonList {
        items: items.into_iter().map(Into::into).collect(),
        invited: invited.into_iter().map(InvitedAnswer::of).collect(),
    }))
}

/// Somebody to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InviteRequest {
    /// By which they will sign in.
    #[schema(example = "ann@example.com")]
    email: String,
    /// admin (everything), manager (posts, media, accounts, approvals) or client (reads, and
    /// approves what waits).
    #[schema(value_type = String, example = "client")]
    role: Role,
}

/// A link that is good once. It is told this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkAnswer {
    /// Give it to the person, and to nobody else.
    link: String,
    email: String,
    #[schema(value_type = String)]
    role: Role,
    expires_at: String,
}

impl LinkAnswer {
    fn of(app: &App, link: Link) -> Self {
        let InvitedAnswer { email, role, expires_at } = InvitedAnswer::of(link.invitation);
        let link = app.config.welcome(link.secret.expose_secret()).to_string();
        Self { link, email, role, expires_at }
    }
}

/// Invite somebody: the answer holds the link to give them. Nothing is mailed.
#[utoipa::path(
    post, path = "/api/people", tag = "people", request_body = InviteRequest,
    responses((status = 201, description = "Invited; `link` is never told again", body = LinkAnswer)),
)]
pub(crate) async fn invite(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<InviteRequest>,
) -> Result<Response, Problem> {
    covers(&caller, asked.role)?;
    let email = sign_in::email(&asked.email)?;
    let link = app.people().invite(caller.workspace(), email, asked.role, &caller.actor()).await;
    let link = link.map_err(table::problem)?;
    Ok((StatusCode::CREATED, Json(LinkAnswer::of(&app, link))).into_response())
}

/// A change of a person; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeRequest {
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    /// Disabled people are signed out everywhere, and in no more.
    disabled: Option<bool>,
    name: Option<String>,
}

/// Change what a person may, or disable them. The last Admin stays one.
#[utoipa::path(
    patch, path = "/api/people/{id}", tag = "people", request_body = ChangeRequest,
    params(("id" = String, Path, description = "`person_…`")),
    responses((status = 200, description = "The person as they are now", body = PersonAnswer)),
)]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    JsonBody(asked): JsonBody<ChangeRequest>,
) -> Result<Json<PersonAnswer>, Problem> {
    let person = found(&app, &caller, &text).await?;
    covers(&caller, asked.role.unwrap_or(person.role))?;
    let change = PersonChange { role: asked.role, disabled: asked.disabled, name: asked.name };
    let changed = app.people().change(caller.workspace(), person.id, change, &caller.actor()).await;
    Ok(Json(changed.map_err(table::problem)?.into()))
}

/// Make a link by which a person chooses a new password.
#[utoipa::path(
    post, path = "/api/people/{id}/reset", tag = "people",
    params(("id" = String, Path, description = "`person_…`")),
    responses((status = 201, description = "`link` is never told again", body = LinkAnswer)),
)]
pub(crate) async fn reset(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let person = found(&app, &caller, &text).await?;
    let link = app.people().reset(caller.workspace(), person.id, &caller.actor()).await;
    let link = link.map_err(table::problem)?;
    Ok((StatusCode::CREATED, Json(LinkAnswer::of(&app, link))).into_response())
}

/// The person of an address, whom the caller may act on.
async fn found(app: &App, caller: &Caller, text: &str) -> Result<Person, Problem> {
    let id: PersonId = id(text, &codes::PERSON_NOT_FOUND)?;
    let person = app.people().get(caller.workspace(), id).await.map_err(table::problem)?;
    covers(caller, person.role)?;
    Ok(person)
}

/// Nobody gives or takes more than they have: a key that could make an Admin would be one.
fn covers(caller: &Caller, role: Role) -> Result<(), Problem> {
    let mut held = Scope::ALL.into_iter().filter(|scope| role.allows(*scope));
    held.try_for_each(|scope| access::scope(caller, scope))
}

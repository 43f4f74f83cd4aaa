//! Where a one-time link leads: a form to come in by, or to choose a new password.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use secrecy::SecretString;
use serde::Deserialize;
use social_core::domain::{Invitation, Purpose};
use social_core::engine::NewPerson;

use super::super::app::App;
use super::super::auth::Address;
use super::super::sign_in::{cookies, email};
use super::super::table;
use super::{Page, escape, words};
use crate::Problem;

const STYLE: &str = "docs/page.css";

/// The link.
#[derive(Deserialize)]
pub(crate) struct Link {
    #[serde(default)]
    token: String,
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Filled {
    token: String,
    name: Option<String>,
    email: Option<String>,
    password: String,
}

/// Looking at the form does not use the link up: programs look at links that people send.
pub(crate) async fn show(
    State(app): State<App>,
    _: Address,
    Query(link): Query<Link>,
) -> Result<Response, Problem> {
    let token = SecretString::from(link.token.as_str());
    let found = app.people().look(&token).await.map_err(table::problem)?;
    Ok(match found {
        Some(invitation) => form(&invitation, &link.token, None),
        None => over(),
    })
}

pub(crate) async fn accept(
    State(app): State<App>,
    _: Address,
    headers: HeaderMap,
    filled: Result<Form<Filled>, FormRejection>,
) -> Result<Response, Problem> {
    cookies::of_our_page(&headers)?;
    let Ok(Form(filled)) = filled else { return Ok(over()) };
    let token = SecretString::from(filled.token.as_str());
    let people = app.people();
    let Some(invitation) = people.look(&token).await.map_err(table::problem)? else {
        return Ok(over());
    };
    let new = || {
        let text = filled.email.as_deref().filter(|text| !text.trim().is_empty());
        let email = text.map(email).transpose()?;
        let password = SecretString::from(filled.password.as_str());
        Ok::<_, Problem>(NewPerson { name: filled.name.clone(), email, password })
    };
    let done = match new() {
        Ok(new) => people.accept(&token, new).await.map_err(table::problem),
        Err(problem) => Err(problem),
    };
    Ok(match done {
        Ok(person) => Page::new("Welcome")
            .style(STYLE)
            .line(&format!("You may sign in now as {}, with the password you chose.", person.email))
            .line("You may close this page.")
            .answer(StatusCode::OK),
        Err(problem) if problem.status().is_server_error() => return Err(problem),
        Err(problem) => form(&invitation, &filled.token, Some(&problem)),
    })
}

fn form(invitation: &Invitation, token: &str, problem: Option<&Problem>) -> Response {
    let title = match invitation.purpose {
        Purpose::FirstAdmin => "Welcome: you will be the Admin",
        Purpose::Invite => "Welcome",
        Purpose::Reset => "Choose a new password",
    };
    let mut page = Page::new(title).style(STYLE);
    if let Some(problem) = problem {
        page = page.line(&format!("It was not done: {}.", words(problem).0));
    }
    if let Some(email) = &invitation.email {
        page = page.line(&format!("You sign in as {email}, as {}.", invitation.role));
    }
    let mut fields = String::new();
    if invitation.purpose != Purpose::Reset {
        fields.push_str(
            "<label>Your name <input name=\"name\" autocomplete=\"name\" required></label>\n",
        );
    }
    if invitation.email.is_none() {
        fields.push_str(
            "<label>Your e-mail address <input name=\"email\" type=\"email\" \
             autocomplete=\"username\" required></label>\n",
        );
    }
    let token = escape(token);
    let status = problem.map_or(StatusCode::OK, Problem::status);
    page.html(&format!(
        "<form method=\"post\" action=\"welcome\">\n{fields}\
         <label>A password of 12 characters or more <input name=\"password\" type=\"password\" \
         autocomplete=\"new-password\" minlength=\"12\" maxlength=\"256\" required></label>\n\
         <input type=\"hidden\" name=\"token\" value=\"{token}\">\n\
         <button>Done</button>\n</form>\n"
    ))
    .answer(status)
}

fn over() -> Response {
    Page::new("This link is good no more")
        .style(STYLE)
        .line("It was used, is over, or never was. Ask who sent it for a new one.")
        .answer(StatusCode::NOT_FOUND)
}

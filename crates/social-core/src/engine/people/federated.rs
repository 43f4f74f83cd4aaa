//! People whom an OpenID provider vouches for.

use super::{People, named, note};
use crate::domain::{Email, Person, Purpose, Role, Subject, WorkspaceId};
use crate::engine::Error;

/// Somebody whom a provider vouches for.
#[derive(Debug, Clone)]
pub struct Newcomer {
    /// How the provider knows them.
    pub subject: Subject,
    /// Their address, which the provider says it verified.
    pub email: Email,
    /// How the provider calls them.
    pub name: Option<String>,
}

/// What becomes of somebody whom a provider vouches for and nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Newcomers {
    /// They need an invitation.
    Invited,
    /// They come in as this.
    As(Role),
}

impl People {
    /// The person that a provider vouches for. Who is known by their verified address alone is
    /// known by the provider's word from then on; who is not known comes in by an invitation to
    /// that address, or as `newcomers` says.
    ///
    /// # Errors
    /// [`Error::Denied`] for who was not invited, is disabled, or has an address that belongs to
    /// somebody else at the provider; or of the store.
    pub async fn vouched(
        &self,
        ws: WorkspaceId,
        newcomer: Newcomer,
        newcomers: Newcomers,
    ) -> Result<Person, Error> {
        let now = self.0.clock.now();
        let Newcomer { subject, email, name } = newcomer;
        let mut unit = self.0.store.begin().await?;
        if let Some(person) = unit.people().by_subject(&subject).await? {
            return allowed(ws, person);
        }
        if let Some(person) = unit.people().by_email(&email).await? {
            let mut person = allowed(ws, person)?;
            if person.subject.is_some() {
                // An address can be given to another; the subject never is.
                return Err(denied());
            }
            person.subject = Some(subject);
            unit.people().update(&mut person).await?;
            let id = person.id.to_string();
            note(&mut *unit, now, ws, &id, "person.link", &id).await?;
            unit.commit().await?;
            return Ok(person);
        }
        let invited = unit.invitations().of_email(ws, Purpose::Invite, &email, now).await?;
        let role = match (&invited, newcomers) {
            (Some(invitation), _) => invitation.role,
            (None, Newcomers::As(role)) => role,
            (None, Newcomers::Invited) => return Err(denied()),
        };
        if let Some(invitation) = invited {
            unit.invitations().remove(ws, &invitation.hash).await?;
        }
        let name = name.and_then(|name| named(&name).ok());
        let name = name.unwrap_or_else(|| email.to_string());
        let person = Person { subject: Some(subject), ..self.newcomer(ws, email, name, role) };
        unit.people().insert(&person).await?;
        let id = person.id.to_string();
        note(&mut *unit, now, ws, &id, "person.join", &id).await?;
        unit.commit().await?;
        Ok(person)
    }
}

fn allowed(ws: WorkspaceId, person: Person) -> Result<Person, Error> {
    if person.workspace_id == ws && person.disabled_at.is_none() {
        Ok(person)
    } else {
        Err(denied())
    }
}

fn denied() -> Error {
    Error::Denied("ask an Admin of the workspace to let you in".to_owned())
}

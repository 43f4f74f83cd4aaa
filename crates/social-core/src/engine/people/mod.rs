//! People: who may sign in, and as what.

mod federated;
mod links;
mod sessions;
mod throttle;

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::audit::note;
use super::error::Missing;
use super::{Error, Ports};
use crate::domain::{Email, Person, PersonId, Role, SessionId, WorkspaceId};
use crate::ports::UnitOfWork;

pub use federated::{Newcomer, Newcomers};
pub use links::{Link, NewPerson};
pub use sessions::{Login, OpenSession, Sessions};
pub use throttle::Throttle;

/// The fewest and the most characters of a password. Long ones beat odd ones: NIST SP 800-63B
/// asks for length and against rules of composition. The upper end keeps a hash from being a way
/// to spend the server's time.
const PASSWORD: std::ops::RangeInclusive<usize> = 12..=256;

/// Lists, changes and disables people, and lets new ones in. All of it goes on record in the
/// transaction that does it.
#[derive(Debug, Clone)]
pub struct People(Ports);

/// A change of a person; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonChange {
    /// What they may.
    pub role: Option<Role>,
    /// Whether they may sign in no more.
    pub disabled: Option<bool>,
    /// How they are called.
    pub name: Option<String>,
}

impl People {
    /// People over `ports`.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self(ports)
    }

    /// All people of a workspace, disabled ones included.
    ///
    /// # Errors
    /// Of the store.
    pub async fn list(&self, ws: WorkspaceId) -> Result<Vec<Person>, Error> {
        let mut unit = self.0.store.begin().await?;
        Ok(unit.people().list(ws).await?)
    }

    /// One person.
    ///
    /// # Errors
    /// Where there is none, or of the store.
    pub async fn get(&self, ws: WorkspaceId, id: PersonId) -> Result<Person, Error> {
        let mut unit = self.0.store.begin().await?;
        find(&mut *unit, ws, id).await
    }

    /// Changes a person. Who is disabled is signed out everywhere.
    ///
    /// # Errors
    /// [`Error::LastAdmin`]; [`Error::Refused`] for a name that cannot be; where there is no such person, or of the
    /// store.
    pub async fn change(
        &self,
        ws: WorkspaceId,
        id: PersonId,
        change: PersonChange,
        by: &str,
    ) -> Result<Person, Error> {
        let now = self.0.clock.now();
        let mut unit = self.0.store.begin().await?;
        let before = find(&mut *unit, ws, id).await?;
        let mut person = before.clone();
        if let Some(role) = change.role {
            person.role = role;
        }
        if let Some(name) = change.name {
            person.name = named(&name)?;
        }
        if let Some(disabled) = change.disabled {
            person.disabled_at = disabled.then(|| person.disabled_at.unwrap_or(now));
        }
        if person == before {
            return Ok(person);
        }
        unit.people().update(&mut person).await?;
        if is_admin(&before) && !is_admin(&person) && !has_admin(&mut *unit, ws).await? {
            return Err(Error::LastAdmin);
        }
        let subject = id.to_string();
        if person.role != before.role {
            let action = format!("person.role.{}", person.role);
            note(&mut *unit, now, ws, by, &action, &subject).await?;
        }
        if person.name != before.name {
            note(&mut *unit, now, ws, by, "person.rename", &subject).await?;
        }
        if person.disabled_at != before.disabled_at {
            let action = match person.disabled_at {
                Some(_) => "person.disable",
                None => "person.enable",
            };
            unit.sessions().revoke_person(ws, id, None, now).await?;
            note(&mut *unit, now, ws, by, action, &subject).await?;
        }
        unit.commit().await?;
        Ok(person)
    }

    /// Gives a person another password, and ends all their sessions but the one it is done in.
    /// Tries are counted like those to sign in.
    ///
    /// # Errors
    /// [`Error::Denied`] where the present password is another; [`Error::TooSoon`];
    /// [`Error::Refused`] for a new one that is too short or too long; or of the store.
    pub async fn change_password(
        &self,
        ws: WorkspaceId,
        id: PersonId,
        session: SessionId,
        present: &SecretString,
        new: &SecretString,
    ) -> Result<(), Error> {
        let now = self.0.clock.now();
        let name = format!("{id} password");
        self.0.throttle.begin(&name, now).map_err(Error::TooSoon)?;
        let person = self.get(ws, id).await?;
        if !self.0.passwords.verify(present, person.password.as_ref()).await? {
            return Err(Error::Denied("the present password is another".to_owned()));
        }
        self.0.throttle.passed(&name);
        let hash = self.hash(new).await?;
        let mut unit = self.0.store.begin().await?;
        let mut person = find(&mut *unit, ws, id).await?;
        person.password = Some(hash);
        unit.people().update(&mut person).await?;
        let family = unit.sessions().get(ws, session).await?.map(|session| session.family);
        unit.sessions().revoke_person(ws, id, family, now).await?;
        note(&mut *unit, now, ws, &id.to_string(), "person.password", &id.to_string()).await?;
        unit.commit().await?;
        Ok(())
    }

    async fn hash(&self, password: &SecretString) -> Result<crate::domain::PasswordHash, Error> {
        let length = password.expose_secret().chars().count();
        if !PASSWORD.contains(&length) {
            let (least, most) = (PASSWORD.start(), PASSWORD.end());
            let message = format!("a password has {least} to {most} characters");
            return Err(Error::Refused(message));
        }
        Ok(self.0.passwords.hash(password).await?)
    }
}

/// The person, who must be there.
async fn find(unit: &mut dyn UnitOfWork, ws: WorkspaceId, id: PersonId) -> Result<Person, Error> {
    unit.people().get(ws, id).await?.ok_or_else(|| Error::NotFound(Missing::Person(id)))
}

fn is_admin(person: &Person) -> bool {
    person.role == Role::Admin && person.disabled_at.is_none()
}

async fn has_admin(unit: &mut dyn UnitOfWork, ws: WorkspaceId) -> Result<bool, Error> {
    Ok(unit.people().list(ws).await?.iter().any(is_admin))
}

/// A name that can be shown.
fn named(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Error::Refused("a name has 1 to 100 characters, on one line".to_owned()));
    }
    Ok(name.to_owned())
}

/// Refuses an address that somebody has, of whatever workspace.
async fn free(unit: &mut dyn UnitOfWork, email: &Email) -> Result<(), Error> {
    if unit.people().by_email(email).await?.is_some() {
        let message = format!("somebody with the address {email} is here already");
        return Err(Error::Refused(message));
    }
    Ok(())
}

fn sha256(secret: &SecretString) -> String {
    hex::encode(Sha256::digest(secret.expose_secret()))
}

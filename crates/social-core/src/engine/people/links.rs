//! Links that let people in, each good once.

use std::time::Duration;

use secrecy::SecretString;

use super::{People, find, free, has_admin, named, note, sha256};
use crate::Timestamp;
use crate::domain::{Email, Invitation, Person, PersonId, Purpose, Role, WorkspaceId};
use crate::engine::Error;
use crate::engine::error::Missing;
use crate::ports::UnitOfWork;

/// What a link's secret begins with, so that scanners of leaked secrets know it.
const PREFIX: &str = "inv_social_";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// For how long somebody may take their time to come in.
const INVITED: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A link that is good once. Its secret is not kept and never shown again.
#[derive(Debug)]
pub struct Link {
    /// What its bearer shows.
    pub secret: SecretString,
    /// What it is for.
    pub invitation: Invitation,
}

/// Who comes in by a link.
#[derive(Debug)]
pub struct NewPerson {
    /// How they are called; who only chooses a new password may leave it out.
    pub name: Option<String>,
    /// Their address, where the link is for nobody in particular.
    pub email: Option<Email>,
    /// Their password.
    pub password: SecretString,
}

impl People {
    /// A link to become the first Admin, good for a day, where the workspace has no Admin yet.
    /// Links made before are good no more.
    ///
    /// # Errors
    /// Of the store.
    pub async fn first_admin(&self, ws: WorkspaceId) -> Result<Option<Link>, Error> {
        let mut unit = self.0.store.begin().await?;
        if has_admin(&mut *unit, ws).await? {
            return Ok(None);
        }
        let link = self.link(ws, Purpose::FirstAdmin, Role::Admin, None, DAY);
        unit.invitations().insert(&link.invitation).await?;
        unit.commit().await?;
        Ok(Some(link))
    }

    /// A link for somebody to come in by, as `role`. One made for them before is good no more.
    ///
    /// # Errors
    /// [`Error::Refused`] where they are in this workspace already; or of the store.
    pub async fn invite(
        &self,
        ws: WorkspaceId,
        email: Email,
        role: Role,
        by: &str,
    ) -> Result<Link, Error> {
        let mut unit = self.0.store.begin().await?;
        // Whether they are in another workspace is no business of who invites.
        let known = unit.people().by_email(&email).await?;
        if known.is_some_and(|person| person.workspace_id == ws) {
            let message = format!("{email} is here already: change their role instead");
            return Err(Error::Refused(message));
        }
        let subject = format!("{email} as {role}");
        let link = self.link(ws, Purpose::Invite, role, Some(email), INVITED);
        unit.invitations().insert(&link.invitation).await?;
        note(&mut *unit, self.0.clock.now(), ws, by, "person.invite", &subject).await?;
        unit.commit().await?;
        Ok(link)
    }

    /// A link for a person to choose a new password by, good for a day.
    ///
    /// # Errors
    /// Where there is no such person, or of the store.
    pub async fn reset(&self, ws: WorkspaceId, id: PersonId, by: &str) -> Result<Link, Error> {
        let mut unit = self.0.store.begin().await?;
        let person = find(&mut *unit, ws, id).await?;
        let link = self.link(ws, Purpose::Reset, person.role, Some(person.email), DAY);
        unit.invitations().insert(&link.invitation).await?;
        let subject = id.to_string();
        note(&mut *unit, self.0.clock.now(), ws, by, "person.reset", &subject).await?;
        unit.commit().await?;
        Ok(link)
    }

    /// Those who were invited and did not come yet.
    ///
    /// # Errors
    /// Of the store.
    pub async fn invited(&self, ws: WorkspaceId) -> Result<Vec<Invitation>, Error> {
        let mut unit = self.0.store.begin().await?;
        let mut open = unit.invitations().list(ws, self.0.clock.now()).await?;
        open.retain(|invitation| invitation.purpose == Purpose::Invite);
        Ok(open)
    }

    /// What a link is for, where it is good. Looking does not use it up.
    ///
    /// # Errors
    /// Of the store.
    pub async fn look(&self, secret: &SecretString) -> Result<Option<Invitation>, Error> {
        let mut unit = self.0.store.begin().await?;
        Ok(unit.invitations().get(&sha256(secret), self.0.clock.now()).await?)
    }

    /// Uses a link up: the person comes in, or has a new password and no session any more.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a link that is not good; [`Error::Refused`] for a name, address or
    /// password that cannot be; or of the store. The link stays good.
    pub async fn accept(&self, secret: &SecretString, new: NewPerson) -> Result<Person, Error> {
        // Hashing comes before the unit, which must be short, and after a look, so that nobody
        // without a link can make the server hash.
        if self.look(secret).await?.is_none() {
            return Err(over());
        }
        let password = self.hash(&new.password).await?;
        let now = self.0.clock.now();
        let mut unit = self.0.store.begin().await?;
        let taken = take(&mut *unit, secret, now).await?;
        let ws = taken.workspace_id;
        let person = match taken.purpose {
            Purpose::Reset => {
                let email = taken.email.ok_or_else(over)?;
                let person = unit.people().by_email(&email).await?;
                let mut person =
                    person.filter(|person| person.workspace_id == ws).ok_or_else(over)?;
                person.password = Some(password);
                unit.people().update(&mut person).await?;
                unit.sessions().revoke_person(ws, person.id, None, now).await?;
                let id = person.id.to_string();
                note(&mut *unit, now, ws, &id, "person.password", &id).await?;
                person
            }
            Purpose::FirstAdmin if has_admin(&mut *unit, ws).await? => return Err(over()),
            Purpose::FirstAdmin | Purpose::Invite => {
                let email = taken.email.or(new.email);
                let email = email.ok_or_else(|| {
                    Error::Refused("say by which address you will sign in".to_owned())
                })?;
                let name = named(&new.name.unwrap_or_default())?;
                free(&mut *unit, &email).await?;
                let person = Person {
                    password: Some(password),
                    ..self.newcomer(ws, email, name, taken.role)
                };
                unit.people().insert(&person).await?;
                let id = person.id.to_string();
                note(&mut *unit, now, ws, &id, "person.join", &id).await?;
                person
            }
        };
        unit.commit().await?;
        Ok(person)
    }

    fn link(
        &self,
        ws: WorkspaceId,
        purpose: Purpose,
        role: Role,
        email: Option<Email>,
        good_for: Duration,
    ) -> Link {
        let secret = SecretString::from(format!("{PREFIX}{}", self.0.ids.secret()));
        let invitation = Invitation {
            hash: sha256(&secret),
            workspace_id: ws,
            purpose,
            role,
            email,
            expires_at: self.0.clock.now() + good_for,
        };
        Link { secret, invitation }
    }

    /// A person who comes in now, without a way to sign in yet.
    pub(super) fn newcomer(
        &self,
        ws: WorkspaceId,
        email: Email,
        name: String,
        role: Role,
    ) -> Person {
        let now = self.0.clock.now();
        Person {
            id: PersonId::from_uuid(self.0.ids.uuid(now)),
            workspace_id: ws,
            email,
            name,
            role,
            password: None,
            subject: None,
            created_at: now,
            disabled_at: None,
            last_seen_at: None,
            version: 0,
        }
    }
}

async fn take(
    unit: &mut dyn UnitOfWork,
    secret: &SecretString,
    now: Timestamp,
) -> Result<Invitation, Error> {
    let found = unit.invitations().get(&sha256(secret), now).await?.ok_or_else(over)?;
    unit.invitations().remove(found.workspace_id, &found.hash).await?;
    Ok(found)
}

fn over() -> Error {
    Error::NotFound(Missing::Link)
}

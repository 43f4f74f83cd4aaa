//! Sessions: signing in, staying signed in, signing out.

use std::net::IpAddr;
use std::time::Duration;

use secrecy::SecretString;

use super::{note, sha256};
use crate::Timestamp;
use crate::domain::{Email, Person, PersonId, Session, SessionId, WorkspaceId};
use crate::engine::{Error, Ports};
use crate::ports::UnitOfWork;

/// What a refresh token begins with, so that scanners of leaked secrets know it.
const PREFIX: &str = "rt_social_";

/// For how long a session lives that nobody refreshes.
const LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// For how long a refresh token that was used is taken once more: two tabs of one browser may well
/// refresh at once, and an answer may get lost.
const GRACE: Duration = Duration::from_secs(10);

/// How often it is noted that a person was seen.
const TOUCH: Duration = Duration::from_secs(60);

/// Signs people in and out.
///
/// A sign-in begins a family of sessions. Each refresh makes a successor with a token of its own,
/// so that a token is good once. One that comes a second time, later than two tabs would, was
/// stolen or copied: nobody can tell whose the other is, so the whole family ends (RFC 9700,
/// 4.14.2).
#[derive(Debug, Clone)]
pub struct Sessions(pub(super) Ports);

/// What a person signs in with.
#[derive(Debug)]
pub struct Login {
    /// Who they say they are.
    pub email: Email,
    /// What they prove it by.
    pub password: SecretString,
    /// Where they come from, as far as it is known.
    pub address: Option<IpAddr>,
}

/// A session that was begun or refreshed. The token is not kept and never shown again.
#[derive(Debug)]
pub struct OpenSession {
    /// Whose.
    pub person: Person,
    /// The session.
    pub session: Session,
    /// What the session is refreshed by.
    pub refresh: SecretString,
}

impl Sessions {
    /// Sessions over `ports`.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self(ports)
    }

    /// Signs in by a password. See [`Throttle`](super::Throttle) for how tries are counted.
    ///
    /// # Errors
    /// [`Error::Denied`], whatever is wrong; [`Error::TooSoon`]; or of the store and the hasher.
    pub async fn log_in(&self, login: Login) -> Result<OpenSession, Error> {
        let name = format!("{} {}", login.email, login.address.map(network).unwrap_or_default());
        self.0.throttle.begin(&name, self.0.clock.now()).map_err(Error::TooSoon)?;
        let found = {
            let mut unit = self.0.store.begin().await?;
            unit.people().by_email(&login.email).await?
        };
        let hash = found.as_ref().and_then(|person| person.password.as_ref());
        let right = self.0.passwords.verify(&login.password, hash).await?;
        match found {
            Some(person) if right && person.disabled_at.is_none() => {
                self.0.throttle.passed(&name);
                self.open(person.workspace_id, person.id, "session.login").await
            }
            _ => {
                tracing::warn!(address = ?login.address, "somebody was not let in");
                Err(Error::Denied("the address or the password is wrong".to_owned()))
            }
        }
    }

    /// Begins a session of a person who proved who they are; `action` says on record how.
    ///
    /// # Errors
    /// [`Error::Denied`] for a disabled person; where there is none; or of the store.
    pub async fn open(
        &self,
        ws: WorkspaceId,
        id: PersonId,
        action: &str,
    ) -> Result<OpenSession, Error> {
        let now = self.0.clock.now();
        let mut unit = self.0.store.begin().await?;
        let person = super::find(&mut *unit, ws, id).await?;
        if person.disabled_at.is_some() {
            return Err(ended());
        }
        let open = self.begin(&mut *unit, person, None, now).await?;
        unit.people().touch(ws, id, now).await?;
        let family = open.session.family.to_string();
        note(&mut *unit, now, ws, &id.to_string(), action, &family).await?;
        unit.commit().await?;
        Ok(open)
    }

    /// Takes a refresh token, and gives the session's successor with a token of its own. It is not
    /// on record; that a spent token came is, and that it ended the family.
    ///
    /// # Errors
    /// [`Error::Denied`] for a token that is unknown, spent or over, or of a person who is
    /// disabled; or of the store.
    pub async fn refresh(&self, token: &SecretString) -> Result<OpenSession, Error> {
        let now = self.0.clock.now();
        let mut unit = self.0.store.begin().await?;
        let old = unit.sessions().by_hash(&sha256(token)).await?;
        let old = old.filter(|old| is_open(old, now)).ok_or_else(ended)?;
        let ws = old.workspace_id;
        let person = unit.people().get(ws, old.person_id).await?;
        let person = person.filter(|person| person.disabled_at.is_none()).ok_or_else(ended)?;
        if old.rotated_at.is_some_and(|at| now.since(at) > GRACE) {
            unit.sessions().revoke_family(ws, old.family, now).await?;
            let (who, family) = (old.person_id.to_string(), old.family.to_string());
            note(&mut *unit, now, ws, &who, "session.reuse", &family).await?;
            unit.commit().await?;
            tracing::warn!(person = %who, %family, "a spent refresh token came: its sessions end");
            return Err(ended());
        }
        unit.sessions().rotate(ws, old.id, now).await?;
        let open = self.begin(&mut *unit, person, Some(old.family), now).await?;
        unit.commit().await?;
        Ok(open)
    }

    /// The person and the session, while both are good. It costs a read of two rows; a person is
    /// noted as seen once a minute.
    ///
    /// # Errors
    /// Of the store.
    pub async fn recognise(
        &self,
        ws: WorkspaceId,
        id: SessionId,
    ) -> Result<Option<(Person, Session)>, Error> {
        let now = self.0.clock.now();
        let mut unit = self.0.store.begin().await?;
        let session = unit.sessions().get(ws, id).await?;
        let Some(session) = session.filter(|session| is_open(session, now)) else {
            return Ok(None);
        };
        let person = unit.people().get(ws, session.person_id).await?;
        let Some(person) = person.filter(|person| person.disabled_at.is_none()) else {
            return Ok(None);
        };
        if person.last_seen_at.is_none_or(|at| now.since(at) >= TOUCH) {
            unit.people().touch(ws, person.id, now).await?;
            unit.commit().await?;
        }
        Ok(Some((person, session)))
    }

    /// Signs out, by the refresh token: here, or everywhere. A token that is unknown or over is
    /// signed out already.
    ///
    /// # Errors
    /// Of the store.
    pub async fn log_out(&self, token: &SecretString, everywhere: bool) -> Result<(), Error> {
        let now = self.0.clock.now();
        let mut unit = self.0.store.begin().await?;
        let found = unit.sessions().by_hash(&sha256(token)).await?;
        let Some(session) = found.filter(|session| is_open(session, now)) else { return Ok(()) };
        let (ws, who) = (session.workspace_id, session.person_id.to_string());
        if everywhere {
            unit.sessions().revoke_person(ws, session.person_id, None, now).await?;
            note(&mut *unit, now, ws, &who, "session.logout_everywhere", &who).await?;
        } else {
            unit.sessions().revoke_family(ws, session.family, now).await?;
            let family = session.family.to_string();
            note(&mut *unit, now, ws, &who, "session.logout", &family).await?;
        }
        unit.commit().await?;
        Ok(())
    }

    async fn begin(
        &self,
        unit: &mut dyn UnitOfWork,
        person: Person,
        family: Option<SessionId>,
        now: Timestamp,
    ) -> Result<OpenSession, Error> {
        let refresh = SecretString::from(format!("{PREFIX}{}", self.0.ids.secret()));
        let id = SessionId::from_uuid(self.0.ids.uuid(now));
        let session = Session {
            id,
            workspace_id: person.workspace_id,
            person_id: person.id,
            family: family.unwrap_or(id),
            hash: sha256(&refresh),
            created_at: now,
            expires_at: now + LIFETIME,
            rotated_at: None,
            revoked_at: None,
        };
        unit.sessions().insert(&session).await?;
        Ok(OpenSession { person, session, refresh })
    }
}

fn is_open(session: &Session, now: Timestamp) -> bool {
    session.revoked_at.is_none() && session.expires_at > now
}

fn ended() -> Error {
    Error::Denied("the session has ended".to_owned())
}

/// The lower half of an IPv6 address is its owner's to choose.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => four.to_string(),
            None => IpAddr::V6((u128::from(six) & (u128::MAX << 64)).into()).to_string(),
        },
        four => four.to_string(),
    }
}

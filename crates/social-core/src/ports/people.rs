//! The repositories of people, their sessions, and the links that let them in.
//!
//! What holds for all repositories holds here: see [`Store`](super::Store).

use async_trait::async_trait;

use super::StoreError;
use crate::Timestamp;
use crate::domain::{
    Email, Invitation, Person, PersonId, Purpose, Session, SessionId, Subject, WorkspaceId,
};

type Result<T> = std::result::Result<T, StoreError>;

/// Who may sign in.
#[async_trait]
pub trait PersonRepo: Send {
    /// A new person. `Conflict` too where somebody of whatever workspace has the address or the
    /// subject: who signs in is known by these alone.
    async fn insert(&mut self, person: &Person) -> Result<()>;
    /// One person, disabled ones included.
    async fn get(&mut self, workspace: WorkspaceId, id: PersonId) -> Result<Option<Person>>;
    /// The person of this address, of whatever workspace, disabled ones included.
    async fn by_email(&mut self, email: &Email) -> Result<Option<Person>>;
    /// The person an OpenID provider knows so, of whatever workspace, disabled ones included.
    async fn by_subject(&mut self, subject: &Subject) -> Result<Option<Person>>;
    /// All people of a workspace.
    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<Person>>;
    /// Compare-and-swap on the version. It leaves `last_seen_at` as it is.
    async fn update(&mut self, person: &mut Person) -> Result<()>;
    /// Notes that a person asked for something. The latest wins.
    async fn touch(&mut self, workspace: WorkspaceId, id: PersonId, at: Timestamp) -> Result<()>;
}

/// Who is signed in, where.
#[async_trait]
pub trait SessionRepo: Send {
    /// A new session. Removes those of its workspace that expired before it was made.
    async fn insert(&mut self, session: &Session) -> Result<()>;
    /// One session, rotated and revoked ones included.
    async fn get(&mut self, workspace: WorkspaceId, id: SessionId) -> Result<Option<Session>>;
    /// The session of this refresh token, of whatever workspace, rotated and revoked ones included.
    async fn by_hash(&mut self, hash: &str) -> Result<Option<Session>>;
    /// Notes that a successor takes its place. Whether it is the first to do so.
    async fn rotate(
        &mut self,
        workspace: WorkspaceId,
        id: SessionId,
        at: Timestamp,
    ) -> Result<bool>;
    /// Ends all of a family. What ended earlier keeps its time.
    async fn revoke_family(
        &mut self,
        workspace: WorkspaceId,
        family: SessionId,
        at: Timestamp,
    ) -> Result<()>;
    /// Ends all of a person, but those of the family `but`.
    async fn revoke_person(
        &mut self,
        workspace: WorkspaceId,
        person: PersonId,
        but: Option<SessionId>,
        at: Timestamp,
    ) -> Result<()>;
}

/// Links that are good once.
#[async_trait]
pub trait InvitationRepo: Send {
    /// A new one. Removes those of its workspace with the same purpose and address: of two links
    /// to one thing only the later is good.
    async fn insert(&mut self, invitation: &Invitation) -> Result<()>;
    /// The one of this hash, of whatever workspace, unless it expired before `now`.
    async fn get(&mut self, hash: &str, now: Timestamp) -> Result<Option<Invitation>>;
    /// The one for this address, unless it expired before `now`.
    async fn of_email(
        &mut self,
        workspace: WorkspaceId,
        purpose: Purpose,
        email: &Email,
        now: Timestamp,
    ) -> Result<Option<Invitation>>;
    /// Those of a workspace that are good at `now`, in the order of their expiry.
    async fn list(&mut self, workspace: WorkspaceId, now: Timestamp) -> Result<Vec<Invitation>>;
    /// Removes one. Whether there was one.
    async fn remove(&mut self, workspace: WorkspaceId, hash: &str) -> Result<bool>;
}

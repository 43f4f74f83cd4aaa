//! People, their sessions, and the links that let them in, in memory.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{
    Email, Invitation, Person, PersonId, Purpose, Session, SessionId, Subject, WorkspaceId,
};
use social_core::ports::{InvitationRepo, PersonRepo, SessionRepo, StoreError};

use super::unit::MemoryUnit;

type Result<T> = std::result::Result<T, StoreError>;

impl MemoryUnit {
    /// Whether another person is known by the same address or subject.
    fn known_otherwise(&self, person: &Person) -> bool {
        self.state.people.values().any(|other| {
            other.id != person.id
                && (other.email == person.email
                    || (other.subject.is_some() && other.subject == person.subject))
        })
    }

    fn revoke_where(&mut self, at: Timestamp, which: impl Fn(&Session) -> bool) {
        let open = self.state.sessions.iter().filter(|(_, session)| session.revoked_at.is_none());
        let ended: Vec<_> = open
            .filter(|(_, session)| which(session))
            .map(|(key, session)| (*key, Session { revoked_at: Some(at), ..session.clone() }))
            .collect();
        for (key, session) in ended {
            self.put(|s| &mut s.sessions, key, session);
        }
    }
}

#[async_trait]
impl PersonRepo for MemoryUnit {
    async fn insert(&mut self, person: &Person) -> Result<()> {
        if self.known_otherwise(person) {
            return self.conflict(person.id);
        }
        let key = (person.workspace_id, person.id);
        self.put_new(|s| &mut s.people, key, person.clone(), person.id)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: PersonId) -> Result<Option<Person>> {
        Ok(self.state.people.get(&(workspace, id)).cloned())
    }

    async fn by_email(&mut self, email: &Email) -> Result<Option<Person>> {
        Ok(self.state.people.values().find(|person| person.email == *email).cloned())
    }

    async fn by_subject(&mut self, subject: &Subject) -> Result<Option<Person>> {
        let mut people = self.state.people.values();
        Ok(people.find(|person| person.subject.as_ref() == Some(subject)).cloned())
    }

    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<Person>> {
        let people = self.state.people.values();
        Ok(people.filter(|person| person.workspace_id == workspace).cloned().collect())
    }

    async fn update(&mut self, person: &mut Person) -> Result<()> {
        let key = (person.workspace_id, person.id);
        let stored = self.state.people.get(&key).filter(|row| row.version == person.version);
        let Some(stored) = stored else { return self.conflict(person.id) };
        let last_seen_at = stored.last_seen_at;
        if self.known_otherwise(person) {
            return self.conflict(person.id);
        }
        person.version += 1;
        let row = Person { last_seen_at, ..person.clone() };
        self.put(|s| &mut s.people, key, row);
        Ok(())
    }

    async fn touch(&mut self, workspace: WorkspaceId, id: PersonId, at: Timestamp) -> Result<()> {
        let Some(mut person) = self.state.people.get(&(workspace, id)).cloned() else {
            return Err(StoreError::NotFound(id.to_string()));
        };
        person.last_seen_at = person.last_seen_at.max(Some(at));
        self.put(|s| &mut s.people, (workspace, id), person);
        Ok(())
    }
}

#[async_trait]
impl SessionRepo for MemoryUnit {
    async fn insert(&mut self, session: &Session) -> Result<()> {
        let ws = session.workspace_id;
        let rows = self.state.sessions.iter();
        let over: Vec<_> = rows
            .filter(|(key, row)| key.0 == ws && row.expires_at < session.created_at)
            .map(|(key, row)| (*key, row.hash.clone()))
            .collect();
        for (key, hash) in over {
            self.take(|s| &mut s.sessions, key);
            self.take(|s| &mut s.sessions_by_hash, hash);
        }
        let key = (ws, session.id);
        self.put_new(|s| &mut s.sessions_by_hash, session.hash.clone(), key, session.id)?;
        self.put_new(|s| &mut s.sessions, key, session.clone(), session.id)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: SessionId) -> Result<Option<Session>> {
        Ok(self.state.sessions.get(&(workspace, id)).cloned())
    }

    async fn by_hash(&mut self, hash: &str) -> Result<Option<Session>> {
        let key = self.state.sessions_by_hash.get(hash);
        Ok(key.and_then(|key| self.state.sessions.get(key)).cloned())
    }

    async fn rotate(
        &mut self,
        workspace: WorkspaceId,
        id: SessionId,
        at: Timestamp,
    ) -> Result<bool> {
        let key = (workspace, id);
        let Some(session) = self.state.sessions.get(&key) else { return Ok(false) };
        if session.rotated_at.is_some() {
            return Ok(false);
        }
        let row = Session { rotated_at: Some(at), ..session.clone() };
        self.put(|s| &mut s.sessions, key, row);
        Ok(true)
    }

    async fn revoke_family(
        &mut self,
        workspace: WorkspaceId,
        family: SessionId,
        at: Timestamp,
    ) -> Result<()> {
        self.revoke_where(at, |session| {
            session.workspace_id == workspace && session.family == family
        });
        Ok(())
    }

    async fn revoke_person(
        &mut self,
        workspace: WorkspaceId,
        person: PersonId,
        but: Option<SessionId>,
        at: Timestamp,
    ) -> Result<()> {
        self.revoke_where(at, |session| {
            session.workspace_id == workspace
                && session.person_id == person
                && Some(session.family) != but
        });
        Ok(())
    }
}

#[async_trait]
impl InvitationRepo for MemoryUnit {
    async fn insert(&mut self, invitation: &Invitation) -> Result<()> {
        let rows = self.state.invitations.values();
        let earlier: Vec<_> = rows
            .filter(|row| {
                row.workspace_id == invitation.workspace_id
                    && row.purpose == invitation.purpose
                    && row.email == invitation.email
            })
            .map(|row| row.hash.clone())
            .collect();
        for hash in earlier {
            self.take(|s| &mut s.invitations, hash);
        }
        let hash = invitation.hash.clone();
        self.put_new(|s| &mut s.invitations, hash, invitation.clone(), "the invitation")
    }

    async fn get(&mut self, hash: &str, now: Timestamp) -> Result<Option<Invitation>> {
        let found = self.state.invitations.get(hash);
        Ok(found.filter(|row| row.expires_at >= now).cloned())
    }

    async fn of_email(
        &mut self,
        workspace: WorkspaceId,
        purpose: Purpose,
        email: &Email,
        now: Timestamp,
    ) -> Result<Option<Invitation>> {
        let good = InvitationRepo::list(self, workspace, now).await?;
        let mut good = good.into_iter();
        Ok(good.find(|row| row.purpose == purpose && row.email.as_ref() == Some(email)))
    }

    async fn list(&mut self, workspace: WorkspaceId, now: Timestamp) -> Result<Vec<Invitation>> {
        let rows = self.state.invitations.values();
        let good = rows.filter(|row| row.workspace_id == workspace && row.expires_at >= now);
        let mut good: Vec<_> = good.cloned().collect();
        good.sort_by(|a, b| (a.expires_at, &a.hash).cmp(&(b.expires_at, &b.hash)));
        Ok(good)
    }

    async fn remove(&mut self, workspace: WorkspaceId, hash: &str) -> Result<bool> {
        let found = self.state.invitations.get(hash);
        if found.is_none_or(|row| row.workspace_id != workspace) {
            return Ok(false);
        }
        self.take(|s| &mut s.invitations, hash.to_owned());
        Ok(true)
    }
}

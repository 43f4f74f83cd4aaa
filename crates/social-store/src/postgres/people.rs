//! People, their sessions, and the links that let them in, in PostgreSQL.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{
    Email, Invitation, PasswordHash, Person, PersonId, Purpose, Session, SessionId, Subject,
    WorkspaceId,
};
use social_core::ports::{InvitationRepo, PersonRepo, SessionRepo, StoreError};
use sqlx::query;

use super::columns::{Columns, doc, json, millis, word};
use super::sql::people as sql;
use super::unit::{Held, PostgresUnit};

type Result<T> = std::result::Result<T, StoreError>;

fn person(row: &Columns<'_>) -> Result<Person> {
    Ok(Person {
        password: row.get::<Option<String>>("password")?.map(PasswordHash),
        last_seen_at: row.maybe_time("last_seen_at")?,
        version: row.get("version")?,
        ..doc(row)?
    })
}

fn session(row: &Columns<'_>) -> Result<Session> {
    Ok(Session {
        id: row.id("id", SessionId::from_uuid)?,
        workspace_id: row.id("workspace_id", WorkspaceId::from_uuid)?,
        person_id: row.id("person_id", PersonId::from_uuid)?,
        family: row.id("family", SessionId::from_uuid)?,
        hash: row.get("hash")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        rotated_at: row.maybe_time("rotated_at")?,
        revoked_at: row.maybe_time("revoked_at")?,
    })
}

fn invitation(row: &Columns<'_>) -> Result<Invitation> {
    let has_email = row.get::<Option<String>>("email")?.is_some();
    Ok(Invitation {
        hash: row.get("hash")?,
        workspace_id: row.id("workspace_id", WorkspaceId::from_uuid)?,
        purpose: row.word("purpose")?,
        role: row.word("role")?,
        email: if has_email { Some(row.word("email")?) } else { None },
        expires_at: row.time("expires_at")?,
    })
}

fn issuer(person: &Person) -> Option<&str> {
    person.subject.as_ref().map(|subject| subject.issuer.as_str())
}

fn subject(person: &Person) -> Option<&str> {
    person.subject.as_ref().map(|subject| subject.subject.as_str())
}

fn password(person: &Person) -> Option<&str> {
    person.password.as_ref().map(|hash| hash.0.as_str())
}

#[async_trait]
impl PersonRepo for PostgresUnit {
    async fn insert(&mut self, person: &Person) -> Result<()> {
        let insert = query(sql::PERSON_INSERT)
            .bind(person.workspace_id.as_uuid())
            .bind(person.id.as_uuid())
            .bind(person.email.as_str())
            .bind(issuer(person))
            .bind(subject(person))
            .bind(password(person))
            .bind(millis(person.last_seen_at))
            .bind(person.version)
            .bind(json(person)?);
        self.run(insert, &person.id).await.map(drop)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: PersonId) -> Result<Option<Person>> {
        let get = query(sql::PERSON_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(get, "person", person).await
    }

    async fn by_email(&mut self, email: &Email) -> Result<Option<Person>> {
        self.one(query(sql::PERSON_BY_EMAIL).bind(email.as_str()), "person", person).await
    }

    async fn by_subject(&mut self, subject: &Subject) -> Result<Option<Person>> {
        let get = query(sql::PERSON_BY_SUBJECT).bind(&subject.issuer).bind(&subject.subject);
        self.one(get, "person", person).await
    }

    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<Person>> {
        self.all(query(sql::PERSON_LIST).bind(workspace.as_uuid()), "person", person).await
    }

    async fn update(&mut self, person: &mut Person) -> Result<()> {
        // Who changes one person and then looks at the others, so that an Admin is left, must be
        // alone.
        self.hold(Held::People, person.workspace_id.as_uuid()).await?;
        let update = query(sql::PERSON_UPDATE)
            .bind(person.workspace_id.as_uuid())
            .bind(person.id.as_uuid())
            .bind(person.email.as_str())
            .bind(issuer(person))
            .bind(subject(person))
            .bind(password(person))
            .bind(person.version)
            .bind(json(person)?);
        self.swap(update, &person.id).await?;
        person.version += 1;
        Ok(())
    }

    async fn touch(&mut self, workspace: WorkspaceId, id: PersonId, at: Timestamp) -> Result<()> {
        let touch = query(sql::PERSON_TOUCH)
            .bind(workspace.as_uuid())
            .bind(id.as_uuid())
            .bind(at.as_millis());
        self.change(touch, &id).await
    }
}

#[async_trait]
impl SessionRepo for PostgresUnit {
    async fn insert(&mut self, session: &Session) -> Result<()> {
        let expire = query(sql::SESSION_EXPIRE)
            .bind(session.workspace_id.as_uuid())
            .bind(session.created_at.as_millis());
        self.run(expire, &session.id).await?;
        let insert = query(sql::SESSION_INSERT)
            .bind(session.workspace_id.as_uuid())
            .bind(session.id.as_uuid())
            .bind(session.person_id.as_uuid())
            .bind(session.family.as_uuid())
            .bind(&session.hash)
            .bind(session.created_at.as_millis())
            .bind(session.expires_at.as_millis())
            .bind(millis(session.rotated_at))
            .bind(millis(session.revoked_at));
        self.run(insert, &session.id).await.map(drop)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: SessionId) -> Result<Option<Session>> {
        let get = query(sql::SESSION_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(get, "session", session).await
    }

    async fn by_hash(&mut self, hash: &str) -> Result<Option<Session>> {
        self.one(query(sql::SESSION_BY_HASH).bind(hash), "session", session).await
    }

    async fn rotate(
        &mut self,
        workspace: WorkspaceId,
        id: SessionId,
        at: Timestamp,
    ) -> Result<bool> {
        let rotate = query(sql::SESSION_ROTATE)
            .bind(workspace.as_uuid())
            .bind(id.as_uuid())
            .bind(at.as_millis());
        Ok(self.run(rotate, &id).await? > 0)
    }

    async fn revoke_family(
        &mut self,
        workspace: WorkspaceId,
        family: SessionId,
        at: Timestamp,
    ) -> Result<()> {
        let revoke = query(sql::SESSION_REVOKE_FAMILY)
            .bind(workspace.as_uuid())
            .bind(family.as_uuid())
            .bind(at.as_millis());
        self.run(revoke, &family).await.map(drop)
    }

    async fn revoke_person(
        &mut self,
        workspace: WorkspaceId,
        person: PersonId,
        but: Option<SessionId>,
        at: Timestamp,
    ) -> Result<()> {
        let revoke = query(sql::SESSION_REVOKE_PERSON)
            .bind(workspace.as_uuid())
            .bind(person.as_uuid())
            .bind(but.map(SessionId::as_uuid))
            .bind(at.as_millis());
        self.run(revoke, &person).await.map(drop)
    }
}

#[async_trait]
impl InvitationRepo for PostgresUnit {
    async fn insert(&mut self, invitation: &Invitation) -> Result<()> {
        let (ws, email) = (invitation.workspace_id.as_uuid(), invitation.email.as_ref());
        // Of two links to one thing only the later is good: the earlier must be seen.
        self.hold(Held::People, ws).await?;
        let (purpose, email) = (word(&invitation.purpose)?, email.map(Email::as_str));
        let replace = query(sql::INVITATION_REPLACE).bind(ws).bind(&purpose).bind(email);
        self.run(replace, &"the invitation").await?;
        let insert = query(sql::INVITATION_INSERT)
            .bind(ws)
            .bind(&invitation.hash)
            .bind(&purpose)
            .bind(word(&invitation.role)?)
            .bind(email)
            .bind(invitation.expires_at.as_millis());
        self.run(insert, &"the invitation").await.map(drop)
    }

    async fn get(&mut self, hash: &str, now: Timestamp) -> Result<Option<Invitation>> {
        let get = query(sql::INVITATION_GET).bind(hash).bind(now.as_millis());
        self.one(get, "invitation", invitation).await
    }

    async fn of_email(
        &mut self,
        workspace: WorkspaceId,
        purpose: Purpose,
        email: &Email,
        now: Timestamp,
    ) -> Result<Option<Invitation>> {
        let get = query(sql::INVITATION_OF_EMAIL)
            .bind(workspace.as_uuid())
            .bind(word(&purpose)?)
            .bind(email.as_str())
            .bind(now.as_millis());
        self.one(get, "invitation", invitation).await
    }

    async fn list(&mut self, workspace: WorkspaceId, now: Timestamp) -> Result<Vec<Invitation>> {
        let list = query(sql::INVITATION_LIST).bind(workspace.as_uuid()).bind(now.as_millis());
        self.all(list, "invitation", invitation).await
    }

    async fn remove(&mut self, workspace: WorkspaceId, hash: &str) -> Result<bool> {
        let remove = query(sql::INVITATION_REMOVE).bind(workspace.as_uuid()).bind(hash);
        Ok(self.run(remove, &"the invitation").await? > 0)
    }
}

//! People, their sessions, and the links that let them in.

use std::sync::Arc;

use super::super::samples::{Samples, at};
use super::{assert_conflict, assert_not_found, begin, unit};
use crate::domain::{
    Email, Invitation, PasswordHash, Person, PersonId, Purpose, Role, Session, SessionId, Subject,
};
use crate::ports::{JobQueue, Store};

/// A person reads back whole, by the id, the address, the subject and in the list.
pub async fn a_person_is_kept(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let full = samples.person(ws);
    let bare = Person {
        password: None,
        subject: None,
        disabled_at: None,
        last_seen_at: None,
        ..samples.person(ws)
    };
    unit!(&store, unit => for person in [&bare, &full] {
        unit.people().insert(person).await.expect("insert");
    });
    unit!(&store, unit => {
        for person in [&full, &bare] {
            let found = unit.people().get(ws, person.id).await.expect("get");
            assert_eq!(found.as_ref(), Some(person));
            let found = unit.people().by_email(&person.email).await.expect("by_email");
            assert_eq!(found.as_ref(), Some(person));
        }
        let subject = full.subject.clone().expect("a subject");
        let found = unit.people().by_subject(&subject).await.expect("by_subject");
        assert_eq!(found.as_ref(), Some(&full));
        let other = Subject { issuer: "https://other.example".to_owned(), ..subject };
        assert_eq!(unit.people().by_subject(&other).await.expect("by_subject"), None);
        let nobody: Email = "nobody@example.org".parse().expect("an address");
        assert_eq!(unit.people().by_email(&nobody).await.expect("by_email"), None);
        assert_eq!(unit.people().list(ws).await.expect("list"), [full, bare]);
    });
}

/// An address and a subject are one person's, whatever the workspace.
pub async fn a_person_is_known_once(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let person = samples.person(ws);
    let second = samples.person(other);
    unit!(&store, unit => for person in [&person, &second] {
        unit.people().insert(person).await.expect("insert");
    });
    let same_email = Person { email: person.email.clone(), ..samples.person(other) };
    let same_subject = Person { subject: person.subject.clone(), ..samples.person(other) };
    let same_id = Person { id: person.id, ..samples.person(ws) };
    for again in [same_email, same_subject, same_id] {
        let mut unit = begin(&store).await;
        assert_conflict(unit.people().insert(&again).await, "a person who is known");
    }
    for mut taken in [
        Person { email: person.email.clone(), ..second.clone() },
        Person { subject: person.subject.clone(), ..second.clone() },
    ] {
        let mut unit = begin(&store).await;
        assert_conflict(unit.people().update(&mut taken).await, "what another is known by");
    }
    unit!(&store, unit => {
        assert_eq!(unit.people().list(ws).await.expect("list"), [person]);
        assert_eq!(unit.people().list(other).await.expect("list"), [second]);
    });
}

/// A stale value is refused; when somebody was seen is not part of what is swapped.
pub async fn a_person_is_swapped_by_the_version(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let mut person = samples.person(ws);
    unit!(&store, unit => unit.people().insert(&person).await.expect("insert"));
    let mut stale = person.clone();
    for secs in [60, 70, 65] {
        unit!(&store, unit => unit.people().touch(ws, person.id, at(secs)).await.expect("touch"));
    }
    person.role = Role::Client;
    person.password = Some(PasswordHash("another".to_owned()));
    person.subject = None;
    person.disabled_at = None;
    unit!(&store, unit => unit.people().update(&mut person).await.expect("update"));
    assert_eq!(person.version, stale.version + 1);
    let mut unit = begin(&store).await;
    assert_conflict(unit.people().update(&mut stale).await, "a stale version");
    drop(unit);
    unit!(&store, unit => {
        let found = unit.people().get(ws, person.id).await.expect("get");
        assert_eq!(found, Some(Person { last_seen_at: Some(at(70)), ..person }));
        let missing = unit.people().touch(ws, PersonId::from_uuid(samples.uuid()), at(1)).await;
        assert_not_found(missing, "a person who never was");
    });
}

/// No workspace sees or changes another's people.
pub async fn people_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let person = samples.person(ws);
    unit!(&store, unit => unit.people().insert(&person).await.expect("insert"));
    unit!(&store, unit => {
        assert_eq!(unit.people().get(other, person.id).await.expect("get"), None);
        assert_eq!(unit.people().list(other).await.expect("list"), []);
        assert_not_found(unit.people().touch(other, person.id, at(99)).await, "another's person");
    });
    let mut foreign = Person { workspace_id: other, ..person.clone() };
    let mut unit = begin(&store).await;
    assert_conflict(unit.people().update(&mut foreign).await, "another's person");
    drop(unit);
    unit!(&store, unit => {
        assert_eq!(unit.people().get(ws, person.id).await.expect("get"), Some(person));
    });
}

/// A session reads back whole, by its id and its hash, and gives way once.
pub async fn a_session_is_kept_and_gives_way_once(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let ws = samples.ws();
    let session = samples.session(ws);
    let full = Session { rotated_at: Some(at(3)), revoked_at: Some(at(4)), ..samples.session(ws) };
    unit!(&store, unit => for session in [&session, &full] {
        unit.sessions().insert(session).await.expect("insert");
    });
    let mut unit = begin(&store).await;
    let same_hash = Session { hash: session.hash.clone(), ..samples.session(samples.ws()) };
    assert_conflict(unit.sessions().insert(&same_hash).await, "a hash that exists");
    drop(unit);
    unit!(&store, unit => {
        for session in [&session, &full] {
            let found = unit.sessions().get(ws, session.id).await.expect("get");
            assert_eq!(found.as_ref(), Some(session));
            let found = unit.sessions().by_hash(&session.hash).await.expect("by_hash");
            assert_eq!(found.as_ref(), Some(session));
        }
        assert_eq!(unit.sessions().by_hash("no such hash").await.expect("by_hash"), None);
    });
    unit!(&store, unit => {
        assert!(unit.sessions().rotate(ws, session.id, at(5)).await.expect("rotate"));
        assert!(!unit.sessions().rotate(ws, session.id, at(6)).await.expect("rotate"));
        let nobody = SessionId::from_uuid(samples.uuid());
        assert!(!unit.sessions().rotate(ws, nobody, at(6)).await.expect("rotate"));
    });
    unit!(&store, unit => {
        let found = unit.sessions().get(ws, session.id).await.expect("get");
        assert_eq!(found, Some(Session { rotated_at: Some(at(5)), ..session }));
    });
}

/// A family ends together, a person's sessions too, and what had ended keeps its time.
pub async fn sessions_end_together(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let one = samples.session(ws);
    let heir = Session { family: one.family, person_id: one.person_id, ..samples.session(ws) };
    let other = Session { person_id: one.person_id, ..samples.session(ws) };
    let third = Session { person_id: one.person_id, ..samples.session(ws) };
    let strange = samples.session(ws);
    let all = [&one, &heir, &other, &third, &strange];
    unit!(&store, unit => for session in all {
        unit.sessions().insert(session).await.expect("insert");
    });
    let ended = async || {
        unit!(&store, unit => {
            let mut ended = Vec::new();
            for session in all {
                let found = unit.sessions().get(ws, session.id).await.expect("get");
                ended.push(found.expect("a session").revoked_at);
            }
            ended
        })
    };
    let mut unit = begin(&store).await;
    unit.sessions().revoke_family(ws, strange.family, at(1)).await.expect("revoke");
    drop(unit);
    unit!(&store, unit => {
        unit.sessions().revoke_family(ws, one.family, at(10)).await.expect("revoke");
    });
    let (first, second, last) = (Some(at(10)), Some(at(20)), Some(at(30)));
    assert_eq!(ended().await, [first, first, None, None, None]);
    unit!(&store, unit => {
        let but = Some(third.family);
        unit.sessions().revoke_person(ws, one.person_id, but, at(20)).await.expect("revoke");
    });
    assert_eq!(ended().await, [first, first, second, None, None]);
    unit!(&store, unit => {
        unit.sessions().revoke_person(ws, one.person_id, None, at(30)).await.expect("revoke");
    });
    assert_eq!(ended().await, [first, first, second, last, None]);
}

/// A new session sweeps out those that are over.
pub async fn sessions_that_are_over_are_removed(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let (old, theirs) = (samples.session(ws), samples.session(other));
    unit!(&store, unit => for session in [&old, &theirs] {
        unit.sessions().insert(session).await.expect("insert");
    });
    let later = Session { created_at: old.expires_at, ..samples.session(ws) };
    unit!(&store, unit => unit.sessions().insert(&later).await.expect("insert"));
    let latest = Session { created_at: at(1_000_000), ..samples.session(ws) };
    unit!(&store, unit => {
        let found = unit.sessions().by_hash(&old.hash).await.expect("by_hash");
        assert_eq!(found.as_ref(), Some(&old), "it ends at this very instant");
        unit.sessions().insert(&latest).await.expect("insert");
        assert_eq!(unit.sessions().get(ws, old.id).await.expect("get"), None);
        assert_eq!(unit.sessions().by_hash(&old.hash).await.expect("by_hash"), None);
        assert_eq!(unit.sessions().get(other, theirs.id).await.expect("get"), Some(theirs));
    });
}

/// No workspace sees or ends another's sessions.
pub async fn sessions_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let session = samples.session(ws);
    unit!(&store, unit => unit.sessions().insert(&session).await.expect("insert"));
    unit!(&store, unit => {
        assert_eq!(unit.sessions().get(other, session.id).await.expect("get"), None);
        assert!(!unit.sessions().rotate(other, session.id, at(1)).await.expect("rotate"));
        unit.sessions().revoke_family(other, session.family, at(1)).await.expect("revoke");
        unit.sessions().revoke_person(other, session.person_id, None, at(1)).await.expect("revoke");
    });
    unit!(&store, unit => {
        assert_eq!(unit.sessions().get(ws, session.id).await.expect("get"), Some(session));
    });
}

/// A link reads back whole until it expires, and is removed once; of two to one thing the later
/// is good.
pub async fn an_invitation_is_good_until_it_is_removed(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let ws = samples.ws();
    let invite = samples.invitation(ws);
    let email = invite.email.clone().expect("an address");
    let first = Invitation {
        purpose: Purpose::FirstAdmin,
        email: None,
        expires_at: at(300),
        ..samples.invitation(ws)
    };
    let reset = Invitation { purpose: Purpose::Reset, ..samples.invitation(ws) };
    unit!(&store, unit => for invitation in [&invite, &first, &reset] {
        unit.invitations().insert(invitation).await.expect("insert");
    });
    let end = invite.expires_at;
    unit!(&store, unit => {
        for invitation in [&invite, &first, &reset] {
            let found = unit.invitations().get(&invitation.hash, at(300)).await.expect("get");
            assert_eq!(found.as_ref(), Some(invitation));
        }
        assert_eq!(unit.invitations().get(&first.hash, at(301)).await.expect("get"), None);
        let found = unit.invitations().of_email(ws, Purpose::Invite, &email, end).await;
        assert_eq!(found.expect("of_email").as_ref(), Some(&invite));
        let found = unit.invitations().of_email(ws, Purpose::Reset, &email, end).await;
        assert_eq!(found.expect("of_email"), None, "that one is for another");
        let late = unit.invitations().of_email(ws, Purpose::Invite, &email, at(9_001)).await;
        assert_eq!(late.expect("of_email"), None);
        let list = unit.invitations().list(ws, at(300)).await.expect("list");
        assert_eq!(list.first(), Some(&first));
        assert_eq!(list.len(), 3);
        assert_eq!(unit.invitations().list(ws, at(9_001)).await.expect("list"), []);
    });
    let again = Invitation { email: Some(email), ..samples.invitation(ws) };
    let anew = Invitation { hash: "anew".to_owned(), ..first.clone() };
    unit!(&store, unit => for invitation in [&again, &anew] {
        unit.invitations().insert(invitation).await.expect("insert");
    });
    unit!(&store, unit => {
        for replaced in [&invite, &first] {
            assert_eq!(unit.invitations().get(&replaced.hash, at(0)).await.expect("get"), None);
        }
        let found = unit.invitations().get(&reset.hash, at(0)).await.expect("get");
        assert_eq!(found, Some(reset));
        assert!(unit.invitations().remove(ws, &again.hash).await.expect("remove"));
        assert!(!unit.invitations().remove(ws, &again.hash).await.expect("remove"));
        assert_eq!(unit.invitations().get(&again.hash, at(0)).await.expect("get"), None);
    });
}

/// No workspace lists, replaces or removes another's links.
pub async fn invitations_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let mine = samples.invitation(ws);
    let email = mine.email.clone().expect("an address");
    let theirs = Invitation { email: Some(email.clone()), ..samples.invitation(other) };
    unit!(&store, unit => for invitation in [&mine, &theirs] {
        unit.invitations().insert(invitation).await.expect("insert");
    });
    unit!(&store, unit => {
        assert_eq!(unit.invitations().list(ws, at(0)).await.expect("list"), std::slice::from_ref(&mine));
        let found = unit.invitations().of_email(other, Purpose::Invite, &email, at(0)).await;
        assert_eq!(found.expect("of_email"), Some(theirs));
        assert!(!unit.invitations().remove(other, &mine.hash).await.expect("remove"));
        assert_eq!(unit.invitations().get(&mine.hash, at(0)).await.expect("get"), Some(mine));
    });
}

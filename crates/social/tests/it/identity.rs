//! Who asks: keys, confirmations and the record of who did what.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use social::core::domain::{KeyId, Scope};
use social::core::engine::Unconfirmed;
use social::core::ports::PostFilter;
use social::{Error, NewKey, Platform, PostEdit, Promise, Scheduler as _, Social, Submit};

use crate::world::World;

const MINUTE: Duration = Duration::from_secs(60);

async fn engine(seed: u64) -> (World, Social) {
    let world = World::new(seed);
    let social = world.engine().await;
    (world, social)
}

#[tokio::test]
async fn a_key_is_recognised_by_its_secret_until_it_is_revoked() {
    let (world, social) = engine(61).await;
    let (ws, keys) = (social.workspace(), social.keys());
    let (key, secret) = keys.create(ws, NewKey::for_agent("the agent")).await.unwrap();
    assert!(secret.expose_secret().starts_with(&key.hint));
    assert!(!key.scopes.contains(&Scope::ApprovalsWrite), "an agent never approves");
    let found = keys.recognise(&secret).await.unwrap().unwrap();
    assert_eq!((found.id, found.workspace_id), (key.id, ws));
    assert!(keys.recognise(&"sk_social_guessed".into()).await.unwrap().is_none());

    keys.revoke(ws, key.id).await.unwrap();
    let revoked_at = keys.list(ws).await.unwrap()[0].revoked_at;
    assert!(revoked_at.is_some());
    world.clock.advance(MINUTE);
    keys.revoke(ws, key.id).await.unwrap();
    assert_eq!(keys.list(ws).await.unwrap()[0].revoked_at, revoked_at);
    assert!(keys.recognise(&secret).await.unwrap().is_none());
    let unknown = KeyId::from_uuid(social.ports().ids.uuid(world_now(&social)));
    assert!(keys.revoke(ws, unknown).await.is_err());
    let nameless = keys.create(ws, NewKey::for_agent(" ")).await;
    assert!(matches!(nameless, Err(Error::Refused(_))));
}

fn world_now(social: &Social) -> social::Timestamp {
    social.ports().clock.now()
}

#[tokio::test]
async fn a_key_ends_by_itself() {
    let (world, social) = engine(62).await;
    let ends = world_now(&social) + 10 * MINUTE;
    let new = NewKey { expires_at: Some(ends), ..NewKey::for_agent("for today") };
    let (_, secret) = social.keys().create(social.workspace(), new).await.unwrap();
    world.clock.advance_to(ends - Duration::from_millis(1));
    assert!(social.keys().recognise(&secret).await.unwrap().is_some());
    world.clock.advance_to(ends);
    assert!(social.keys().recognise(&secret).await.unwrap().is_none());
}

#[tokio::test]
async fn the_last_use_of_a_key_is_known_to_the_minute() {
    let (world, social) = engine(63).await;
    let (ws, keys) = (social.workspace(), social.keys());
    let (_, secret) = keys.create(ws, NewKey::for_agent("the agent")).await.unwrap();
    let last = async || keys.list(ws).await.unwrap()[0].last_used_at;
    assert_eq!(last().await, None);
    let start = world_now(&social);
    keys.recognise(&secret).await.unwrap();
    assert_eq!(last().await, Some(start));
    world.clock.advance(MINUTE / 2);
    keys.recognise(&secret).await.unwrap();
    assert_eq!(last().await, Some(start), "a use within the minute costs no write");
    world.clock.advance(MINUTE / 2);
    keys.recognise(&secret).await.unwrap();
    assert_eq!(last().await, Some(start + MINUTE));
}

#[tokio::test]
async fn a_confirmation_is_good_once_and_for_what_was_seen_alone() {
    let (_world, social) = engine(64).await;
    let (ws, confirmations) = (social.workspace(), social.confirmations());
    let (token, _) = confirmations.issue(ws, "key_a", "what was seen").await.unwrap();
    assert!(token.expose_secret().starts_with("cfm_"));
    let redeem = async |actor: &str, token: &SecretString, payload: &str| {
        refusal(confirmations.redeem(ws, actor, &promise(token, payload)).await)
    };
    let (unknown, mismatch) = (Some(Unconfirmed::Unknown), Some(Unconfirmed::Mismatch));
    assert_eq!(redeem("key_a", &"cfm_guessed".into(), "what was seen").await, unknown);
    assert_eq!(redeem("key_b", &token, "what was seen").await, unknown);
    // Neither another's try nor a changed payload uses it up.
    assert_eq!(redeem("key_a", &token, "something else").await, mismatch);
    assert_eq!(redeem("key_a", &token, "what was seen").await, None);
    assert_eq!(redeem("key_a", &token, "what was seen").await, unknown);
}

#[tokio::test]
async fn a_confirmation_expires_after_a_quarter_of_an_hour() {
    let (world, social) = engine(65).await;
    let (ws, confirmations) = (social.workspace(), social.confirmations());
    let (token, expires_at) = confirmations.issue(ws, "key_a", "seen").await.unwrap();
    assert_eq!(expires_at, world_now(&social) + 15 * MINUTE);
    let (late, _) = confirmations.issue(ws, "key_a", "seen").await.unwrap();
    world.clock.advance_to(expires_at);
    confirmations.redeem(ws, "key_a", &promise(&token, "seen")).await.unwrap();
    world.clock.advance(Duration::from_millis(1));
    let late = confirmations.redeem(ws, "key_a", &promise(&late, "seen")).await;
    assert_eq!(refusal(late), Some(Unconfirmed::Unknown));
}

fn promise(token: &SecretString, payload: &str) -> Promise {
    Promise { token: token.clone(), payload: payload.to_owned() }
}

/// Why a token was not taken; none where it was.
fn refusal<T>(answer: Result<T, Error>) -> Option<Unconfirmed> {
    match answer {
        Ok(_) => None,
        Err(Error::Unconfirmed(why)) => Some(why),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn what_is_not_stored_uses_no_confirmation_up() {
    let (world, social) = engine(67).await;
    let ws = social.workspace();
    let page = world.connect(&social, &Platform::FACEBOOK).await.remove(0);
    let (token, _) = social.confirmations().issue(ws, "key_a", "seen").await.unwrap();
    let posts = social.posts().by("key_a").with(Some(promise(&token, "seen")));
    let request = world.request(&social, &page, "Seen", &[]).await;
    for (other, why) in [
        (social.posts().by("key_b").with(Some(promise(&token, "seen"))), Unconfirmed::Unknown),
        (social.posts().with(Some(promise(&token, "seen"))), Unconfirmed::Unknown),
        (posts.clone().with(Some(promise(&token, "more"))), Unconfirmed::Mismatch),
    ] {
        assert_eq!(refusal(other.schedule(&request, None).await), Some(why));
    }
    let mut long = request.clone();
    long.content = "x".repeat(70_000);
    assert!(matches!(posts.schedule(&long, None).await, Err(Error::Invalid(_))));
    assert!(posts.list(ws, &PostFilter::default()).await.unwrap().is_empty());
    let post = posts.schedule(&request, None).await.unwrap().post();

    let edit = PostEdit { content: Some("Seen again".into()), ..PostEdit::default() };
    let again = posts.edit(ws, post, None, edit.clone()).await;
    assert_eq!(refusal(again), Some(Unconfirmed::Unknown), "it is good once");
    let (token, _) = social.confirmations().issue(ws, "key_a", "edit").await.unwrap();
    let posts = posts.with(Some(promise(&token, "edit")));
    assert!(matches!(posts.edit(ws, post, Some(99), edit.clone()).await, Err(Error::Stale(_))));
    posts.edit(ws, post, None, edit).await.unwrap();
}

#[tokio::test]
async fn the_record_says_who_did_what_newest_first() {
    let (world, social) = engine(66).await;
    let ws = social.workspace();
    let page = world.connect(&social, &Platform::FACEBOOK).await.remove(0);
    let mut request = world.request(&social, &page, "By whom?", &[]).await;
    request.submit = Submit::Approval;
    request.idempotency_key = Some("k".into());
    let post = social.posts().by("key_a").schedule_post(request.clone()).await.unwrap();
    // Asking again does nothing, so there is nothing to record; who asks is no part of the request.
    assert_eq!(social.posts().by("key_b").schedule_post(request).await.unwrap(), post);
    world.clock.advance(MINUTE);
    social.audit().record(ws, "person_1", "post.approve", &post.to_string()).await.unwrap();
    let entries = social.audit().latest(ws, 10).await.unwrap();
    let said: Vec<_> = entries.iter().map(|e| (e.actor.as_str(), e.action.as_str())).collect();
    assert_eq!(said, [("person_1", "post.approve"), ("key_a", "post.submit")]);
    assert!(entries.iter().all(|entry| entry.subject == post.to_string()));
    assert_eq!(entries[0].at, world_now(&social));
    assert_eq!(social.audit().latest(ws, 1).await.unwrap(), entries[..1]);
}

//! The life of tokens: renewed once for all who wait, never lost by a failure that passes, and ended
//! by the network's own word alone.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use social::core::domain::{GrantStatus, Happened};
use social::core::ports::{Request, Response, TokenManager as _, Transport, TransportError};
use social::sim::{Fault, FaultKind, Network};
use social::{Account, Error, Platform, Social};

use crate::world::World;

/// Access tokens of TikTok live for a day; this is shortly before one ends.
const NEARLY_A_DAY: Duration = Duration::from_secs(24 * 3600 - 120);

/// A way to the networks on which others get their turn before the answer comes.
#[derive(Debug)]
struct Slow(Arc<dyn Transport>);

#[async_trait]
impl Transport for Slow {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        self.0.send(request).await
    }
}

async fn creator(seed: u64) -> (World, Social, Account) {
    let world = World::new(seed);
    let slow = Arc::new(Slow(world.transport()));
    let social = world.engine_on(world.store.clone(), slow).await;
    let account = world.connect(&social, &Platform::TIKTOK).await.remove(0);
    (world, social, account)
}

/// How often a token was asked for.
fn asked(world: &World) -> usize {
    world.sim.calls().iter().filter(|call| call.operation == "tiktok.oauth_token").count()
}

async fn status(social: &Social, account: &Account) -> GrantStatus {
    let mut unit = social.ports().store.begin().await.unwrap();
    let grant = unit.grants().get(social.workspace(), account.grant_id).await.unwrap();
    grant.unwrap().status
}

#[tokio::test]
async fn of_many_who_want_a_token_one_renews_it() {
    let (world, social, account) = creator(80).await;
    let other = world.engine_on(world.store.clone(), Arc::new(Slow(world.transport()))).await;
    world.clock.advance(NEARLY_A_DAY);
    let before = asked(&world);
    let want = |social: &Social| {
        let (tokens, ws) = (social.tokens(), social.workspace());
        async move { tokens.account_auth(ws, account.id).await }
    };
    let all = (0..12).map(|n| want(if n % 2 == 0 { &social } else { &other }));
    for auth in futures::future::join_all(all).await {
        // Those who did not renew go on with what is left of the old one.
        auth.unwrap();
    }
    assert_eq!(asked(&world) - before, 1);
    let renewed = want(&social).await.unwrap();
    assert_eq!(want(&other).await.unwrap().token.expose_secret(), renewed.token.expose_secret());
    assert_eq!(asked(&world) - before, 1, "a fresh token is not renewed again");
}

#[tokio::test]
async fn a_failure_that_passes_never_disconnects() {
    let (world, social, account) = creator(81).await;
    let ws = social.workspace();
    for kind in [
        FaultKind::ServerErrorBefore { status: 503 },
        FaultKind::RequestLost,
        FaultKind::RateLimited { minutes: 0 },
        FaultKind::Answer { status: 200, body: "<html>".to_owned(), performed: false },
    ] {
        world.sim.add_fault(Fault::on("tiktok.oauth_token", kind.clone()));
        social.tokens().refresh_token(ws, account.grant_id).await.unwrap_err();
        assert_eq!(status(&social, &account).await, GrantStatus::Active, "{kind:?}");
        world.sim.clear_faults();
    }
    // A day of that, and the connection is taken up again where it can be.
    world.sim.add_fault(Fault::on("tiktok.*", FaultKind::ServerErrorBefore { status: 500 }));
    world.work_for(&social, NEARLY_A_DAY).await;
    world.sim.clear_faults();
    world.work_for(&social, Duration::from_secs(3600)).await;
    assert_eq!(status(&social, &account).await, GrantStatus::Active);
    social.tokens().account_auth(ws, account.id).await.unwrap();
}

#[tokio::test]
async fn the_networks_own_word_ends_a_connection_and_is_told_of() {
    let (world, social, account) = creator(82).await;
    let ws = social.workspace();
    world.sim.remove_app(Network::Tiktok, &account.remote_id).unwrap();
    social.tokens().refresh_token(ws, account.grant_id).await.unwrap_err();
    assert_eq!(status(&social, &account).await, GrantStatus::NeedsReauth);
    let refused = social.tokens().account_auth(ws, account.id).await.unwrap_err();
    assert!(matches!(refused, Error::NeedsReauth { .. }), "{refused}");
    let mut unit = social.ports().store.begin().await.unwrap();
    let events = unit.outbox().pending(100).await.unwrap();
    assert!(events.iter().any(|event| matches!(event.what, Happened::ReauthNeeded { .. })));
    drop(unit);

    world.connect(&social, &Platform::TIKTOK).await;
    assert_eq!(status(&social, &account).await, GrantStatus::Active);
}

#[tokio::test]
async fn who_signs_in_anew_while_a_token_is_renewed_keeps_the_better_one() {
    let (world, social, account) = creator(83).await;
    let ws = social.workspace();
    let quick = world.engine().await;
    let tokens = social.tokens();
    let renew = tokens.refresh_token(ws, account.grant_id);
    let (renewed, _) = futures::future::join(renew, world.connect(&quick, &Platform::TIKTOK)).await;
    assert!(renewed.is_err(), "a renewal overwrote a sign-in that came after it began");
    let status = social.tokens().validate_token(ws, account.grant_id).await.unwrap();
    assert_eq!(status, GrantStatus::Active);
    social.tokens().account_auth(ws, account.id).await.unwrap();
}

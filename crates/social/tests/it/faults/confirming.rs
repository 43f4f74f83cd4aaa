//! A confirmation goes with the post that is stored by it, wherever a run is cut.

use std::sync::Arc;

use social::core::engine::{Once, Unconfirmed};
use social::core::ports::{KeptAnswer, PostFilter};
use social::{Error, Platform, Promise};

use super::cutter::{CutStore, Cutter, Mode};
use crate::world::World;

/// Asks for a confirmed post, cut as told, and asks again where there was no answer. Returns how
/// many points there were.
async fn run(at: Option<usize>) -> usize {
    let world = World::new(17);
    let social = world.engine().await;
    let ws = social.workspace();
    let page = world.connect(&social, &Platform::FACEBOOK).await.remove(0);
    let (token, _) = social.confirmations().issue(ws, "key_a", "seen").await.unwrap();
    let promise = Promise { token, payload: "seen".to_owned() };
    let request = world.request(&social, &page, "Seen", &[]).await;
    let once = Some(Once { key: "one", request: "this", answer: &|_| KeptAnswer::default() });

    let cutter = Cutter::new(Mode::Crash, at);
    let store = Arc::new(CutStore { inner: world.store.clone(), cutter: cutter.clone() });
    let cut = world.engine_on(store, world.transport()).await;
    let cut = cut.posts().by("key_a").with(Some(promise.clone()));
    let posts = social.posts().by("key_a").with(Some(promise));
    if cut.schedule(&request, once).await.is_err() {
        posts.schedule(&request, once).await.unwrap();
    }
    let place = cutter.place();
    assert_eq!(posts.list(ws, &PostFilter::default()).await.unwrap().len(), 1, "{place}");
    let mut other = request.clone();
    other.allow_duplicate = true;
    let again = posts.schedule(&other, None).await;
    assert!(matches!(again, Err(Error::Unconfirmed(Unconfirmed::Unknown))), "{place}: {again:?}");
    cutter.points()
}

#[tokio::test]
async fn every_cut_of_a_confirmed_post() {
    let points = run(None).await;
    assert!(points >= 2, "only {points} cuts were tried");
    for at in 0..points {
        run(Some(at)).await;
    }
}

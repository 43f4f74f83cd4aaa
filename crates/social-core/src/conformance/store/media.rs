//! Assets, renditions and numbers.

use std::sync::Arc;

use super::super::samples::{Samples, at};
use super::{assert_conflict, begin, unit};
use crate::domain::{Asset, DeliveryStatus, MediaRef};
use crate::ports::{JobQueue, Store};

/// An asset reads back by its id and its bytes' hash, and is stored once by them.
pub async fn an_asset_is_stored_once(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let asset = samples.asset(ws);
    unit!(&store, unit => unit.media().insert_asset(&asset).await.expect("insert"));
    unit!(&store, unit => {
        assert_eq!(unit.media().asset(ws, asset.id).await.expect("asset"), Some(asset.clone()));
        let by_hash = unit.media().asset_by_hash(ws, &asset.hash).await.expect("by hash");
        assert_eq!(by_hash, Some(asset.clone()));
        assert_eq!(unit.media().asset_by_hash(ws, "other").await.expect("by hash"), None);
    });
    let same_id = Asset { hash: "other".to_owned(), ..asset.clone() };
    let same_bytes = Asset { hash: asset.hash.clone(), ..samples.asset(ws) };
    for again in [same_id, same_bytes] {
        let mut unit = begin(&store).await;
        assert_conflict(unit.media().insert_asset(&again).await, "the same again");
    }
}

/// A rendition is found by source and plan, and one of the same two is overwritten.
pub async fn a_rendition_is_replaced(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let first = samples.rendition("s", "p");
    let mut second = first.clone();
    second.mime = "image/png".to_owned();
    let other = samples.rendition("s", "q");
    unit!(&store, unit => for rendition in [&first, &other, &second] {
        unit.media().put_rendition(ws, rendition, at(1)).await.expect("put");
    });
    unit!(&store, unit => {
        assert_eq!(unit.media().rendition(ws, "s", "p").await.expect("get"), Some(second));
        assert_eq!(unit.media().rendition(ws, "s", "q").await.expect("get"), Some(other));
        assert_eq!(unit.media().rendition(ws, "p", "s").await.expect("get"), None);
    });
}

/// Renditions rest from their last use on, and one that two workspaces have keeps its bytes.
pub async fn renditions_rest_from_their_last_use(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let (first, second) = (samples.rendition("s", "p"), samples.rendition("s", "q"));
    unit!(&store, unit => {
        assert_eq!(unit.media().rendition_bytes().await.expect("bytes"), 0);
        unit.media().put_rendition(ws, &first, at(10)).await.expect("put");
        unit.media().put_rendition(ws, &second, at(20)).await.expect("put");
        unit.media().put_rendition(other, &first, at(30)).await.expect("put");
    });
    unit!(&store, unit => {
        let all = [(ws, first.clone()), (ws, second.clone()), (other, first.clone())];
        assert_eq!(unit.media().resting_renditions(at(31), 9).await.expect("resting"), all);
        assert_eq!(unit.media().resting_renditions(at(31), 2).await.expect("resting"), all[..2]);
        assert_eq!(unit.media().resting_renditions(at(20), 9).await.expect("resting"), all[..1]);
        let bytes = unit.media().rendition_bytes().await.expect("bytes");
        assert_eq!(bytes, 3 * first.probe.bytes());
        assert!(unit.media().use_rendition(ws, "s", "p", at(40)).await.expect("use"));
        assert!(!unit.media().use_rendition(ws, "s", "none", at(40)).await.expect("use"));
    });
    unit!(&store, unit => {
        let resting = unit.media().resting_renditions(at(31), 9).await.expect("resting");
        assert_eq!(resting, [(ws, second), (other, first.clone())]);
        let free = unit.media().remove_rendition(ws, "s", "p").await.expect("remove");
        assert!(!free, "another workspace has it");
        assert!(unit.media().remove_rendition(other, "s", "p").await.expect("remove"));
        assert!(unit.media().remove_rendition(ws, "s", "q").await.expect("remove"));
        assert_eq!(unit.media().rendition_bytes().await.expect("bytes"), 0);
    });
}

/// No workspace sees another's media, and both may have the same bytes.
pub async fn media_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let mine = samples.asset(ws);
    let theirs = Asset { hash: mine.hash.clone(), ..samples.asset(other) };
    unit!(&store, unit => {
        unit.media().insert_asset(&mine).await.expect("insert");
        unit.media().put_rendition(ws, &samples.rendition("s", "p"), at(1)).await.expect("put");
        assert_eq!(unit.media().asset(other, mine.id).await.expect("asset"), None);
        assert_eq!(unit.media().asset_by_hash(other, &mine.hash).await.expect("by hash"), None);
        assert_eq!(unit.media().rendition(other, "s", "p").await.expect("get"), None);
        unit.media().insert_asset(&theirs).await.expect("the same bytes of another");
        let by_hash = unit.media().asset_by_hash(ws, &mine.hash).await.expect("by hash");
        assert_eq!(by_hash, Some(mine));
    });
}

/// Assets come newest first, in pages.
pub async fn assets_are_listed_newest_first(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let assets: Vec<Asset> = (0..5).map(|_| samples.asset(ws)).collect();
    let theirs = samples.asset(other);
    unit!(&store, unit => for asset in assets.iter().chain([&theirs]) {
        unit.media().insert_asset(asset).await.expect("insert");
    });
    let newest_first: Vec<_> = assets.into_iter().rev().collect();
    unit!(&store, unit => {
        let all = unit.media().assets(ws, None, 10).await.expect("list");
        assert_eq!(all, newest_first);
        let page = unit.media().assets(ws, Some(newest_first[1].id), 2).await.expect("list");
        assert_eq!(page, newest_first[2..4]);
        let none = unit.media().assets(ws, Some(newest_first[4].id), 2).await.expect("list");
        assert_eq!(none, []);
        assert_eq!(unit.media().assets(other, None, 9).await.expect("list"), [theirs]);
    });
}

/// An asset and the renditions of its bytes go from one workspace, and what another has stays.
pub async fn an_asset_is_removed_with_its_renditions(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let mine = samples.asset(ws);
    let theirs = Asset { hash: mine.hash.clone(), ..samples.asset(other) };
    let made = samples.rendition(&mine.hash, "p");
    unit!(&store, unit => {
        unit.media().insert_asset(&mine).await.expect("insert");
        unit.media().insert_asset(&theirs).await.expect("insert");
        for of in [ws, other] {
            unit.media().put_rendition(of, &made, at(1)).await.expect("put");
            unit.media().put_rendition(of, &samples.rendition("else", "p"), at(1)).await.expect("put");
        }
    });
    unit!(&store, unit => {
        unit.media().remove_asset(other, mine.id).await.expect("another's is left alone");
        let gone = unit.media().remove_renditions(ws, &mine.hash).await.expect("remove");
        assert_eq!(gone, std::slice::from_ref(&made));
        unit.media().remove_asset(ws, mine.id).await.expect("remove");
        unit.media().remove_asset(ws, mine.id).await.expect("remove what is gone");
        assert_eq!(unit.media().remove_renditions(ws, &mine.hash).await.expect("again"), []);
        assert!(unit.media().is_held(&mine.hash).await.expect("held"), "another has it");
    });
    unit!(&store, unit => {
        assert_eq!(unit.media().asset(ws, mine.id).await.expect("asset"), None);
        assert_eq!(unit.media().asset_by_hash(ws, &mine.hash).await.expect("by hash"), None);
        let kept = unit.media().rendition(other, &mine.hash, "p").await.expect("rendition");
        assert_eq!(kept, Some(made));
        unit.media().remove_asset(other, theirs.id).await.expect("remove");
        assert!(!unit.media().is_held(&mine.hash).await.expect("held"), "nobody has it");
        // It may come again.
        unit.media().insert_asset(&mine).await.expect("insert");
    });
}

/// An asset is in use while a delivery with it is not settled.
pub async fn an_asset_is_in_use_while_a_post_waits(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    use DeliveryStatus as D;
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let asset = samples.asset(ws).id;
    let item = MediaRef::new;
    let mut delivery = samples.delivery(ws, samples.post(ws).id, samples.lane());
    delivery.media = vec![item(samples.asset(ws).id), item(asset)];
    unit!(&store, unit => unit.deliveries().insert(&delivery).await.expect("insert"));
    for (status, waits) in [
        (D::Draft, true),
        (D::PendingApproval, true),
        (D::Scheduled, true),
        (D::Publishing, true),
        (D::Published, false),
        (D::Failed, false),
        (D::Unconfirmed, false),
        (D::Cancelled, false),
    ] {
        delivery.status = status;
        unit!(&store, unit => unit.deliveries().update(&mut delivery).await.expect("update"));
        unit!(&store, unit => {
            let found = unit.media().waiting_post(ws, asset).await.expect("find");
            assert_eq!(found, waits.then_some(delivery.post_id), "{status:?}");
            let theirs = unit.media().waiting_post(other, asset).await.expect("find");
            assert_eq!(theirs, None);
            let unused = unit.media().waiting_post(ws, samples.asset(ws).id).await.expect("find");
            assert_eq!(unused, None);
        });
    }
}

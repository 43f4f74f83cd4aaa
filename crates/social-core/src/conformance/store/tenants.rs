//! Workspaces, accounts, grants and sign-ins.

use std::sync::Arc;

use super::super::samples::{Samples, at};
use super::{assert_conflict, assert_not_found, begin, unit};
use crate::domain::{Account, Grant, GrantStatus, Platform};
use crate::ports::{JobQueue, Sealed, Store, WrappedKey};

/// A workspace reads back, and all are listed in the order of their ids.
pub async fn a_workspace_is_kept(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (one, two) = (samples.workspace(), samples.workspace());
    unit!(&store, unit => {
        unit.workspaces().insert(&two).await.expect("insert");
        unit.workspaces().insert(&one).await.expect("insert");
    });
    unit!(&store, unit => {
        assert_eq!(unit.workspaces().get(one.id).await.expect("get"), Some(one.clone()));
        assert_eq!(unit.workspaces().get(samples.ws()).await.expect("get"), None);
        assert_eq!(unit.workspaces().list().await.expect("list"), [one, two]);
    });
}

/// A second workspace of the same id is refused.
pub async fn a_workspace_is_inserted_once(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let workspace = Samples::default().workspace();
    unit!(&store, unit => unit.workspaces().insert(&workspace).await.expect("insert"));
    let mut unit = begin(&store).await;
    assert_conflict(unit.workspaces().insert(&workspace).await, "a second insert");
}

/// A data key is replaced, of the workspace named and no other.
pub async fn a_data_key_is_replaced(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (one, two) = (samples.workspace(), samples.workspace());
    let key = WrappedKey(vec![7; 76]);
    unit!(&store, unit => {
        unit.workspaces().insert(&one).await.expect("insert");
        unit.workspaces().insert(&two).await.expect("insert");
        unit.workspaces().set_data_key(one.id, &key).await.expect("set");
        let missing = unit.workspaces().set_data_key(samples.ws(), &key).await;
        assert_not_found(missing, "the key of no workspace");
    });
    unit!(&store, unit => {
        let got = unit.workspaces().get(one.id).await.expect("get").expect("there");
        assert_eq!(got.data_key, key);
        assert_eq!(unit.workspaces().get(two.id).await.expect("get"), Some(two));
    });
}

/// An account reads back whole, and the list is in the order of ids.
pub async fn an_account_is_kept(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let one = samples.account(ws);
    let bare = Account { handle: None, token: None, ..samples.account(ws) };
    unit!(&store, unit => for account in [&bare, &one] {
        assert_eq!(unit.accounts().upsert(account).await.expect("upsert"), account.id);
    });
    unit!(&store, unit => {
        assert_eq!(unit.accounts().get(ws, one.id).await.expect("get"), Some(one.clone()));
        assert_eq!(unit.accounts().list(ws).await.expect("list"), [one, bare]);
    });
}

/// An account of the same network and remote id overwrites the one that is there, which keeps its
/// id and the time it was first connected; and it is connected again.
pub async fn an_account_that_comes_again_keeps_its_id(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let ws = samples.ws();
    let first = samples.account(ws);
    let again = Account {
        remote_id: first.remote_id.clone(),
        name: "Renamed".to_owned(),
        token: None,
        connected_at: at(500),
        ..samples.account(ws)
    };
    unit!(&store, unit => {
        unit.accounts().upsert(&first).await.expect("upsert");
        unit.accounts().disconnect(ws, first.id, at(400)).await.expect("disconnect");
        assert_eq!(unit.accounts().upsert(&again).await.expect("upsert"), first.id);
        let expected = Account { id: first.id, connected_at: first.connected_at, ..again.clone() };
        assert_eq!(unit.accounts().list(ws).await.expect("list"), [expected]);
        assert_eq!(unit.accounts().get(ws, again.id).await.expect("get"), None);
    });
    let elsewhere = Account { platform: Platform::INSTAGRAM, ..again };
    unit!(&store, unit => {
        let id = unit.accounts().upsert(&elsewhere).await.expect("upsert");
        assert_eq!(id, elsewhere.id, "the same remote id at another network is another account");
    });
}

/// All accounts and grants of a workspace are told, whatever became of them, and no other's.
pub async fn all_accounts_and_grants_are_told(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let gone = Account { disconnected_at: Some(at(9)), ..samples.account(ws) };
    let here = samples.account(ws);
    let grants = [samples.grant(ws), samples.grant(ws)];
    unit!(&store, unit => {
        for account in [&here, &gone, &samples.account(other)] {
            unit.accounts().upsert(account).await.expect("upsert");
        }
        for grant in [&grants[1], &grants[0], &samples.grant(other)] {
            unit.grants().insert(grant).await.expect("insert");
        }
    });
    unit!(&store, unit => {
        assert_eq!(unit.accounts().all(ws).await.expect("all"), [gone, here]);
        assert_eq!(unit.grants().list(ws).await.expect("list"), grants);
    });
}

/// A disconnected account can be had by its id and is in no list.
pub async fn a_disconnected_account_is_not_listed(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let ws = samples.ws();
    let account = samples.account(ws);
    unit!(&store, unit => {
        unit.accounts().upsert(&account).await.expect("upsert");
        unit.accounts().disconnect(ws, account.id, at(9)).await.expect("disconnect");
    });
    unit!(&store, unit => {
        assert_eq!(unit.accounts().list(ws).await.expect("list"), []);
        let got = unit.accounts().get(ws, account.id).await.expect("get").expect("there");
        assert_eq!(got.disconnected_at, Some(at(9)));
        let missing = unit.accounts().disconnect(ws, samples.lane(), at(9)).await;
        assert_not_found(missing, "an account that never was");
    });
}

/// No workspace sees or changes another's accounts, and the same page may be in both.
pub async fn accounts_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let mine = samples.account(ws);
    let theirs = Account { remote_id: mine.remote_id.clone(), ..samples.account(other) };
    unit!(&store, unit => {
        unit.accounts().upsert(&mine).await.expect("upsert");
        assert_eq!(unit.accounts().upsert(&theirs).await.expect("upsert"), theirs.id);
        assert_eq!(unit.accounts().get(other, mine.id).await.expect("get"), None);
        assert_eq!(unit.accounts().list(other).await.expect("list"), [theirs]);
        let foreign = unit.accounts().disconnect(other, mine.id, at(1)).await;
        assert_not_found(foreign, "another's account");
        assert_eq!(unit.accounts().list(ws).await.expect("list"), [mine]);
    });
}

/// A grant reads back by its id and by its person.
pub async fn a_grant_is_kept(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let grant = samples.grant(ws);
    let bare = Grant {
        refresh: None,
        expires_at: None,
        refreshing_until: None,
        scopes: Vec::new(),
        ..samples.grant(ws)
    };
    unit!(&store, unit => for grant in [&grant, &bare] {
        unit.grants().insert(grant).await.expect("insert");
    });
    unit!(&store, unit => for grant in [&grant, &bare] {
        let by_id = unit.grants().get(ws, grant.id).await.expect("get");
        assert_eq!(by_id.as_ref(), Some(grant));
        let found = unit.grants().by_subject(ws, &grant.platform, &grant.subject).await;
        assert_eq!(found.expect("by_subject").as_ref(), Some(grant));
        let elsewhere = unit.grants().by_subject(ws, &Platform::TIKTOK, &grant.subject).await;
        assert_eq!(elsewhere.expect("by_subject"), None);
    });
    let mut unit = begin(&store).await;
    assert_conflict(unit.grants().insert(&grant).await, "a second insert");
}

/// A grant is written where its version is the stored one, and its version rises by one.
pub async fn a_grant_is_swapped_by_its_version(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let first = samples.grant(ws);
    unit!(&store, unit => unit.grants().insert(&first).await.expect("insert"));
    let mut second = Grant {
        access: Sealed(vec![42]),
        status: GrantStatus::Active,
        refreshing_until: None,
        expires_at: None,
        ..first.clone()
    };
    unit!(&store, unit => unit.grants().update(&mut second).await.expect("update"));
    assert_eq!(second.version, first.version + 1, "the row is told its new version");
    let got = unit!(&store, unit => unit.grants().get(ws, first.id).await.expect("get"));
    assert_eq!(got, Some(second.clone()));
    let mut stale = first.clone();
    let mut unit = begin(&store).await;
    assert_conflict(unit.grants().update(&mut stale).await, "an old version");
    drop(unit);
    assert_eq!(stale, first, "a refused write leaves the row as it was");
    let mut never = samples.grant(ws);
    let mut unit = begin(&store).await;
    assert_conflict(unit.grants().update(&mut never).await, "a row that never was");
}

/// No workspace sees or changes another's grants.
pub async fn grants_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let grant = samples.grant(ws);
    unit!(&store, unit => unit.grants().insert(&grant).await.expect("insert"));
    unit!(&store, unit => {
        assert_eq!(unit.grants().get(other, grant.id).await.expect("get"), None);
        let found = unit.grants().by_subject(other, &grant.platform, &grant.subject).await;
        assert_eq!(found.expect("by_subject"), None);
    });
    let mut foreign = Grant { workspace_id: other, ..grant.clone() };
    let mut unit = begin(&store).await;
    assert_conflict(unit.grants().update(&mut foreign).await, "another's grant");
    drop(unit);
    let got = unit!(&store, unit => unit.grants().get(ws, grant.id).await.expect("get"));
    assert_eq!(got, Some(grant));
}

/// A sign-in comes back whole, and once.
pub async fn a_sign_in_is_taken_once(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (one, two) = (samples.sign_in(samples.ws()), samples.sign_in(samples.ws()));
    unit!(&store, unit => for sign_in in [&one, &two] {
        unit.sign_ins().insert(sign_in).await.expect("insert");
    });
    let mut unit = begin(&store).await;
    assert_conflict(unit.sign_ins().insert(&one).await, "the same state again");
    drop(unit);
    unit!(&store, unit => {
        assert_eq!(unit.sign_ins().take("unknown", at(0)).await.expect("take"), None);
        let taken = unit.sign_ins().take(&one.state, at(0)).await.expect("take");
        assert_eq!(taken, Some(one.clone()));
    });
    unit!(&store, unit => {
        assert_eq!(unit.sign_ins().take(&one.state, at(0)).await.expect("take"), None);
        let taken = unit.sign_ins().take(&two.state, two.expires_at).await.expect("take");
        assert_eq!(taken, Some(two));
    });
}

/// A sign-in whose time is over cannot be taken any more, by nobody and at no time.
pub async fn an_expired_sign_in_is_gone(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (one, two) = (samples.sign_in(samples.ws()), samples.sign_in(samples.ws()));
    unit!(&store, unit => for sign_in in [&one, &two] {
        unit.sign_ins().insert(sign_in).await.expect("insert");
    });
    unit!(&store, unit => {
        let late = unit.sign_ins().take(&one.state, at(601)).await.expect("take");
        assert_eq!(late, None, "it was taken after its end");
        let other = unit.sign_ins().take(&two.state, at(0)).await.expect("take");
        assert_eq!(other, None, "those that expired were not removed");
    });
}

/// A sign-in is looked at as often as one likes, until it is taken or over.
pub async fn a_sign_in_is_looked_at(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let sign_in = samples.sign_in(samples.ws());
    unit!(&store, unit => unit.sign_ins().insert(&sign_in).await.expect("insert"));
    unit!(&store, unit => {
        for _ in 0..2 {
            let found = unit.sign_ins().get(&sign_in.state, sign_in.expires_at).await;
            assert_eq!(found.expect("get"), Some(sign_in.clone()));
        }
        let over = unit.sign_ins().get(&sign_in.state, at(601)).await.expect("get");
        assert_eq!(over, None);
        assert_eq!(unit.sign_ins().get("unknown", at(0)).await.expect("get"), None);
        unit.sign_ins().take(&sign_in.state, at(0)).await.expect("take");
        assert_eq!(unit.sign_ins().get(&sign_in.state, at(0)).await.expect("get"), None);
    });
}

//! The hours at which accounts like to post.

use std::sync::Arc;

use super::super::samples::Samples;
use super::{begin, unit};
use crate::ports::{JobQueue, Store};

/// An account has one plan at most, and the last one counts.
pub async fn a_slot_plan_is_replaced(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let first = samples.slot_plan(ws, samples.lane());
    let mut second = first.clone();
    second.slots.pop();
    let other = samples.slot_plan(ws, samples.lane());
    unit!(&store, unit => for plan in [&first, &other, &second] {
        unit.slots().put(plan).await.expect("put");
    });
    let mut unit = begin(&store).await;
    unit.slots().put(&first).await.expect("put");
    drop(unit);
    unit!(&store, unit => {
        let got = unit.slots().get(ws, first.account_id).await.expect("get");
        assert_eq!(got, Some(second.clone()));
        assert_eq!(unit.slots().get(ws, samples.lane()).await.expect("get"), None);
        unit.slots().remove(ws, first.account_id).await.expect("remove");
        unit.slots().remove(ws, first.account_id).await.expect("remove what is gone");
        assert_eq!(unit.slots().get(ws, first.account_id).await.expect("get"), None);
        let got = unit.slots().get(ws, other.account_id).await.expect("get");
        assert_eq!(got, Some(other.clone()));
    });
}

/// No workspace sees or forgets another's plans.
pub async fn slot_plans_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let plan = samples.slot_plan(ws, samples.lane());
    unit!(&store, unit => unit.slots().put(&plan).await.expect("put"));
    unit!(&store, unit => {
        assert_eq!(unit.slots().get(other, plan.account_id).await.expect("get"), None);
        unit.slots().remove(other, plan.account_id).await.expect("remove");
        assert_eq!(unit.slots().get(ws, plan.account_id).await.expect("get"), Some(plan.clone()));
    });
}

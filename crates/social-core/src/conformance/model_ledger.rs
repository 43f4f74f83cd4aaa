//! What every ledger of models' costs does.

use std::sync::Arc;

use futures::future::join_all;

use super::samples::Samples;
use crate::ports::ModelLedger;

/// What is set aside counts until it is settled, and then what was spent.
pub async fn what_is_set_aside_counts_until_it_is_settled(ledger: Arc<dyn ModelLedger>) {
    let ws = Samples::default().ws();
    assert_eq!(ledger.spent(ws, 7).await.expect("spent"), 0);
    assert!(ledger.reserve(ws, 7, 60, 100).await.expect("reserve"));
    assert_eq!(ledger.spent(ws, 7).await.expect("spent"), 60);
    assert!(!ledger.reserve(ws, 7, 41, 100).await.expect("reserve too much"));
    assert_eq!(ledger.spent(ws, 7).await.expect("spent"), 60);
    ledger.settle(ws, 7, 60, 25).await.expect("settle");
    assert_eq!(ledger.spent(ws, 7).await.expect("spent"), 25);
    assert!(ledger.reserve(ws, 7, 75, 100).await.expect("all that is left"));
}

/// Each workspace has its own sums, and each day.
pub async fn sums_are_of_a_workspace_and_a_day(ledger: Arc<dyn ModelLedger>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    assert!(ledger.reserve(ws, 7, 100, 100).await.expect("reserve"));
    assert!(!ledger.reserve(ws, 7, 1, 100).await.expect("reserve more"));
    assert!(ledger.reserve(other, 7, 100, 100).await.expect("another's"));
    assert!(ledger.reserve(ws, 8, 100, 100).await.expect("the next day's"));
    assert_eq!(ledger.spent(ws, 7).await.expect("spent"), 100);
}

/// However many ask at once, the budget holds.
pub async fn of_many_who_spend_no_more_get_it_than_the_budget_has(ledger: Arc<dyn ModelLedger>) {
    let ws = Samples::default().ws();
    let asked = (0..40).map(|_| ledger.reserve(ws, 7, 10, 95));
    let got = join_all(asked).await.into_iter().filter(|got| *got.as_ref().expect("reserve"));
    assert_eq!(got.count(), 9);
    assert_eq!(ledger.spent(ws, 7).await.expect("spent"), 90);
}

//! What every store does, and its queue.

mod claims;
mod content;
mod identity;
mod journal;
mod leases;
mod media;
mod numbers;
mod outbox;
mod parking;
mod people;
mod queue;
mod series;
mod slots;
mod tenants;
mod units;
mod waiting;
mod webhooks;
mod words;

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use claims::*;
pub use content::*;
pub use identity::*;
pub use journal::*;
pub use leases::*;
pub use media::*;
pub use numbers::*;
pub use outbox::*;
pub use parking::*;
pub use people::*;
pub use queue::*;
pub use series::*;
pub use slots::*;
pub use tenants::*;
pub use units::*;
pub use waiting::*;
pub use webhooks::*;
pub use words::*;

use super::samples::at;
use crate::domain::NewJob;
use crate::ports::{Claim, ClaimRequest, JobQueue, Store, StoreError, UnitOfWork};

/// A store to be tested, with its queue and what must outlive both.
pub struct StoreUnderTest {
    /// The store, empty.
    pub store: Arc<dyn Store>,
    /// The queue of the same rows.
    pub queue: Arc<dyn JobQueue>,
    /// Dropped after the test, such as a folder.
    pub keep: Option<Box<dyn Any + Send + Sync>>,
}

impl StoreUnderTest {
    /// A store that is its own queue.
    pub fn of<S: Store + JobQueue>(store: Arc<S>) -> Self {
        Self { queue: Arc::<S>::clone(&store), store, keep: None }
    }

    /// The same with something that must outlive it.
    #[must_use]
    pub fn keeping(mut self, keep: impl Any + Send + Sync) -> Self {
        self.keep = Some(Box::new(keep));
        self
    }
}

impl fmt::Debug for StoreUnderTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.store)
    }
}

/// The names of all behaviours, given to a macro.
#[doc(hidden)]
#[macro_export]
macro_rules! __store_behaviours {
    ([$($then:tt)*] $make:path) => {
        $($then)*! { $make;
            a_workspace_is_kept
            a_workspace_is_inserted_once
            a_data_key_is_replaced
            an_account_is_kept
            an_account_that_comes_again_keeps_its_id
            a_disconnected_account_is_not_listed
            accounts_are_of_one_workspace
            all_accounts_and_grants_are_told
            a_grant_is_kept
            a_grant_is_swapped_by_its_version
            grants_are_of_one_workspace
            a_sign_in_is_taken_once
            an_expired_sign_in_is_gone
            a_sign_in_is_looked_at
            a_choice_is_made_once
            a_network_has_one_choice
            choices_are_of_one_workspace
            choices_that_are_over_go

            a_post_is_kept
            a_post_is_swapped_by_its_version
            posts_are_listed_newest_first
            posts_are_of_one_workspace
            posts_are_listed_by_their_status
            posts_are_listed_by_network
            a_series_is_kept
            a_series_is_swapped_by_its_version
            series_are_listed_newest_first
            an_occurrence_becomes_one_post
            series_are_of_one_workspace
            quiet_hours_are_replaced
            a_slot_plan_is_replaced
            slot_plans_are_of_one_workspace
            a_delivery_is_kept
            a_delivery_is_swapped_by_its_version
            deliveries_are_found_by_post_and_account
            of_many_who_look_before_they_add_one_adds
            deliveries_are_counted
            what_is_near_is_told
            deliveries_are_of_one_workspace

            attempts_are_kept_in_order
            an_attempt_is_overwritten
            attempts_are_of_one_workspace
            the_outbox_tells_each_event_until_it_is_marked
            a_listener_goes_on_after_the_event_it_heard
            what_nobody_wants_to_hear_is_marked
            events_are_heard_in_their_workspace_alone
            old_events_are_forgotten_but_the_last
            whoever_listens_hears_that_there_is_news

            a_webhook_is_kept
            a_webhook_is_swapped_by_its_version
            a_removed_webhook_takes_its_messages_along
            messages_are_listed_newest_first
            a_message_is_swapped_by_its_version
            old_messages_are_forgotten_unless_they_are_on_their_way
            webhooks_are_of_one_workspace

            a_request_key_is_kept_once
            request_keys_are_of_one_workspace
            a_request_key_is_overwritten
            request_keys_are_looked_at_when_it_is_time

            an_api_key_is_kept
            of_one_hash_there_is_one_api_key
            an_api_key_is_revoked_once
            the_last_use_of_an_api_key_is_noted
            api_keys_are_of_one_workspace
            the_record_tells_the_latest_first
            the_record_is_of_one_workspace
            a_confirmation_is_taken_once
            an_expired_confirmation_is_gone
            confirmations_are_of_one_workspace

            a_person_is_kept
            a_person_is_known_once
            a_person_is_swapped_by_the_version
            people_are_of_one_workspace
            a_session_is_kept_and_gives_way_once
            sessions_end_together
            sessions_that_are_over_are_removed
            sessions_are_of_one_workspace
            an_invitation_is_good_until_it_is_removed
            invitations_are_of_one_workspace

            an_asset_is_stored_once
            a_rendition_is_replaced
            renditions_rest_from_their_last_use
            media_are_of_one_workspace
            assets_are_listed_newest_first
            an_asset_is_removed_with_its_renditions
            an_asset_is_in_use_while_a_post_waits
            an_upload_is_kept
            an_upload_is_swapped_by_its_version
            open_uploads_are_counted
            uploads_that_nobody_went_on_with_are_found
            uploads_are_of_one_workspace
            snapshots_are_kept_in_order
            a_delivery_is_measured_once
            numbers_are_due_by_account
            numbers_are_rolled_up_by_day
            late_numbers_put_tallies_right
            the_best_posts_are_found
            what_posts_reached_is_told_at_one_age
            numbers_are_of_one_workspace
            a_voice_is_replaced
            an_experiment_has_each_post_once

            a_committed_unit_is_seen
            a_dropped_unit_leaves_nothing
            who_only_reads_sees_the_last_commit
            units_do_not_see_each_other
            a_unit_that_failed_does_not_commit
            what_was_not_found_does_no_harm
            of_many_swaps_one_wins
            a_post_and_its_job_come_together

            a_key_is_queued_once
            many_jobs_come_and_go_at_once
            a_cancelled_job_is_not_handed_out
            a_waiting_job_is_moved
            a_leased_job_is_not_moved
            whoever_waits_is_woken
            the_last_claim_is_known
            the_backlog_is_counted

            no_job_is_handed_out_early
            a_job_is_handed_out_ahead_to_who_waits_for_it
            jobs_come_by_due_time_priority_and_id
            no_more_jobs_than_asked_for
            what_people_wait_for_goes_first
            posts_of_some_are_left_out
            all_together_take_no_more_to_a_network_than_asked_for
            no_job_is_less_urgent_than_asked_for
            a_job_is_handed_to_one_worker
            many_workers_share_the_jobs
            a_leased_job_comes_whole
            the_next_due_time_is_told
            of_a_lane_one_job_runs
            a_lane_runs_in_the_order_of_due_times
            lanes_do_not_hinder_each_other

            a_lease_is_good_until_another_holds_it
            a_lease_that_ended_is_handed_out_again
            a_stale_lease_writes_nothing
            a_lease_is_prolonged
            a_lost_lease_is_not_prolonged
            a_completed_job_is_gone
            a_job_runs_again_when_it_is_due
            a_cancelled_job_loses_its_lease
            a_released_job_is_due_and_its_token_is_void

            a_job_begun_too_often_is_spent
            a_job_that_fails_too_often_is_spent
            parking_is_part_of_its_unit
            progress_lets_a_job_go_on
            a_released_claim_does_not_count
            a_parked_job_frees_its_lane_and_key
            jobs_are_listed_in_the_order_they_are_due
            a_job_is_set_aside_and_taken_back
        }
    };
}

/// Runs every behaviour, each on a store of its own that `make` gives.
///
/// # Panics
/// Where one is broken.
pub async fn all<F>(make: impl Fn() -> F + Sync)
where
    F: Future<Output = StoreUnderTest> + Send,
{
    macro_rules! run {
        ($make:path; $($behaviour:ident)*) => {$(
            let made = $make().await;
            $behaviour(made.store.clone(), made.queue.clone()).await;
        )*};
    }
    crate::__store_behaviours! { [run] make }
}

/// A new unit.
async fn begin(store: &Arc<dyn Store>) -> Box<dyn UnitOfWork> {
    store.begin().await.expect("a unit begins")
}

/// Does something in a unit and commits it.
macro_rules! unit {
    ($store:expr, $unit:ident => $($body:tt)*) => {{
        let mut $unit = $crate::conformance::store::begin($store).await;
        let out = { $($body)* };
        $unit.commit().await.expect("the unit commits");
        out
    }};
}
use unit;

/// How long the suite leases jobs.
const LEASE: Duration = Duration::from_secs(30);

/// Claims at `secs`, at most `limit`.
async fn claim(queue: &Arc<dyn JobQueue>, secs: i64, limit: u32) -> Claim {
    queue.claim(&ClaimRequest::new(at(secs), limit, LEASE)).await.expect("a claim")
}

/// Puts jobs in.
async fn enqueue(store: &Arc<dyn Store>, jobs: &[NewJob]) {
    unit!(store, unit => for job in jobs {
        assert!(unit.jobs().enqueue(job).await.expect("enqueue"), "{job:?} was not put in");
    });
}

/// Asserts that a write was refused because of what is there.
#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "it reads as a sentence at its calls")]
fn assert_conflict<T: fmt::Debug>(result: Result<T, StoreError>, what: &str) {
    assert!(matches!(result, Err(StoreError::Conflict(_))), "{what}: {result:?}");
}

/// Asserts that an insert of what is there is refused: at once, or by the commit.
async fn assert_refused(unit: Box<dyn UnitOfWork>, inserted: Result<(), StoreError>, what: &str) {
    let ended = match inserted {
        Ok(()) => unit.commit().await,
        Err(error) => Err(error),
    };
    assert_conflict(ended, what);
}

/// Asserts that a row is not there for this workspace.
#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "it reads as a sentence at its calls")]
fn assert_not_found<T: fmt::Debug>(result: Result<T, StoreError>, what: &str) {
    assert!(matches!(result, Err(StoreError::NotFound(_))), "{what}: {result:?}");
}

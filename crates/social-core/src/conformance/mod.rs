//! Conformance suites of the ports, for those who implement one.
//!
//! Each behaviour is a public function that panics where an implementation breaks the port's
//! contract, and says how. A macro makes a test of each:
//!
//! ```ignore
//! async fn mine() -> StoreUnderTest {
//!     StoreUnderTest::of(Arc::new(MyStore::new()))
//! }
//! social_core::store_conformance!(my_store, mine);
//! ```
//!
//! The crate that uses the macros needs `tokio` with its feature `macros`. Where several stand
//! behind one port, such as a store and its decorators, run the suite for each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a suite reports what it finds by panicking, as every test does"
)]

pub mod blob_store;
pub mod cache;
pub mod model_ledger;
pub mod password_hasher;
pub mod platform_api;
pub mod rate_limiter;
pub mod samples;
pub mod sealer;
pub mod store;
pub mod trend_source;

pub use platform_api::PlatformUnderTest;
pub use store::StoreUnderTest;

/// Makes a module `$name` with one test for each behaviour of a store and its queue. `$make` is an
/// async function without arguments that gives an empty
/// [`StoreUnderTest`](crate::conformance::StoreUnderTest).
#[macro_export]
macro_rules! store_conformance {
    ($name:ident, $make:path) => {
        mod $name {
            use super::*;
            $crate::__store_behaviours! { [$crate::__store_tests] $make }
        }
    };
}

/// One test for each behaviour of a store.
#[doc(hidden)]
#[macro_export]
macro_rules! __store_tests {
    ($make:path; $($behaviour:ident)*) => {$(
        #[tokio::test]
        async fn $behaviour() {
            let made: $crate::conformance::StoreUnderTest = $make().await;
            $crate::conformance::store::$behaviour(made.store.clone(), made.queue.clone()).await;
        }
    )*};
}

/// Makes a module `$name` with one test for each behaviour of a blob store. `$make` is an async
/// function without arguments that gives an empty store and what must outlive it.
#[macro_export]
macro_rules! blob_store_conformance {
    ($name:ident, $make:path) => {
        $crate::__conformance_tests! { $name, $make, blob_store;
            a_blob_reads_back
            what_is_not_there_is_told
            ranges_are_cut_to_the_blob
            a_large_blob_comes_in_chunks
            putting_again_replaces
            a_reader_sees_one_blob_whole
            a_file_is_copied
            a_broken_put_leaves_nothing
            deleting_is_idempotent
        }
    };
}

/// Makes a module `$name` with one test for each behaviour of a sealer. `$make` is an async
/// function without arguments that gives a sealer and what must outlive it.
#[macro_export]
macro_rules! sealer_conformance {
    ($name:ident, $make:path) => {
        $crate::__conformance_tests! { $name, $make, sealer;
            a_secret_opens_again
            a_secret_opens_at_its_place_alone
            a_secret_opens_with_its_key_alone
            the_same_secret_never_seals_alike
            changed_bytes_do_not_open
            nothing_is_shown
            the_newest_key_needs_no_new_wrap
        }
    };
}

/// Makes a module `$name` with one test for each behaviour of a hasher of passwords. `$make` is an
/// async function without arguments that gives a hasher and what must outlive it.
#[macro_export]
macro_rules! password_hasher_conformance {
    ($name:ident, $make:path) => {
        $crate::__conformance_tests! { $name, $make, password_hasher;
            a_password_fits_its_hash_alone
            the_same_password_never_hashes_alike
            no_password_fits_no_hash
            what_is_no_hash_is_told
        }
    };
}

/// Makes a module `$name` with one test for each behaviour of a network's client. `$make` is an
/// async function without arguments that gives a
/// [`PlatformUnderTest`](crate::conformance::PlatformUnderTest) on a network with nothing on it.
#[macro_export]
macro_rules! platform_api_conformance {
    ($name:ident, $make:path) => {
        $crate::__platform_api_tests! { $name, $make;
            its_rules_are_its_own
            the_same_state_gives_the_same_step
            a_post_is_published_once_by_changing_hands
            a_lost_request_is_sent_again_after_proof
            a_lost_answer_makes_no_second_post
            numbers_of_an_account_come_with_reasons
            what_is_left_is_of_a_quota_of_its_own
        }
    };
}

/// One test for each behaviour of a client.
#[doc(hidden)]
#[macro_export]
macro_rules! __platform_api_tests {
    ($name:ident, $make:path; $($behaviour:ident)*) => {
        mod $name {
            use super::*;
            $(
                #[tokio::test]
                async fn $behaviour() {
                    $crate::conformance::platform_api::$behaviour($make().await).await;
                }
            )*
        }
    };
}

/// Makes a module `$name` with one test for each behaviour of a rate limiter. `$make` is an async
/// function without arguments that gives a limiter and what must outlive it.
#[macro_export]
macro_rules! rate_limiter_conformance {
    ($name:ident, $make:path) => {
        $crate::__conformance_tests! { $name, $make, rate_limiter;
            a_bucket_is_free_until_it_is_blocked
            the_later_instant_wins
            several_buckets_are_told_in_order
            a_quota_is_taken_and_comes_back
            of_many_who_take_no_more_get_one_than_there_are
            what_is_left_of_a_quota_is_known
            buckets_do_not_touch
        }
    };
}

/// Makes a module `$name` with one test for each behaviour of a cache. `$make` is an async
/// function without arguments that gives an empty cache and what must outlive it.
#[macro_export]
macro_rules! cache_conformance {
    ($name:ident, $make:path) => {
        $crate::__conformance_tests! { $name, $make, cache;
            a_value_is_kept_for_its_time_at_most
            the_last_value_counts
            a_removed_value_is_gone
        }
    };
}

/// Makes a module `$name` with one test for each behaviour of a ledger of models' costs. `$make` is
/// an async function without arguments that gives an empty ledger and what must outlive it.
#[macro_export]
macro_rules! model_ledger_conformance {
    ($name:ident, $make:path) => {
        $crate::__conformance_tests! { $name, $make, model_ledger;
            what_is_set_aside_counts_until_it_is_settled
            sums_are_of_a_workspace_and_a_day
            of_many_who_spend_no_more_get_it_than_the_budget_has
        }
    };
}

/// Makes a module `$name` with one test for each behaviour of a source of trends. `$make` is an
/// async function without arguments that gives a source of more than three trends and what must
/// outlive it.
#[macro_export]
macro_rules! trend_source_conformance {
    ($name:ident, $make:path) => {
        $crate::__conformance_tests! { $name, $make, trend_source;
            no_more_come_than_are_asked_for
            the_newest_come_first
            trends_are_plain_text
        }
    };
}

/// One test for each behaviour of a port that stands alone.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    ($name:ident, $make:path, $suite:ident; $($behaviour:ident)*) => {
        mod $name {
            use super::*;
            $(
                #[tokio::test]
                async fn $behaviour() {
                    let (made, _keep) = $make().await;
                    $crate::conformance::$suite::$behaviour(made).await;
                }
            )*
        }
    };
}

//! Engines that are broken on purpose, so that it is known that the simulation would tell.

use super::{Verdict, run};

/// What is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// The journal does not know what is on its way out, so nobody looks before it is sent again.
    NoFence,
    /// A lost answer is taken for a definite no.
    LostIsNo,
    /// Some commits are confirmed and never made.
    Amnesia,
    /// A lease does not end when its worker died.
    EndlessLease,
    /// A worker's clock is ahead of everybody's by half a minute.
    FastClock,
}

/// Seeds within which each of them must be found.
const WITHIN: u64 = 300;

/// How many seeds it takes until the judge finds what `wrong` counts.
fn found(broken: Broken, wrong: fn(&Verdict) -> u64) -> Option<u64> {
    (0..WITHIN).find(|seed| wrong(&run(*seed, Some(broken), false)) > 0)
}

#[test]
fn a_fence_that_forgets_shows_as_a_duplicate() {
    let at = found(Broken::NoFence, |verdict| verdict.duplicates);
    assert!(at.is_some(), "no duplicate in {WITHIN} seeds");
}

#[test]
fn a_lost_answer_that_is_taken_for_a_no_shows_as_a_duplicate() {
    let at = found(Broken::LostIsNo, |verdict| verdict.duplicates);
    assert!(at.is_some(), "no duplicate in {WITHIN} seeds");
}

#[test]
fn a_store_that_forgets_shows() {
    let at = found(Broken::Amnesia, |verdict| verdict.lost + verdict.stuck + verdict.duplicates);
    assert!(at.is_some(), "nothing lost in {WITHIN} seeds");
}

#[test]
fn a_lease_that_never_ends_shows_as_a_post_that_is_stuck() {
    let at = found(Broken::EndlessLease, |verdict| verdict.stuck);
    assert!(at.is_some(), "nothing stuck in {WITHIN} seeds");
}

#[test]
fn a_clock_that_is_ahead_shows_as_a_post_that_is_early() {
    let at = found(Broken::FastClock, |verdict| verdict.early);
    assert!(at.is_some(), "nothing early in {WITHIN} seeds");
}

//! What is believed of a week before anything was observed: what holds for most people, and how
//! much hours have in common.

use std::sync::OnceLock;

use super::week::Hour;
use crate::domain::Platform;

/// Whose hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Task {
    /// The account's.
    Own,
    /// Those of other accounts of its network.
    Network,
    /// Those of accounts of other networks.
    Elsewhere,
}

/// How much factors may vary; what was observed chooses.
pub(super) const SCALES: [f64; 3] = [0.3, 1.0, 3.0];

/// Of an account's week, what part is that of everybody, of its network, and its own.
const EVERYBODY: f64 = 0.3;
const NETWORK: f64 = 0.4;
const OWN: f64 = 0.3;

/// The logarithm of the factor of an hour, before anything was observed: fewer people look when
/// most sleep, and at a network for work when most do not work. No more than that is assumed.
pub(super) fn expected(platform: &Platform, hour: Hour) -> f64 {
    let awake = match hour.hour {
        0 | 23 => -0.3,
        1..=5 => -0.7,
        6 => -0.35,
        7 | 22 => -0.1,
        8..=17 => 0.0,
        _ => 0.1,
    };
    let work = if *platform == Platform::LINKEDIN {
        if hour.weekend() {
            -0.3
        } else if (8..18).contains(&hour.hour) {
            0.1
        } else {
            -0.1
        }
    } else {
        0.0
    };
    awake + work
}

/// How the logarithms of two factors vary together.
pub(super) fn covariance(a: Task, at: Hour, b: Task, bt: Hour, scale: f64) -> f64 {
    let shared = match (a, b) {
        (Task::Own, Task::Own) => EVERYBODY + NETWORK + OWN,
        // Many accounts in one: what each has for itself is lost among them.
        (Task::Own | Task::Network, Task::Own | Task::Network) => EVERYBODY + NETWORK,
        (Task::Elsewhere, Task::Elsewhere) => EVERYBODY + 0.2,
        _ => EVERYBODY,
    };
    shared * scale * alike(at, bt)
}

/// How much two hours of a week have in common: the time of day, the kind of day, the day.
fn alike(a: Hour, b: Hour) -> f64 {
    static TABLE: OnceLock<[[f64; 3]; 24]> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        std::array::from_fn(|apart| {
            let (wide, narrow) = (near(apart, 0.6), near(apart, 0.3));
            // Of days of another kind, of like days, of the same day.
            [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(day, kind)| {
                0.08 * wide
                    + 0.05 * kind * wide
                    + 0.02 * day
                    + 0.03 * (0.6 * day + 0.4 * kind) * narrow
            })
        })
    });
    let days = usize::from(a.weekend() == b.weekend()) + usize::from(a.weekday == b.weekday);
    table[usize::from(a.hour.abs_diff(b.hour))][days]
}

/// How near hours of the day are that are so many apart, around midnight too: 1 for the same.
fn near(apart: usize, length: f64) -> f64 {
    let turn = std::f64::consts::PI * apart as f64 / 24.0;
    (-2.0 * (turn.sin() / length).powi(2)).exp()
}

//! Posts as the model sees them: by hour of the week, against what is usual for their account.

use std::collections::BTreeMap;

use super::Question;
use super::kernel::Task;
use super::week::{HOURS, Hour};
use crate::Timestamp;
use crate::domain::{AccountId, Platform};

/// How a post did.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// On which account.
    pub account: AccountId,
    /// Of which network.
    pub platform: Platform,
    /// When it became visible.
    pub at: Timestamp,
    /// How many it reached, at an age that is the same for all.
    pub reach: f64,
}

/// The posts of one task at one hour of the week.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) task: Task,
    pub(super) hour: Hour,
    /// How many they are, those that are far off for less than one.
    pub(super) weight: f64,
    /// The mean of the logarithms of their reach over the usual.
    pub(super) mean: f64,
}

/// What was observed.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) cells: Vec<Cell>,
    /// How much posts of the same hour vary, as a variance of logarithms.
    pub(super) noise: f64,
    pub(super) own: [u32; HOURS],
    pub(super) others: [u32; HOURS],
}

/// What is believed of chance before anything was seen, and how many posts it takes to believe
/// otherwise.
const NOISE: f64 = 0.36;
const DOUBT: f64 = 6.0;
/// A post counts as at most so many spreads off: the one that everybody shared proves little about
/// its hour.
const OUTLIER: f64 = 3.0;

/// The logarithm of a post's reach over the usual, and what it is worth.
type Value = (f64, f64);

pub(super) fn observe(question: &Question, posts: &[Observation]) -> Seen {
    let mut accounts: BTreeMap<AccountId, Vec<&Observation>> = BTreeMap::new();
    for post in posts.iter().filter(|post| post.reach > 0.0 && post.reach.is_finite()) {
        accounts.entry(post.account).or_default().push(post);
    }
    let mut seen: BTreeMap<(Task, usize), (Hour, Vec<Value>)> = BTreeMap::new();
    let (mut own, mut others) = ([0; HOURS], [0; HOURS]);
    for (account, posts) in accounts {
        let usual = against_usual(&posts);
        for (post, value) in posts.iter().zip(usual) {
            let hour = Hour::of(post.at, question.zone);
            let task = match () {
                () if account == question.account => Task::Own,
                () if post.platform == question.platform => Task::Network,
                () => Task::Elsewhere,
            };
            let counts = if task == Task::Own { &mut own } else { &mut others };
            counts[hour.index()] += 1;
            seen.entry((task, hour.index())).or_insert_with(|| (hour, Vec::new())).1.push(value);
        }
    }
    let noise = noise(seen.values().map(|(hour, values)| (*hour, values.as_slice())));
    let cells = seen
        .into_iter()
        .map(|((task, _), (hour, values))| {
            let weight = values.iter().map(|(_, weight)| weight).sum::<f64>();
            let mean = values.iter().map(|(value, weight)| value * weight).sum::<f64>() / weight;
            Cell { task, hour, weight, mean }
        })
        .collect();
    Seen { cells, noise, own, others }
}

/// The logarithm of each post's reach over what is usual for the account at that time, and how
/// much it is worth: accounts grow, and a post of today is not to be held against those of last
/// year; and a post far off has other reasons than its hour.
fn against_usual(posts: &[&Observation]) -> Vec<Value> {
    let logs: Vec<f64> = posts.iter().map(|post| post.reach.ln()).collect();
    let n = logs.len() as f64;
    let days: Vec<f64> = posts.iter().map(|post| post.at.as_secs() as f64 / 86_400.0).collect();
    let middle = days.iter().sum::<f64>() / n;
    let held = held(&logs);
    let level = held.iter().map(|(log, _)| log).sum::<f64>() / n;
    let along: f64 =
        days.iter().zip(&held).map(|(day, (log, _))| (day - middle) * (log - level)).sum();
    let spread: f64 = days.iter().map(|day| (day - middle).powi(2)).sum::<f64>();
    // A short history shows no trend.
    let slope = along / (spread + 30.0 * 30.0 * DOUBT);
    let off =
        |(day, (log, weight)): (&f64, &(f64, f64))| (log - level - slope * (day - middle), *weight);
    days.iter().zip(&held).map(off).collect()
}

/// `values` with those far off moved to where far begins, and what each is worth then.
fn held(values: &[f64]) -> Vec<Value> {
    let mid = median(values.to_vec());
    let off = median(values.iter().map(|value| (value - mid).abs()).collect()) * 1.4826;
    let most = OUTLIER * off.max(0.3);
    let worth = |value: &f64| (most / (value - mid).abs().max(most)).powi(2);
    values.iter().map(|value| (value.clamp(mid - most, mid + most), worth(value))).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    match n {
        0 => 0.0,
        _ if n % 2 == 1 => values[n / 2],
        _ => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}

/// How much posts vary that went out at the same hour of like days.
fn noise<'a>(cells: impl Iterator<Item = (Hour, &'a [Value])>) -> f64 {
    let mut like: BTreeMap<(bool, u8), Vec<f64>> = BTreeMap::new();
    for (hour, values) in cells {
        like.entry((hour.weekend(), hour.hour))
            .or_default()
            .extend(values.iter().map(|(value, _)| *value));
    }
    let (mut sum, mut free) = (NOISE * DOUBT, DOUBT);
    for values in like.values().filter(|values| values.len() > 1) {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        sum += values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        free += values.len() as f64 - 1.0;
    }
    sum / free
}

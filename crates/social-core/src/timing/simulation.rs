//! Audiences with a known truth: how much reach does each way of choosing the hour lose?

use std::time::Duration;

use uuid::Uuid;

use super::{FOUR_OF_FIVE, Fit, HOURS, Hour, Observation, Question, normal};
use crate::Timestamp;
use crate::domain::{AccountId, Platform};
use crate::ports::{IdSource as _, SeededIds};

const CHANCE: f64 = 0.6;

/// An audience: the logarithms of the factors of its hours, and chance to draw posts by.
struct Audience {
    truth: Vec<f64>,
    ids: SeededIds,
}

fn account(n: u128) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(n))
}

impl Audience {
    /// One that sleeps at hours of its own and looks most at two to three others, some on workdays
    /// only. A part of it is that of its network, drawn from `network`.
    fn new(seed: u64, network: u64) -> Self {
        let ids = SeededIds::new(seed);
        let shared = SeededIds::new(network);
        let mut truth = vec![0.0; HOURS];
        for (ids, part) in [(&shared, 0.6), (&ids, 0.6)] {
            let wakes = 6.0 + ids.below(4) as f64;
            let peaks: Vec<(f64, f64, u64)> = (0..2 + ids.below(2))
                .map(|_| {
                    (8.0 + ids.below(14) as f64, 0.3 + ids.below(50) as f64 / 100.0, ids.below(3))
                })
                .collect();
            for hour in Hour::all() {
                let h = f64::from(hour.hour);
                let mut value = if h < wakes { -0.8 } else { 0.0 };
                for (at, height, days) in &peaks {
                    let on = *days == 0 || (*days == 1) != hour.weekend();
                    value += if on { height * (-((h - at) / 1.8).powi(2)).exp() } else { 0.0 };
                }
                truth[hour.index()] += part * value;
            }
        }
        Self { truth, ids }
    }

    fn post(&self, n: u128, at: Timestamp) -> Observation {
        let hour = Hour::of(at, chrono_tz::Tz::UTC);
        let reach = (6.0 + self.truth[hour.index()] + CHANCE * normal(&self.ids)).exp();
        Observation { account: account(n), platform: Platform::INSTAGRAM, at, reach }
    }

    /// `count` posts as people make them: any day, between 7 and 23, more about some hours.
    fn history(&self, n: u128, count: u64) -> Vec<Observation> {
        let habit = 8 + self.ids.below(12);
        (0..count)
            .map(|_| {
                let hour = if self.ids.below(2) == 0 {
                    habit + self.ids.below(3)
                } else {
                    7 + self.ids.below(16)
                };
                self.post(
                    n,
                    week(self.ids.below(52))
                        + Duration::from_secs((self.ids.below(7) * 24 + hour) * 3600),
                )
            })
            .collect()
    }

    fn best(&self) -> f64 {
        self.truth.iter().copied().fold(f64::MIN, f64::max)
    }

    /// The part of the reach that is lost at these hours against the best.
    fn regret(&self, hours: impl Iterator<Item = (u8, u8)>) -> f64 {
        let lost: Vec<f64> = hours
            .map(|(weekday, hour)| {
                1.0 - (self.truth[Hour { weekday, hour }.index()] - self.best()).exp()
            })
            .collect();
        lost.iter().sum::<f64>() / lost.len() as f64
    }
}

/// The Monday of week `n`.
fn week(n: u64) -> Timestamp {
    Timestamp::from_secs(1_767_571_200) + Duration::from_secs(n * 7 * 86400)
}

/// What guides for everybody name: mid-mornings from Tuesday to Thursday.
const GUIDE: [(u8, u8); 9] =
    [(1, 9), (1, 10), (1, 11), (2, 9), (2, 10), (2, 11), (3, 9), (3, 10), (3, 11)];

/// Three slots a day, every day: what schedulers are delivered with.
fn slots() -> impl Iterator<Item = (u8, u8)> {
    (0..7).flat_map(|day| [2, 6, 11].map(|hour| (day, hour)))
}

/// The hours whose posts did best on average, as a table of means would have it.
fn means(posts: &[Observation]) -> Vec<(u8, u8)> {
    let mut sums = vec![(0.0, 0.0); HOURS];
    for post in posts {
        let cell = &mut sums[Hour::of(post.at, chrono_tz::Tz::UTC).index()];
        *cell = (cell.0 + post.reach, cell.1 + 1.0);
    }
    let mut hours: Vec<Hour> = Hour::all().filter(|hour| sums[hour.index()].1 > 0.0).collect();
    let mean = |hour: &Hour| sums[hour.index()].0 / sums[hour.index()].1;
    hours.sort_by(|a, b| mean(b).total_cmp(&mean(a)));
    hours.iter().take(3).map(|hour| (hour.weekday, hour.hour)).collect()
}

fn chosen(fit: &Fit) -> impl Iterator<Item = (u8, u8)> {
    fit.windows(3).into_iter().map(|window| (window.weekday, window.hour))
}

fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// How many audiences are tried: all in a release, fewer where the arithmetic is slow.
const SEEDS: u64 = if cfg!(debug_assertions) { 10 } else { 24 };

#[test]
fn the_best_hours_are_found_and_little_is_lost() {
    let question = Question::new(account(1), Platform::INSTAGRAM);
    let mut table = Vec::new();
    for posts in [0, 10, 40, 150] {
        let (mut alone, mut beside, mut mean, mut guide, mut fixed) =
            (vec![], vec![], vec![], vec![], vec![]);
        for seed in 0..SEEDS {
            let network = 1000 + seed;
            let audience = Audience::new(seed, network);
            let own = audience.history(1, posts);
            alone.push(audience.regret(chosen(&Fit::new(&question, &own))));
            let mut all = own.clone();
            for n in 0..4_u64 {
                all.extend(
                    Audience::new(5000 + seed * 10 + n, network).history(2 + u128::from(n), 60),
                );
            }
            beside.push(audience.regret(chosen(&Fit::new(&question, &all))));
            if posts > 0 {
                mean.push(audience.regret(means(&own).into_iter()));
            }
            guide.push(audience.regret(GUIDE.into_iter()));
            fixed.push(audience.regret(slots()));
        }
        let row = [&alone, &beside, &mean, &guide, &fixed].map(|all| average(all));
        println!(
            "lost with {posts:>3} posts: alone {:.3}, beside others {:.3}, table of means {:.3}, guide {:.3}, fixed slots {:.3}",
            row[0], row[1], row[2], row[3], row[4]
        );
        table.push(row);
    }
    for (n, row) in table.iter().enumerate() {
        let [alone, beside, mean, guide, fixed] = *row;
        assert!(
            beside < 0.75 * guide && beside < fixed,
            "others help from the first post on: {row:?}"
        );
        if n > 0 {
            assert!(alone < guide && alone < fixed, "{row:?}");
        }
        if n > 1 {
            assert!(alone < 0.85 * mean && alone < 0.75 * guide, "{row:?}");
        }
    }
    assert!(table[3][0] < 0.16 && table[3][0] < table[2][0] && table[2][0] < table[1][0]);
}

#[test]
fn intervals_hold_about_as_often_as_they_say() {
    let question = Question::new(account(1), Platform::INSTAGRAM);
    let (mut held, mut all) = (0, 0);
    for seed in 100..100 + SEEDS {
        let audience = Audience::new(seed, 2000 + seed);
        let posts = audience.history(1, 80);
        // The truth as the fit tells it: against the usual post of this account.
        let hours: Vec<Hour> =
            posts.iter().map(|post| Hour::of(post.at, chrono_tz::Tz::UTC)).collect();
        let usual =
            average(&hours.iter().map(|hour| audience.truth[hour.index()]).collect::<Vec<_>>());
        let fit = Fit::new(&question, &posts);
        for hour in Hour::all().filter(|hour| (7..23).contains(&hour.hour)) {
            let truth = (audience.truth[hour.index()] - usual).exp();
            let window = fit.window(hour);
            held += u32::from((window.low..=window.high).contains(&truth));
            all += 1;
        }
    }
    let share = f64::from(held) / f64::from(all);
    println!("{:.1} % of intervals hold, of 80 % ({FOUR_OF_FIVE} spreads)", share * 100.0);
    assert!((0.72..0.92).contains(&share), "{share}");
}

#[test]
fn exploring_loses_less_and_less() {
    let question = Question::new(account(1), Platform::INSTAGRAM);
    let weeks = 16;
    let mut lost = vec![0.0; weeks as usize];
    let (mut guide, seeds) = (0.0, 10);
    for seed in 0..seeds {
        let audience = Audience::new(700 + seed, 800 + seed);
        let ids = SeededIds::new(seed);
        let mut posts = Vec::new();
        for n in 0..weeks {
            let fit = Fit::new(&question, &posts);
            let hours: Vec<(u8, u8)> = (0..4)
                .map(|_| fit.explore(&ids, 1)[0].clone())
                .map(|window| (window.weekday, window.hour))
                .collect();
            lost[n as usize] += audience.regret(hours.iter().copied()) / seeds as f64;
            for (day, hour) in hours {
                let at =
                    week(n) + Duration::from_secs((u64::from(day) * 24 + u64::from(hour)) * 3600);
                posts.push(audience.post(1, at));
            }
        }
        guide += audience.regret(GUIDE.into_iter()) / seeds as f64;
    }
    let quarter = |n: usize| average(&lost[n * 4..n * 4 + 4]);
    println!(
        "lost while exploring, by month: {:.3} {:.3} {:.3} {:.3}; guide {guide:.3}",
        quarter(0),
        quarter(1),
        quarter(2),
        quarter(3)
    );
    assert!(quarter(3) < 0.8 * quarter(0) && quarter(3) < 0.8 * guide);
}

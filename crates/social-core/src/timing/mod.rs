//! When posts do well: what an account's own history says of the hours of its week, helped out by
//! the accounts beside it and, where there is little of both, by what holds for most people.
//!
//! The reach of a post is taken as the account's usual reach times a factor of the hour of the week
//! it was visible in, times chance. The logarithms of the factors are a Gaussian process over the
//! 168 hours of a week: hours near each other and like days are alike. Accounts share a part of
//! it, those of one network a larger one. The posterior is exact, so an interval is what it says.
//!
//! ```
//! use social_core::domain::{AccountId, Platform};
//! use social_core::timing::{Fit, Observation, Question};
//!
//! let account = AccountId::from_uuid(uuid::Uuid::from_u128(1));
//! // A year of posts: on Tuesdays at 18 they reach three times what those on other days do.
//! let posts: Vec<Observation> = (0..52 * 7)
//!     .map(|day| Observation {
//!         account,
//!         platform: Platform::INSTAGRAM,
//!         at: format!("2026-01-01T{:02}:30:00Z", [9, 18][day % 2]).parse::<social_core::Timestamp>().unwrap()
//!             + std::time::Duration::from_secs(86_400 * day as u64),
//!         reach: if day % 7 == 5 && day % 2 == 1 { 900.0 } else { 300.0 },
//!     })
//!     .collect();
//! let fit = Fit::new(&Question::new(account, Platform::INSTAGRAM), &posts);
//! let best = &fit.windows(1)[0];
//! assert_eq!((best.weekday, best.hour), (1, 18));
//! assert!(best.low > 1.2, "{}", best.evidence());
//! ```

mod kernel;
mod linear;
mod observe;
mod week;

#[cfg(test)]
mod simulation;

use chrono_tz::Tz;

use crate::domain::{AccountId, Basis, Platform, PostingWindow};
use crate::ports::IdSource;

pub use observe::Observation;
pub use week::{BadHour, HOURS, Hour, QuietHours};

use kernel::{SCALES, Task, covariance, expected};
use linear::Cholesky;
use observe::{Cell, observe};

/// Whose best hours are asked for.
#[derive(Debug, Clone)]
pub struct Question {
    /// The account.
    pub account: AccountId,
    /// Its network.
    pub platform: Platform,
    /// Where its audience lives: hours are those of this zone's clocks.
    pub zone: Tz,
    /// Hours at which nothing is to go out.
    pub quiet: Option<QuietHours>,
}

impl Question {
    /// A question in UTC, without quiet hours.
    #[must_use]
    pub fn new(account: AccountId, platform: Platform) -> Self {
        Self { account, platform, zone: Tz::UTC, quiet: None }
    }
}

/// How many standard deviations an interval that holds in four of five cases spans to each side.
const FOUR_OF_FIVE: f64 = 1.2816;

/// What is known of an account's week.
#[derive(Debug, Clone)]
pub struct Fit {
    question: Question,
    /// The logarithms of the factors, and how they vary together.
    mean: Vec<f64>,
    variance: Vec<Vec<f64>>,
    own: [u32; HOURS],
    others: [u32; HOURS],
}

impl Fit {
    /// Learns from `posts` of the account and of others. Posts that reached nobody tell nothing
    /// and are left out.
    #[must_use]
    pub fn new(question: &Question, posts: &[Observation]) -> Self {
        let seen = observe(question, posts);
        let fit = SCALES
            .iter()
            .filter_map(|scale| posterior(&seen.cells, seen.noise, *scale, &question.platform))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let (mean, variance) = fit.map_or_else(
            || {
                let mean: Vec<f64> =
                    Hour::all().map(|hour| expected(&question.platform, hour)).collect();
                let all: Vec<Hour> = Hour::all().collect();
                (
                    mean,
                    all.iter()
                        .map(|a| {
                            all.iter()
                                .map(|b| covariance(Task::Own, *a, Task::Own, *b, 1.0))
                                .collect()
                        })
                        .collect(),
                )
            },
            |(_, mean, variance)| (mean, variance),
        );
        // Factors are told against the account's usual post: one at the hours it posts at.
        let posts: u32 = seen.own.iter().sum();
        let mut usual = 0.0;
        for (hour, n) in seen.own.iter().enumerate() {
            usual += mean[hour] * f64::from(*n) / f64::from(posts.max(1));
        }
        let mean = mean.iter().map(|value| value - usual).collect();
        Self { question: question.clone(), mean, variance, own: seen.own, others: seen.others }
    }

    /// The `limit` best hours, the best first, none beside a better one of the same day.
    #[must_use]
    pub fn windows(&self, limit: usize) -> Vec<PostingWindow> {
        self.pick(&self.mean, limit)
    }

    /// As [`Fit::windows`], but chosen by how likely each is to be the best (Thompson sampling):
    /// posting so finds out what the history does not tell, at the least cost.
    #[must_use]
    pub fn explore(&self, ids: &dyn IdSource, limit: usize) -> Vec<PostingWindow> {
        let Some(root) = Cholesky::new(&self.variance, 1e-9) else { return self.windows(limit) };
        let chance: Vec<f64> = (0..HOURS).map(|_| normal(ids)).collect();
        let drawn = root.times(&chance);
        let drawn: Vec<f64> = self.mean.iter().zip(drawn).map(|(mean, by)| mean + by).collect();
        self.pick(&drawn, limit)
    }

    /// What is known of one hour.
    #[must_use]
    pub fn window(&self, hour: Hour) -> PostingWindow {
        let at = hour.index();
        let (mean, spread) = (self.mean[at], FOUR_OF_FIVE * self.variance[at][at].max(0.0).sqrt());
        let near = hour.near();
        let sum = |counts: &[u32; HOURS]| near.iter().map(|hour| counts[hour.index()]).sum();
        let (own, others): (u32, u32) = (sum(&self.own), sum(&self.others));
        PostingWindow {
            weekday: hour.weekday,
            hour: hour.hour,
            zone: self.question.zone.name().to_owned(),
            factor: mean.exp(),
            low: (mean - spread).exp(),
            high: (mean + spread).exp(),
            posts: self.own[at],
            near: own,
            others,
            basis: match (own, others) {
                (0, 0) => Basis::Habit,
                (0..=2, _) => Basis::Others,
                _ => Basis::Own,
            },
        }
    }

    fn pick(&self, values: &[f64], limit: usize) -> Vec<PostingWindow> {
        let quiet =
            |hour: &Hour| self.question.quiet.is_some_and(|quiet| quiet.contains(hour.hour));
        let mut hours: Vec<Hour> = Hour::all().filter(|hour| !quiet(hour)).collect();
        hours.sort_by(|a, b| values[b.index()].total_cmp(&values[a.index()]));
        let mut picked: Vec<Hour> = Vec::new();
        for hour in hours {
            if picked.len() == limit {
                break;
            }
            if picked
                .iter()
                .all(|other| other.weekday != hour.weekday || other.hour.abs_diff(hour.hour) > 1)
            {
                picked.push(hour);
            }
        }
        picked.into_iter().map(|hour| self.window(hour)).collect()
    }
}

type Posterior = (f64, Vec<f64>, Vec<Vec<f64>>);

/// How likely the observations are where factors vary as much as `scale` says, and the account's
/// week given them. `None` where nothing was observed.
fn posterior(cells: &[Cell], noise: f64, scale: f64, platform: &Platform) -> Option<Posterior> {
    if cells.is_empty() {
        return None;
    }
    let mut between: Vec<Vec<f64>> = cells
        .iter()
        .map(|a| cells.iter().map(|b| covariance(a.task, a.hour, b.task, b.hour, scale)).collect())
        .collect();
    for (n, cell) in cells.iter().enumerate() {
        between[n][n] += noise / cell.weight;
    }
    let root = Cholesky::new(&between, 1e-9)?;
    let off: Vec<f64> =
        cells.iter().map(|cell| cell.mean - expected(platform, cell.hour)).collect();
    let half = root.solve_lower(&off);
    // Few posts fit any scale: without a belief in the middle one, chance would choose.
    let belief = -0.5 * scale.ln().powi(2);
    let likely = belief - 0.5 * half.iter().map(|x| x * x).sum::<f64>() - root.log_diagonal();
    let all: Vec<Hour> = Hour::all().collect();
    // Of each hour of the week: how it goes with what was observed, freed of how that goes with itself.
    let halves: Vec<Vec<f64>> = all
        .iter()
        .map(|hour| {
            let with: Vec<f64> = cells
                .iter()
                .map(|cell| covariance(Task::Own, *hour, cell.task, cell.hour, scale))
                .collect();
            root.solve_lower(&with)
        })
        .collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let mean = all
        .iter()
        .zip(&halves)
        .map(|(hour, with)| expected(platform, *hour) + dot(with, &half))
        .collect();
    let mut variance = vec![vec![0.0; HOURS]; HOURS];
    for a in 0..HOURS {
        for b in 0..=a {
            let prior = covariance(Task::Own, all[a], Task::Own, all[b], scale);
            variance[a][b] = prior - dot(&halves[a], &halves[b]);
            variance[b][a] = variance[a][b];
        }
    }
    Some((likely, mean, variance))
}

/// A number of the standard normal distribution (Box and Muller).
fn normal(ids: &dyn IdSource) -> f64 {
    const STEPS: u64 = 1 << 53;
    let part = || (ids.below(STEPS) as f64 + 0.5) / STEPS as f64;
    (-2.0 * part().ln()).sqrt() * (std::f64::consts::TAU * part()).cos()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::Timestamp;
    use crate::ports::SeededIds;

    fn account(n: u128) -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(n))
    }

    fn post(n: u128, at: &str, reach: f64) -> Observation {
        Observation {
            account: account(n),
            platform: Platform::INSTAGRAM,
            at: at.parse().unwrap(),
            reach,
        }
    }

    fn weeks(n: u128, first: &str, count: u64, reach: f64) -> Vec<Observation> {
        let start: Timestamp = first.parse().unwrap();
        let week = |k| start + std::time::Duration::from_secs(k * 7 * 86400);
        (0..count).map(|k| Observation { at: week(k), ..post(n, first, reach) }).collect()
    }

    #[test]
    fn without_history_it_says_so_and_nobody_is_woken() {
        let fit = Fit::new(&Question::new(account(1), Platform::INSTAGRAM), &[]);
        for window in fit.windows(5) {
            assert_eq!(window.basis, Basis::Habit);
            assert!((7..23).contains(&window.hour), "{window:?}");
            assert!(window.low < 1.0 && window.high > 1.0, "nothing is known: {window:?}");
        }
        assert!(fit.windows(1)[0].evidence().starts_with("no posts"));
    }

    #[test]
    fn hours_are_those_of_the_audience_through_summer_and_winter() {
        // 18:00 in Berlin is 17:00 UTC in winter and 16:00 in summer.
        let mut posts = weeks(1, "2026-01-06T17:20:00Z", 10, 900.0);
        posts.extend(weeks(1, "2026-06-02T16:20:00Z", 10, 900.0));
        posts.extend(weeks(1, "2026-01-07T08:20:00Z", 20, 200.0));
        let question =
            Question { zone: Tz::Europe__Berlin, ..Question::new(account(1), Platform::INSTAGRAM) };
        let best = &Fit::new(&question, &posts).windows(1)[0];
        assert_eq!((best.weekday, best.hour, best.posts), (1, 18, 20));
        assert_eq!(best.zone, "Europe/Berlin");
        assert_eq!(best.basis, Basis::Own);
    }

    #[test]
    fn quiet_hours_are_never_proposed() {
        let posts = weeks(1, "2026-01-06T23:20:00Z", 30, 900.0);
        let quiet = Some(QuietHours { from: 22, to: 8 });
        let question = Question { quiet, ..Question::new(account(1), Platform::INSTAGRAM) };
        let fit = Fit::new(&question, &posts);
        let ids = SeededIds::new(3);
        for window in fit.windows(20).iter().chain(&fit.explore(&ids, 20)) {
            assert!((8..22).contains(&window.hour));
        }
    }

    #[test]
    fn a_new_account_learns_from_those_beside_it() {
        let mut posts = Vec::new();
        for n in 2..6 {
            posts.extend(weeks(n, "2026-01-08T20:20:00Z", 15, 900.0));
            posts.extend(weeks(n, "2026-01-09T09:20:00Z", 15, 300.0));
        }
        let fit = Fit::new(&Question::new(account(1), Platform::INSTAGRAM), &posts);
        let best = &fit.windows(1)[0];
        assert_eq!((best.weekday, best.hour), (3, 20));
        assert_eq!((best.posts, best.basis), (0, Basis::Others));
        assert!(best.evidence().contains("60 of other accounts"), "{}", best.evidence());
    }

    #[test]
    fn one_lucky_post_is_no_proof() {
        // Posts vary as they do: from half to twice the usual.
        let vary = |posts: Vec<Observation>| {
            let by = [0.5, 1.0, 2.0, 1.4, 0.7];
            posts
                .into_iter()
                .zip(by.into_iter().cycle())
                .map(|(post, by)| Observation { reach: post.reach * by, ..post })
        };
        let mut posts: Vec<_> = vary(weeks(1, "2026-01-06T09:20:00Z", 15, 300.0)).collect();
        posts.extend(vary(weeks(1, "2026-01-08T18:20:00Z", 15, 600.0)));
        posts.push(post(1, "2026-01-10T03:20:00Z", 90_000.0));
        let best = &Fit::new(&Question::new(account(1), Platform::INSTAGRAM), &posts).windows(1)[0];
        assert_eq!((best.weekday, best.hour), (3, 18), "{best:?}");
    }

    #[test]
    fn exploring_is_repeatable_by_seed_and_differs_between_draws() {
        let posts = weeks(1, "2026-01-06T09:20:00Z", 4, 300.0);
        let fit = Fit::new(&Question::new(account(1), Platform::INSTAGRAM), &posts);
        let draw = |seed| {
            let ids = SeededIds::new(seed);
            (0..5).map(|_| fit.explore(&ids, 1)[0].clone()).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }
}

//! How people took to posts, and groups of posts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{Metric, Metrics};

/// What people did with a post, against how many saw it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Engagement {
    /// Likes, comments, shares and saves, as far as they are known.
    pub acts: u64,
    /// How many saw it.
    pub seen: u64,
    /// By what they were counted.
    pub by: Metric,
    /// Acts over seen.
    pub rate: f64,
}

/// Why a post has no rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum NoRate {
    /// Nobody says how many saw it.
    #[error("the network does not say how many saw it: {why}")]
    Unseen {
        /// The network's reason.
        why: String,
    },
    /// Nobody saw it yet.
    #[error("nobody saw it yet")]
    Nobody,
    /// No act is counted.
    #[error("the network counts no likes, comments, shares or saves")]
    NoActs,
}

const ACTS: [Metric; 4] = [Metric::Likes, Metric::Comments, Metric::Shares, Metric::Saves];
const SEEN: [Metric; 3] = [Metric::Reach, Metric::Views, Metric::Impressions];

impl Engagement {
    /// The engagement of a post.
    ///
    /// # Errors
    /// [`NoRate`] where the network does not give what it takes.
    pub fn of(metrics: &Metrics) -> Result<Self, NoRate> {
        let found = SEEN.iter().find_map(|by| Some((*by, *metrics.values.get(by)?)));
        let Some((by, seen)) = found else {
            let why = SEEN.iter().find_map(|by| metrics.missing.get(by)).cloned();
            return Err(NoRate::Unseen { why: why.unwrap_or_else(|| "no reason given".into()) });
        };
        if seen == 0 {
            return Err(NoRate::Nobody);
        }
        let known: Vec<u64> =
            ACTS.iter().filter_map(|act| metrics.values.get(act).copied()).collect();
        if known.is_empty() {
            return Err(NoRate::NoActs);
        }
        let acts = known.iter().sum();
        Ok(Self { acts, seen, by, rate: acts as f64 / seen as f64 })
    }
}

/// By what factor `now` is more than `before`; `None` where there was nothing.
#[must_use]
pub fn growth(before: u64, now: u64) -> Option<f64> {
    (before > 0).then(|| now as f64 / before as f64)
}

/// Posts that have something in common.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// How many.
    pub posts: u32,
    /// The sums of their numbers.
    pub sums: BTreeMap<Metric, u64>,
    /// How many of the posts a sum is of, where it is not of all.
    pub of: BTreeMap<Metric, u32>,
    /// The middle of their rates of engagement, where any has one.
    pub rate: Option<f64>,
    /// How many have no rate.
    pub without_rate: u32,
}

/// `posts` by what `keys` says of each: its network, its campaign, its hour, all its hashtags.
pub fn group<'a, T: 'a, K: Ord>(
    posts: impl IntoIterator<Item = (&'a T, &'a Metrics)>,
    keys: impl Fn(&T) -> Vec<K>,
) -> BTreeMap<K, Group> {
    let mut groups: BTreeMap<K, (Group, Vec<f64>)> = BTreeMap::new();
    for (post, metrics) in posts {
        for key in keys(post) {
            let (group, rates) = groups.entry(key).or_default();
            group.posts += 1;
            for (metric, value) in &metrics.values {
                let sum = group.sums.entry(*metric).or_default();
                *sum = sum.saturating_add(*value);
                *group.of.entry(*metric).or_default() += 1;
            }
            match Engagement::of(metrics) {
                Ok(engagement) => rates.push(engagement.rate),
                Err(_) => group.without_rate += 1,
            }
        }
    }
    let finish = |(key, (mut group, mut rates)): (K, (Group, Vec<f64>))| {
        rates.sort_by(f64::total_cmp);
        let n = rates.len();
        group.rate = (n > 0).then(|| f64::midpoint(rates[(n - 1) / 2], rates[n / 2]));
        let all = group.posts;
        group.of.retain(|_, of| *of < all);
        (key, group)
    };
    groups.into_iter().map(finish).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics(values: &[(Metric, u64)], missing: &[(Metric, &str)]) -> Metrics {
        Metrics {
            values: values.iter().copied().collect(),
            missing: missing.iter().map(|(metric, why)| (*metric, (*why).to_owned())).collect(),
            ..Metrics::default()
        }
    }

    #[test]
    fn a_rate_needs_both_sides_and_says_what_it_lacks() {
        let full = metrics(
            &[(Metric::Reach, 200), (Metric::Views, 900), (Metric::Likes, 8), (Metric::Saves, 2)],
            &[],
        );
        let engagement = Engagement::of(&full).unwrap();
        assert_eq!((engagement.acts, engagement.seen, engagement.by), (10, 200, Metric::Reach));
        assert!((engagement.rate - 0.05).abs() < 1e-12);
        let unseen = metrics(&[(Metric::Likes, 8)], &[(Metric::Reach, "needs 100 followers")]);
        assert_eq!(
            Engagement::of(&unseen),
            Err(NoRate::Unseen { why: "needs 100 followers".into() })
        );
        assert_eq!(Engagement::of(&metrics(&[(Metric::Reach, 0)], &[])), Err(NoRate::Nobody));
        assert_eq!(Engagement::of(&metrics(&[(Metric::Reach, 9)], &[])), Err(NoRate::NoActs));
    }

    #[test]
    fn groups_say_of_how_many_their_sums_are() {
        let posts = [
            ("x", metrics(&[(Metric::Reach, 100), (Metric::Likes, 10)], &[])),
            ("x", metrics(&[(Metric::Likes, 5)], &[])),
            ("y", metrics(&[(Metric::Reach, 50), (Metric::Likes, 1)], &[])),
        ];
        let groups = group(posts.iter().map(|(key, metrics)| (key, metrics)), |key| vec![*key]);
        let x = &groups["x"];
        assert_eq!((x.posts, x.sums[&Metric::Likes], x.sums[&Metric::Reach]), (2, 15, 100));
        assert_eq!(x.of, BTreeMap::from([(Metric::Reach, 1)]));
        assert_eq!((x.rate, x.without_rate), (Some(0.1), 1));
        assert!(groups["y"].of.is_empty());
    }

    #[test]
    fn growth_from_nothing_is_no_number() {
        assert_eq!(growth(0, 5), None);
        assert_eq!(growth(4, 5), Some(1.25));
    }
}

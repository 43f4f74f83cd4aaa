//! Two variants of a post: which does better, if that can be told.
//!
//! What counts are posts, not people: two posts of one variant differ more than the many who saw
//! them would let think. So the rates of posts are compared, each as sure as its numbers make it,
//! plus what posts vary anyway. The interval holds however often one looks (a confidence sequence,
//! by a normal mixture): nobody has to wait for a planned end.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// One of two variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// The first.
    A,
    /// The second.
    B,
}

/// Which variant the `n`-th post of an experiment gets: by chance, and in each pair one of both, so
/// that neither gets all the good days. The same seed gives the same order.
#[must_use]
pub fn assign(seed: u64, n: u64) -> Variant {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..].copy_from_slice(&(n / 2).to_le_bytes());
    let coin = u64::from(Sha256::digest(bytes)[0] & 1);
    if (n + coin).is_multiple_of(2) { Variant::A } else { Variant::B }
}

/// What came of one post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Result {
    /// How many saw it.
    pub reached: u64,
    /// How many of them did what it is about: clicked, liked, …
    pub acted: u64,
}

/// What two variants come to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The posts of each variant that count.
    pub posts: (u32, u32),
    /// The rate of B as a factor of that of A: the likeliest, and the interval that holds in 19 of
    /// 20 experiments, whenever one looks. `None` where a variant has nothing to show.
    pub factor: Option<(f64, f64, f64)>,
    /// What to make of it.
    pub verdict: Verdict,
}

/// What to make of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// This one does better.
    Better {
        /// Which.
        variant: Variant,
    },
    /// They differ by less than a tenth.
    Alike,
    /// Not enough data.
    NotEnough {
        /// About how many more posts of each would tell a difference of a quarter.
        more: u32,
    },
}

/// How sure a verdict is: wrong in one of twenty experiments.
const WRONG: f64 = 0.05;
/// What posts vary by themselves, as a variance of logarithms of rates, and the posts it takes to
/// believe otherwise.
const VARY: f64 = 0.09;
const DOUBT: f64 = 6.0;
/// Differences are expected to be about so large (a variance of logarithms).
const EFFECT: f64 = 0.04;
/// Less than this is as good as nothing: a tenth.
const NOTHING: f64 = 0.095;
/// What is to be told at least, where there is something: a quarter.
const SOMETHING: f64 = 0.223;

/// Compares the posts of variant A with those of variant B.
#[must_use]
pub fn compare(a: &[Result], b: &[Result]) -> Comparison {
    let (a, b): (Vec<_>, Vec<_>) =
        (a.iter().filter_map(rate).collect(), b.iter().filter_map(rate).collect());
    let posts = (a.len() as u32, b.len() as u32);
    if a.is_empty() || b.is_empty() {
        return Comparison { posts, factor: None, verdict: Verdict::NotEnough { more: 8 } };
    }
    let vary = vary(&a, &b);
    let (mean_a, var_a) = pooled(&a, vary);
    let (mean_b, var_b) = pooled(&b, vary);
    let (off, variance) = (mean_b - mean_a, var_a + var_b);
    let half = half_width(variance);
    let (low, high) = (off - half, off + half);
    let verdict = if low > 0.0 {
        Verdict::Better { variant: Variant::B }
    } else if high < 0.0 {
        Verdict::Better { variant: Variant::A }
    } else if low > -NOTHING && high < NOTHING {
        Verdict::Alike
    } else {
        Verdict::NotEnough { more: more(variance, posts.0.min(posts.1)) }
    };
    Comparison { posts, factor: Some((off.exp(), low.exp(), high.exp())), verdict }
}

/// The logarithm of a post's rate and how unsure it is by its numbers alone.
fn rate(post: &Result) -> Option<(f64, f64)> {
    if post.reached == 0 || post.acted > post.reached {
        return None;
    }
    // Half an act more keeps a post of none in the count.
    let (acted, reached) = (post.acted as f64 + 0.5, post.reached as f64 + 1.0);
    Some(((acted / reached).ln(), 1.0 / acted - 1.0 / reached))
}

/// What posts of one variant vary beyond what their numbers explain.
fn vary(a: &[(f64, f64)], b: &[(f64, f64)]) -> f64 {
    let (mut sum, mut free) = (VARY * DOUBT, DOUBT);
    for arm in [a, b] {
        let mean = arm.iter().map(|(rate, _)| rate).sum::<f64>() / arm.len() as f64;
        let explained = arm.iter().map(|(_, unsure)| unsure).sum::<f64>() / arm.len() as f64;
        let spread = arm.iter().map(|(rate, _)| (rate - mean).powi(2)).sum::<f64>();
        let left = arm.len() as f64 - 1.0;
        sum += (spread - left * explained).max(0.0);
        free += left;
    }
    sum / free
}

fn pooled(arm: &[(f64, f64)], vary: f64) -> (f64, f64) {
    let weights: Vec<f64> = arm.iter().map(|(_, unsure)| 1.0 / (unsure + vary)).collect();
    let sum: f64 = weights.iter().sum();
    let mean = arm.iter().zip(&weights).map(|((rate, _), weight)| rate * weight).sum::<f64>() / sum;
    (mean, 1.0 / sum)
}

/// Half the interval of an estimate of this variance that holds at all looks at once.
fn half_width(variance: f64) -> f64 {
    let whole = variance + EFFECT;
    (variance * whole / EFFECT * (whole / (variance * WRONG * WRONG)).ln()).sqrt()
}

/// About how many more posts of each variant it takes.
fn more(variance: f64, posts: u32) -> u32 {
    let of_one = variance * f64::from(posts);
    let enough = (posts..).take(1000).find(|n| half_width(of_one / f64::from(*n)) <= SOMETHING);
    enough.unwrap_or(posts + 1000).saturating_sub(posts).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::{IdSource as _, SeededIds};

    fn normal(ids: &SeededIds) -> f64 {
        (0..12).map(|_| ids.below(1 << 40) as f64 / (1_u64 << 40) as f64).sum::<f64>() - 6.0
    }

    fn post(ids: &SeededIds, factor: f64) -> Result {
        let reached = 500 + ids.below(4000);
        let rate = 0.04 * factor * (0.3 * normal(ids)).exp();
        Result { reached, acted: ((reached as f64 * rate) as u64).min(reached) }
    }

    /// How many of `runs` experiments end with a verdict, looked at after each pair of posts, and
    /// how many of them with B.
    fn ends(factor: f64, pairs: usize, runs: u64) -> (u64, u64) {
        let (mut ended, mut for_b) = (0, 0);
        for seed in 0..runs {
            let ids = SeededIds::new(seed);
            let (mut a, mut b) = (Vec::new(), Vec::new());
            for _ in 0..pairs {
                a.push(post(&ids, 1.0));
                b.push(post(&ids, factor));
                if let Verdict::Better { variant } = compare(&a, &b).verdict {
                    ended += 1;
                    for_b += u64::from(variant == Variant::B);
                    break;
                }
            }
        }
        (ended, for_b)
    }

    #[test]
    fn alike_variants_are_rarely_told_apart_however_often_one_looks() {
        let (ended, _) = ends(1.0, 60, 300);
        println!("{ended} of 300 experiments without a difference found one, of 15 that may");
        assert!(ended <= 15);
    }

    #[test]
    fn a_difference_is_found_and_named_rightly() {
        let (ended, for_b) = ends(1.5, 40, 200);
        println!("{ended} of 200 experiments found the better by half, {for_b} rightly");
        assert!(ended >= 180 && for_b * 100 >= ended * 98);
        let (early, _) = ends(1.5, 2, 200);
        assert!(early < 20, "two posts each prove hardly anything: {early}");
    }

    #[test]
    fn little_data_says_how_much_more() {
        let ids = SeededIds::new(1);
        let few: Vec<_> = (0..3).map(|_| post(&ids, 1.0)).collect();
        let Verdict::NotEnough { more } = compare(&few, &few).verdict else { panic!() };
        assert!((5..100).contains(&more), "{more}");
        let none = compare(&few, &[]);
        assert_eq!((none.factor, none.posts), (None, (3, 0)));
        assert!(matches!(none.verdict, Verdict::NotEnough { .. }));
    }

    #[test]
    fn many_alike_posts_are_alike() {
        let same = vec![Result { reached: 20_000, acted: 1000 }; 400];
        assert_eq!(compare(&same, &same).verdict, Verdict::Alike);
    }

    #[test]
    fn each_pair_has_one_of_both_and_the_order_is_chance() {
        let order: Vec<Variant> = (0..100).map(|n| assign(7, n)).collect();
        assert!(order.chunks(2).all(|pair| pair[0] != pair[1]));
        let first = order.chunks(2).filter(|pair| pair[0] == Variant::A).count();
        assert!((15..=35).contains(&first), "{first}");
        assert_eq!(order, (0..100).map(|n| assign(7, n)).collect::<Vec<_>>());
    }
}

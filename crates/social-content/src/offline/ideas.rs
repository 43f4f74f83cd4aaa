//! Ideas for posts: angles on an industry, what people talk about, and days to come.

use social_core::ports::{Brief, Trend};

use super::keywords::keywords;

/// Angles from which a business can tell of what it does; `{}` is the industry.
const ANGLES: &[&str] = &[
    "A look behind the scenes: how a day in {} begins",
    "Three questions that customers of {} ask most, answered",
    "Before and after: one piece of work from {}, step by step",
    "A mistake that is common in {}, and how to avoid it",
    "The people behind {}: one colleague, one story",
    "What changed in {} over the years",
    "A tool that nobody in {} could do without",
    "Thank a customer: what a good job in {} meant to them",
    "A myth about {}, and what is true",
    "How {} sounds, smells or feels: thirty seconds without a word",
    "Let people vote: two ways to do one thing in {}",
    "What we would tell somebody who is new to {}",
];

/// The longest headline that is repeated.
const HEADLINE: usize = 90;

/// At most `limit` ideas: days to come first, then trends that touch the industry, then angles,
/// beginning with another for another seed.
pub(crate) fn ideas(brief: &Brief, limit: u32) -> Vec<String> {
    let industry = brief.topic.trim();
    let days = brief.days.iter().map(|day| format!("{day} – what it means to {industry}"));
    let topics = keywords(industry);
    let touches = |trend: &&Trend| {
        let said = format!("{} {}", trend.title, trend.summary.as_deref().unwrap_or_default())
            .to_lowercase();
        topics.iter().any(|topic| said.contains(&topic.tag.to_lowercase()))
    };
    let trends = brief.trends.iter().filter(touches).map(|trend| {
        format!("People talk about “{}”: what {industry} says to that", headline(&trend.title))
    });
    let from = (brief.seed % ANGLES.len() as u64) as usize;
    let angles = ANGLES.iter().cycle().skip(from).take(ANGLES.len());
    let angles = angles.map(|angle| angle.replace("{}", industry));
    // Half of them at most are of the day, so that something lasting is among them.
    let timely: Vec<String> = days.chain(trends).take(limit.div_ceil(2) as usize).collect();
    timely.into_iter().chain(angles).take(limit as usize).collect()
}

/// A stranger's headline, fit to be quoted: one line, no link, no mention, no hashtag.
fn headline(title: &str) -> String {
    let words = title.split_whitespace().filter(|word| {
        !word.contains(['@', '#', '“', '”']) && social_core::rules::links(word).is_empty()
    });
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().take(HEADLINE).collect()
}

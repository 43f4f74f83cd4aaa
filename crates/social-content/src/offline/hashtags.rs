//! Which hashtags a text gets: its own words, what did well for the account, and what people who
//! care for such a topic follow.

use std::collections::BTreeMap;

use social_core::ports::Brief;
use social_core::rules::hashtags;

use super::keywords::keywords;

/// Hashtags that are followed for a topic, by a word of it.
const CURATED: &[(&[&str], &[&str])] = &[
    (
        &["coffee", "kaffee", "café", "espresso", "roast", "roastery", "beans"],
        &["SpecialtyCoffee", "CoffeeLovers"],
    ),
    (&["bread", "bakery", "brot", "bäckerei", "sourdough", "pan"], &["Sourdough", "RealBread"]),
    (
        &["food", "menu", "restaurant", "kitchen", "chef", "dinner", "lunch"],
        &["Foodie", "EatLocal"],
    ),
    (&["wine", "wein", "vino", "vineyard"], &["WineLovers"]),
    (&["book", "books", "buch", "novel", "author", "reading"], &["BookLovers", "AmReading"]),
    (&["music", "concert", "band", "album", "musik"], &["LiveMusic"]),
    (&["yoga", "fitness", "gym", "training", "run", "running"], &["FitnessMotivation"]),
    (&["garden", "plants", "flowers", "garten", "blumen"], &["GardenLife"]),
    (&["dog", "dogs", "cat", "cats", "hund", "katze", "pets"], &["PetsOfInstagram"]),
    (&["travel", "trip", "hotel", "reise", "viaje", "holiday"], &["TravelTips"]),
    (&["design", "designer", "typography", "logo"], &["GraphicDesign"]),
    (
        &["software", "code", "developer", "engineering", "rust", "programming"],
        &["SoftwareEngineering"],
    ),
    (&["hiring", "job", "jobs", "career", "vacancy", "stelle"], &["NowHiring"]),
    (&["startup", "founder", "business", "entrepreneur"], &["SmallBusiness"]),
    (&["sustainability", "recycling", "climate", "nachhaltig", "organic"], &["Sustainability"]),
    (&["craft", "handmade", "workshop", "handwerk", "pottery", "wood"], &["Handmade"]),
    (&["photo", "photography", "camera", "foto"], &["Photography"]),
    (&["art", "exhibition", "gallery", "painting", "kunst"], &["ContemporaryArt"]),
    (&["fashion", "dress", "shoes", "mode", "moda"], &["SlowFashion"]),
    (&["kids", "children", "family", "school", "kinder"], &["FamilyTime"]),
];

/// How many posts an account's own result needs before it outweighs the belief that a hashtag
/// changes nothing.
const DOUBT: f64 = 4.0;

/// At most `limit` hashtags for the brief's topic, without `#`, the best first.
pub(crate) fn rank(brief: &Brief, limit: u32) -> Vec<String> {
    let policy = &brief.voice.hashtags;
    let words = keywords(&brief.topic);
    // By lower case, so that a hashtag stands once: its spelling, and how well it fits.
    let mut found: BTreeMap<String, (String, f64)> = BTreeMap::new();
    let mut add = |tag: &str, score: f64| {
        let entry = found.entry(tag.to_lowercase()).or_insert_with(|| (tag.to_owned(), 0.0));
        entry.1 = entry.1.max(score);
    };
    for tag in hashtags(&brief.topic) {
        add(tag, 1.2);
    }
    for word in &words {
        add(&word.tag, word.weight);
    }
    for (topics, tags) in CURATED {
        let fit = words.iter().filter(|word| topics.contains(&word.tag.as_str()));
        let fit = fit.map(|word| word.weight).fold(0.0, f64::max);
        for tag in tags.iter().filter(|_| fit > 0.0) {
            add(tag, fit * 0.6);
        }
    }
    // What the account used is a candidate where it is about the topic.
    for past in &brief.past {
        let tag = past.tag.trim_start_matches('#');
        let lower = tag.to_lowercase();
        let fit = words.iter().filter(|word| lower.contains(&word.tag.to_lowercase()));
        let fit = fit.map(|word| word.weight).fold(0.0, f64::max);
        if fit > 0.0 {
            add(tag, fit * 0.8);
        }
    }
    for past in &brief.past {
        let posts = f64::from(past.posts);
        let factor = (posts * past.factor.clamp(0.1, 10.0) + DOUBT) / (posts + DOUBT);
        if let Some(entry) = found.get_mut(&past.tag.trim_start_matches('#').to_lowercase()) {
            entry.1 *= factor;
        }
    }
    let mut ranked: Vec<(String, f64)> =
        found.into_values().filter(|(tag, _)| !policy.forbids(tag)).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut tags: Vec<String> = Vec::new();
    let always = policy.always.iter().map(|tag| tag.trim_start_matches('#').to_owned());
    for tag in always.chain(ranked.into_iter().map(|(tag, _)| tag)) {
        let lower = tag.to_lowercase();
        // A word beside a name that holds it says nothing more.
        if tags.iter().all(|known| !known.to_lowercase().contains(&lower)) {
            tags.push(tag);
        }
    }
    tags.truncate(policy.max.unwrap_or(limit).min(limit) as usize);
    tags
}

#[cfg(test)]
mod tests {
    use social_core::domain::{HashtagPolicy, Voice};
    use social_core::ports::TagResult;

    use super::*;

    #[test]
    fn the_accounts_own_results_decide_among_what_fits() {
        let topic = "Our harbour coffee is back: fresh coffee from Kenya.";
        let past = |tag: &str, posts, factor| TagResult { tag: tag.into(), posts, factor };
        let brief = Brief {
            past: vec![past("harbour", 20, 3.0), past("coffee", 20, 0.4), past("tea", 50, 9.0)],
            ..Brief::about(topic)
        };
        let tags = rank(&brief, 4);
        assert_eq!(tags[0], "harbour");
        assert!(!tags.contains(&"tea".to_owned()), "it is not about tea: {tags:?}");
        // One lucky post proves little.
        let lucky = Brief { past: vec![past("back", 1, 9.0)], ..Brief::about(topic) };
        assert_eq!(rank(&lucky, 1), ["coffee"]);
    }

    #[test]
    fn the_workspaces_policy_rules() {
        let voice = Voice {
            hashtags: HashtagPolicy {
                always: vec!["#HarbourCoffee".into()],
                never: vec!["Kenya".into()],
                max: Some(3),
            },
            ..Voice::default()
        };
        let brief = Brief { voice, ..Brief::about("Fresh beans from Kenya") };
        assert_eq!(rank(&brief, 10), ["HarbourCoffee", "beans", "fresh"]);
    }
}

//! The engine that always works.

use proptest::prelude::*;
use social_content::Offline;
use social_core::domain::{HashtagPolicy, Platform, PostKind, Voice};
use social_core::ports::{Brief, ContentEngine as _, ContentError, Trend};
use social_core::rules::{
    Rules, count, facebook, hashtags, instagram, linkedin, links, mentions, tiktok,
};

use crate::kit::{brief, rule};

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn networks() -> [Rules; 4] {
    [instagram(), facebook(), linkedin(), tiktok()]
}

#[test]
fn each_network_gets_its_own_build() {
    let topic = "Our winter menu is here. Twelve dishes with roots and cabbage from the Brook farm. \
                 Come and taste it by the fire.";
    let mut all = Vec::new();
    for rules in networks() {
        let rule = &rules.kind(PostKind::Image).unwrap().text;
        let brief =
            Brief { topic: topic.into(), platform: Some(rules.platform.clone()), ..brief() };
        let caption = block_on(Offline.generate_caption(&brief, rule)).unwrap();
        assert_eq!((caption.source.as_str(), caption.note), ("offline", None));
        assert!(caption.text.contains("https://harbour.example.com/menu"));
        assert_eq!(caption.text, block_on(Offline.generate_caption(&brief, rule)).unwrap().text);
        println!("--- {}\n{}", rules.name, caption.text);
        all.push(caption.text);
    }
    assert!(
        all[0].starts_with("Our winter menu is here.\n\n"),
        "the hook stands alone on Instagram"
    );
    assert!(
        all[2].contains("\n\n") && !all[2].contains('☕') && !all[2].contains('🍽'),
        "no emoji on LinkedIn"
    );
    assert!(hashtags(&all[0]).count() > hashtags(&all[1]).count());
}

#[test]
fn another_seed_is_another_variant() {
    let brief = Brief { platform: Some(Platform::INSTAGRAM), ..brief() };
    let variants = block_on(Offline.generate_variants(&brief, &rule(2200), 3)).unwrap();
    assert_eq!(variants.len(), 3);
    let again = block_on(Offline.generate_variants(&brief, &rule(2200), 3)).unwrap();
    assert_eq!(variants, again);
}

#[test]
fn a_caption_keeps_the_link_whole() {
    let brief = Brief { topic: "Our new winter menu is here. ".repeat(200), ..brief() };
    for max in [60, 120, 280] {
        let caption = block_on(Offline.generate_caption(&brief, &rule(max))).unwrap().text;
        assert!(caption.contains("https://harbour.example.com/menu"), "{caption}");
        assert!(count(&caption, rule(max).unit) <= max);
    }
    let none = block_on(Offline.generate_caption(&brief, &rule(10)));
    assert!(matches!(none, Err(ContentError::CannotFit(_))));
}

#[test]
fn the_voice_is_kept_or_the_note_says_in_what_it_is_not() {
    let voice = Voice {
        avoid: vec!["dishes".into()],
        max_emoji: Some(0),
        hashtags: HashtagPolicy {
            always: vec!["HarbourKitchen".into()],
            max: Some(1),
            ..Default::default()
        },
        ..Voice::default()
    };
    let brief = Brief { voice, platform: Some(Platform::INSTAGRAM), ..brief() };
    let caption = block_on(Offline.generate_caption(&brief, &rule(2200))).unwrap();
    assert_eq!(hashtags(&caption.text).collect::<Vec<_>>(), ["HarbourKitchen"]);
    assert_eq!(caption.note.unwrap(), "it says `dishes`, which is a word to avoid");
}

#[test]
fn tags_beyond_the_limit_become_words() {
    let rules = instagram();
    let rule = &rules.kind(PostKind::Image).unwrap().text;
    let text: String = (0..33).map(|n| format!("#tag{n} ")).collect();
    let fitted = block_on(Offline.optimize_for_platform(&text, &rules, rule)).unwrap().text;
    assert_eq!(hashtags(&fitted).count(), 30);
    assert!(fitted.ends_with(" tag30 tag31 tag32"), "{fitted}");
}

#[test]
fn ideas_are_of_the_day_and_lasting() {
    let brief = Brief {
        days: vec!["2026-12-24: Christmas Eve".into()],
        trends: vec![
            Trend {
                title: "Coffee prices rise @evil https://evil.example.com".into(),
                ..Trend::default()
            },
            Trend { title: "Football results".into(), ..Trend::default() },
        ],
        ..Brief::about("coffee roastery")
    };
    let ideas = block_on(Offline.suggest_content_ideas(&brief, 6)).unwrap();
    let texts: Vec<_> = ideas.iter().map(|idea| idea.text.as_str()).collect();
    assert_eq!(texts.len(), 6);
    assert_eq!(texts[0], "2026-12-24: Christmas Eve – what it means to coffee roastery");
    assert_eq!(
        texts[1],
        "People talk about “Coffee prices rise”: what coffee roastery says to that"
    );
    assert!(!texts.iter().any(|text| text.contains("evil") || text.contains("Football")));
}

#[test]
fn a_full_stop_within_a_mention_ends_no_sentence() {
    let brief = Brief {
        topic: "By @ⴧ.𖿠᥄A today. Fresh beans. Come by.".into(),
        platform: Some(Platform::INSTAGRAM),
        ..Brief::about("")
    };
    let caption = block_on(Offline.generate_caption(&brief, &rule(300))).unwrap();
    assert!(
        caption.text.starts_with("By @ⴧ.𖿠᥄A today.\n\nFresh beans. Come by."),
        "{}",
        caption.text
    );
}

#[test]
fn nothing_to_go_by_is_said() {
    let empty = Brief::about("  ");
    assert!(matches!(
        block_on(Offline.generate_caption(&empty, &rule(280))),
        Err(ContentError::Empty)
    ));
    assert!(matches!(block_on(Offline.generate_hashtags(&empty, 3)), Err(ContentError::Empty)));
    assert!(matches!(
        block_on(Offline.translate(&brief(), "de", &rule(280))),
        Err(ContentError::NeedsModel(_))
    ));
}

proptest! {
    #[test]
    fn whatever_is_adapted_fits(text in "[#@ a-zé😀\\n]{1,400}") {
        for rules in networks() {
            let rule = &rules.kind(PostKind::Image).unwrap().text;
            let fitted = block_on(Offline.optimize_for_platform(&text, &rules, rule)).unwrap();
            prop_assert!(count(&fitted.text, rule.unit) <= rule.max);
            let tags = hashtags(&fitted.text).count();
            prop_assert!(rule.max_hashtags.is_none_or(|max| tags <= max as usize));
        }
    }

    #[test]
    fn a_caption_fits_and_adds_no_link_and_no_mention(topic in "\\PC{1,400}", max in 40_u32..500, seed: u64) {
        let brief = Brief { topic: topic.clone(), seed, platform: Some(Platform::INSTAGRAM), ..brief() };
        let Ok(caption) = block_on(Offline.generate_caption(&brief, &rule(max))) else { return Ok(()) };
        prop_assert!(count(&caption.text, rule(max).unit) <= max);
        let given = format!("{topic} {}", brief.link.unwrap());
        let known: Vec<&str> = links(&given).into_iter().map(|link| &given[link]).collect();
        for link in links(&caption.text) {
            prop_assert!(known.contains(&&caption.text[link]));
        }
        let names: Vec<&str> = mentions(&given).collect();
        prop_assert!(mentions(&caption.text).all(|name| names.contains(&name)));
    }
}

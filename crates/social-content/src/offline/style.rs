//! How a caption is built on each network, and the few words that are added to it.

use social_core::domain::Platform;

/// How captions of a network are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    /// Whether sentences stand apart, to be read on the go.
    pub(crate) airy: bool,
    /// Whether it ends with a question to the reader.
    pub(crate) question: bool,
    /// The most hashtags that help there.
    pub(crate) tags: u32,
    /// Whether an emoji is at home there.
    pub(crate) emoji: bool,
}

/// The style of a network.
pub(crate) fn style(platform: Option<&Platform>) -> Style {
    let plain = Style { airy: false, question: false, tags: 3, emoji: true };
    match platform.map(Platform::as_str) {
        Some("instagram") => Style { airy: true, question: true, tags: 5, ..plain },
        Some("facebook") => Style { question: true, tags: 2, ..plain },
        Some("linkedin") => Style { airy: true, question: true, tags: 3, emoji: false },
        Some("tiktok") => Style { tags: 5, ..plain },
        Some("x" | "threads" | "bluesky") => Style { tags: 2, ..plain },
        Some("mastodon") => Style { tags: 4, ..plain },
        Some("pinterest" | "youtube") => Style { tags: 3, emoji: false, ..plain },
        _ => plain,
    }
}

/// Questions to the reader that fit any topic, by language: friendly ones, then formal ones.
const QUESTIONS: &[(&str, &[&str], &[&str])] = &[
    (
        "en",
        &[
            "What do you think?",
            "Tell us in the comments!",
            "Who would you share this with?",
            "Does that sound like you?",
        ],
        &["What is your view?", "We look forward to your thoughts.", "How do you see it?"],
    ),
    (
        "de",
        &["Was meint ihr?", "Schreibt es uns in die Kommentare!", "Mit wem würdet ihr das teilen?"],
        &["Wie sehen Sie das?", "Wir freuen uns auf Ihre Gedanken."],
    ),
    ("es", &["¿Qué os parece?", "¡Contadnos en los comentarios!"], &["¿Cuál es su opinión?"]),
    ("fr", &["Qu'en pensez-vous ?", "Dites-le-nous en commentaire !"], &["Quel est votre avis ?"]),
    ("it", &["Che ne pensate?", "Scrivetecelo nei commenti!"], &["Qual è la vostra opinione?"]),
    ("pt", &["O que acham?", "Contem-nos nos comentários!"], &["Qual é a sua opinião?"]),
    ("nl", &["Wat vinden jullie?", "Laat het ons weten!"], &["Hoe ziet u dat?"]),
];

/// A question to the reader in a language, or none in a language that we do not write.
pub(crate) fn question(language: Option<&str>, formal: bool, seed: u64) -> Option<&'static str> {
    let (_, friendly, polite) = QUESTIONS.iter().find(|(code, ..)| Some(*code) == language)?;
    let choice = if formal { polite } else { friendly };
    choice.get((seed % choice.len().max(1) as u64) as usize).copied()
}

/// Emoji for a topic, by a word of it.
const EMOJI: &[(&[&str], &str)] = &[
    (&["coffee", "kaffee", "café", "espresso", "beans"], "☕"),
    (&["bread", "bakery", "brot", "bäckerei", "sourdough"], "🥖"),
    (&["cake", "kuchen", "dessert", "tarta"], "🍰"),
    (&["menu", "restaurant", "dinner", "lunch", "food"], "🍽️"),
    (&["wine", "wein", "vino"], "🍷"),
    (&["book", "books", "buch", "bücher"], "📚"),
    (&["music", "concert", "musik", "album"], "🎶"),
    (&["flowers", "garden", "blumen", "garten"], "🌿"),
    (&["dog", "dogs", "hund"], "🐶"),
    (&["cat", "cats", "katze"], "🐱"),
    (&["winter", "snow", "schnee"], "❄️"),
    (&["summer", "sommer", "verano", "sun", "sonne"], "☀️"),
    (&["party", "birthday", "anniversary", "geburtstag"], "🎉"),
    (&["harbour", "harbor", "hafen", "puerto"], "⚓"),
];

/// An emoji for what a text is about.
pub(crate) fn emoji<'a>(words: impl Iterator<Item = &'a str>) -> Option<&'static str> {
    words.into_iter().find_map(|word| {
        EMOJI.iter().find(|(topics, _)| topics.contains(&word)).map(|(_, emoji)| *emoji)
    })
}

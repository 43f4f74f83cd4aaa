//! Which language a text is in.

use whatlang::Lang;

/// The language of `text` as ISO 639-1 names it (`en`, `de`, …), where enough of it is there to
/// tell.
#[must_use]
pub fn language(text: &str) -> Option<&'static str> {
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| !word.contains("://") && !word.starts_with(['@', '#']))
        .collect();
    let info = whatlang::detect(&words.join(" "))?;
    // A dozen Latin letters fit many languages: below this it guesses.
    (info.is_reliable() || info.confidence() > 0.8).then(|| code(info.lang())).flatten()
}

fn code(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Ara => "ar",
        Lang::Ces => "cs",
        Lang::Cmn => "zh",
        Lang::Dan => "da",
        Lang::Deu => "de",
        Lang::Ell => "el",
        Lang::Eng => "en",
        Lang::Fin => "fi",
        Lang::Fra => "fr",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Hun => "hu",
        Lang::Ind => "id",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Nld => "nl",
        Lang::Nob => "no",
        Lang::Pol => "pl",
        Lang::Por => "pt",
        Lang::Ron => "ro",
        Lang::Rus => "ru",
        Lang::Spa => "es",
        Lang::Swe => "sv",
        Lang::Tha => "th",
        Lang::Tur => "tr",
        Lang::Ukr => "uk",
        Lang::Vie => "vi",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart_where_there_is_enough_text() {
        for (text, expected) in [
            ("We roast our coffee at the harbour every morning, and you are welcome.", Some("en")),
            (
                "Wir rösten unseren Kaffee jeden Morgen am Hafen, und ihr seid willkommen.",
                Some("de"),
            ),
            ("Tostamos nuestro café todas las mañanas en el puerto y os esperamos.", Some("es")),
            ("毎朝、港でコーヒーを焙煎しています。", Some("ja")),
            ("Ok", None),
            ("https://example.com @ana #tag", None),
        ] {
            assert_eq!(language(text), expected, "{text}");
        }
    }
}

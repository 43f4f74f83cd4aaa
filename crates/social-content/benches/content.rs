//! How fast text is written and counted: `make bench-content`. Lines `bar NAME FIGURE goal G`.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a bench")]

use std::hint::black_box;
use std::time::Instant;

use social_content::Offline;
use social_core::domain::Platform;
use social_core::ports::{Brief, ContentEngine as _};
use social_core::rules::{TextRule, TextUnit, count, split};

/// The middle of so many runs.
const RUNS: usize = 15;

fn middle(mut run: impl FnMut()) -> f64 {
    run();
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[RUNS / 2]
}

fn bar(name: &str, figure: f64, unit: &str, goal: f64, more_is_better: bool) {
    let ok = if more_is_better { figure >= goal } else { figure <= goal };
    println!("bar {name} {figure:.2} {unit} goal {goal} {}", if ok { "ok" } else { "short" });
}

fn rule(unit: TextUnit, max: u32) -> TextRule {
    TextRule {
        max,
        unit,
        required: false,
        max_hashtags: Some(5),
        max_mentions: None,
        max_alt: None,
    }
}

fn main() {
    let sentence = "We roast our coffee at the harbour every morning, and Café Lena pours it from nine on \
                    (see https://harbour.example.com/menu or @lena). 😀 ";
    let thousand: String = sentence.chars().cycle().take(1000).collect();
    let brief = Brief { platform: Some(Platform::INSTAGRAM), ..Brief::about(thousand) };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let caption = middle(|| {
        runtime.block_on(async {
            black_box(
                Offline.generate_caption(&brief, &rule(TextUnit::Chars, 2200)).await.unwrap(),
            );
            black_box(Offline.generate_hashtags(&brief, 10).await.unwrap());
        });
    });
    bar("caption_and_hashtags_1000", caption * 1e3, "ms", 2.0, false);
    let text = sentence.repeat(8 * 1024 * 1024 / sentence.len());
    let rate = |seconds: f64| text.len() as f64 / 1e6 / seconds;
    for (name, unit) in [
        ("count_weighted", TextUnit::Weighted),
        ("count_graphemes", TextUnit::Graphemes),
        ("count_utf16", TextUnit::Utf16),
    ] {
        bar(
            name,
            rate(middle(|| {
                black_box(count(&text, unit));
            })),
            "MB/s",
            50.0,
            true,
        );
    }
    let part = &text[..text.floor_char_boundary(1 << 20)];
    let seconds = middle(|| {
        black_box(split(part, &rule(TextUnit::Weighted, 280), false).unwrap());
    });
    bar("split_weighted", part.len() as f64 / 1e6 / seconds, "MB/s", 50.0, true);
}

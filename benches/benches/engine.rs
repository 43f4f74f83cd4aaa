//! What the engine costs on this machine: planning media and checking a post.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use social::core::domain::media::{ColourProfile, ImageFormat, ImageProbe, MediaProbe};
use social::core::preflight::{Draft, DraftMedia, check};
use social::core::rules::{instagram, plan_media};
use social::{PostKind, Timestamp};

fn photo() -> MediaProbe {
    MediaProbe::Image(ImageProbe {
        format: ImageFormat::Jpeg,
        width: 4032,
        height: 3024,
        bytes: 4_000_000,
        orientation: 6,
        alpha: false,
        animated: false,
        colour: ColourProfile::Other,
        metadata: true,
        motion: None,
        focus: None,
    })
}

fn planning(c: &mut Criterion) {
    let rules = instagram();
    let rule = rules.kind(PostKind::Image).unwrap().media.clone().unwrap();
    let probe = photo();
    c.bench_function("plan a photo", |b| b.iter(|| plan_media(black_box(&probe), &rule)));
    let text = "Fresh beans at nine. #coffee #harbour ".repeat(20);
    let media = [DraftMedia { probe, alt: None, wishes: Default::default() }];
    let now = Timestamp::from_secs(1_800_000_000);
    let draft = Draft {
        rules: &rules,
        text: &text,
        media: &media,
        at: now + Duration::from_secs(3600),
        now,
        token_ends: None,
        options: &Default::default(),
        unreachable: social::core::preflight::Unreachable::default(),
        posts_that_day: 3,
    };
    c.bench_function("check a post", |b| b.iter(|| check(black_box(&draft))));
}

criterion_group!(benches, planning);
criterion_main!(benches);

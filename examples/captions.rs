//! Twelve things that happened, and what each network would get of them: written offline and, where
//! an OpenAI-compatible endpoint is named, by its model.
//!
//!     cargo run -p examples --example captions
//!     SOCIAL_MODEL_URL=http://127.0.0.1:8000/v1 SOCIAL_MODEL=smollm2 cargo run -p examples --example captions

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "an example")]

use std::sync::Arc;

use social::content::{
    ByModel, MemoryLedger, ModelConfig, Offline, OpenAi, OpenAiConfig, Retrying,
};
use social::core::ports::{Brief, ContentEngine, SystemClock, SystemIds};
use social::core::rules::{Rules, count, facebook, instagram, linkedin, tiktok};
use social::platforms::transport::ReqwestTransport;
use social::store::MemoryCache;

/// What happened, how it shall sound, and the link that goes with it.
const TWELVE: [(&str, Option<&str>, Option<&str>); 12] = [
    ("We roast at the harbour from today on. The doors open at nine.", None, None),
    (
        "Our bakery turns ten on Saturday. There is cake for everybody who comes before noon.",
        Some("playful"),
        None,
    ),
    (
        "The new release syncs twice as fast and works without a connection.",
        Some("formal"),
        Some("https://example.com/release"),
    ),
    ("Rain tomorrow: the open-air yoga class moves into the old gym, same time.", None, None),
    (
        "We are looking for two carpenters who like old houses.",
        Some("friendly"),
        Some("https://example.org/jobs"),
    ),
    ("The river was at 4.20 metres this morning; the ferry rests until Thursday.", None, None),
    (
        "Wir haben den Garten hinter der Bibliothek eröffnet. Jeden Freitag wird vorgelesen.",
        Some("friendly"),
        None,
    ),
    ("Nuevo menú de otoño: calabaza, setas y castañas, cada día desde las 13 h.", None, None),
    (
        "Thank you, @lena and @harbour.choir, for an evening that sold out in an hour. 🎶",
        Some("playful"),
        None,
    ),
    (
        "How we cut the energy of our kiln by a third: thicker walls, a night shift, and heat that \
         now warms the greenhouse next door.",
        Some("formal"),
        Some("https://example.com/kiln"),
    ),
    ("Found on the pier: a blue umbrella with a wooden duck for a handle.", Some("playful"), None),
    ("本日から新しい珈琲豆を焙煎しています。朝九時から港の店でお待ちしております。", None, None),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let model = model()?;
    let networks = [instagram(), facebook(), linkedin(), tiktok()];
    for (n, (topic, tone, link)) in TWELVE.into_iter().enumerate() {
        println!("\n{}. {topic}", n + 1);
        for rules in &networks {
            let brief = Brief {
                tone: tone.map(str::to_owned),
                link: link.map(str::to_owned),
                platform: Some(rules.platform.clone()),
                ..Brief::about(topic)
            };
            tell(&Offline, &brief, rules).await?;
            if let Some(model) = &model {
                tell(model, &brief, rules).await?;
            }
        }
    }
    Ok(())
}

async fn tell(
    engine: &dyn ContentEngine,
    brief: &Brief,
    rules: &Rules,
) -> Result<(), Box<dyn std::error::Error>> {
    let Some(rule) = rules.kinds.first().map(|kind| &kind.text) else { return Ok(()) };
    let told = engine.generate_caption(brief, rule).await?;
    let length = count(&told.text, rule.unit);
    println!("\n   [{} by {}, {length} of {}]", rules.platform, told.source, rule.max);
    told.text.lines().for_each(|line| println!("   {line}"));
    if let Some(note) = told.note {
        println!("   ({note})");
    }
    Ok(())
}

/// The engine that asks a model, where one is named.
fn model() -> Result<Option<ByModel>, Box<dyn std::error::Error>> {
    let (Ok(url), Ok(name)) = (std::env::var("SOCIAL_MODEL_URL"), std::env::var("SOCIAL_MODEL"))
    else {
        return Ok(None);
    };
    let config = OpenAiConfig {
        base_url: url.parse()?,
        model: name,
        key: std::env::var("SOCIAL_MODEL_KEY").ok().map(Into::into),
        sees: false,
        schema: true,
    };
    let clock = Arc::new(SystemClock::new());
    let endpoint = Arc::new(OpenAi::new(config, Arc::new(ReqwestTransport::builder().build()?)));
    let model = Retrying::new(endpoint, clock.clone(), Arc::new(SystemIds), 3);
    Ok(Some(ByModel::new(
        Arc::new(model),
        Arc::new(MemoryCache::default()),
        Arc::new(MemoryLedger::default()),
        clock,
        ModelConfig::default(),
    )))
}

//! The body of a post.
//!
//! Microsoft Learn, "Posts API", "MultiImage API", "Poll API", "Documents API".

use serde_json::{Value, json};
use social_core::PlatformError;
use social_core::domain::{Platform, PostKind};
use social_core::flow::Content;
use social_core::rules::options::{Article, LinkedInOptions, Poll, PollDays};

use super::little_text::escape;
use crate::options;

/// The post as it is sent. The text is little text, in which nothing stands by accident.
pub(super) fn body(
    platform: &Platform,
    author: &str,
    content: &Content,
    media: &[String],
) -> Result<Value, PlatformError> {
    let own: LinkedInOptions = options::read(platform, content)?;
    let mut body = json!({
        "author": author,
        "commentary": escape(&content.text),
        "visibility": own.visibility,
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": own.disable_reshare,
    });
    if let Some(parent) = &own.reshare_of {
        body["reshareContext"] = json!({ "parent": parent });
    }
    if let Some(shown) = shown(content, &own, media) {
        body["content"] = shown;
    }
    Ok(body)
}

/// What it shows besides its text: exactly one thing.
fn shown(content: &Content, own: &LinkedInOptions, media: &[String]) -> Option<Value> {
    if let Some(page) = &own.article {
        return Some(article(page, media.first()));
    }
    if let Some(question) = &own.poll {
        return Some(poll(question));
    }
    let item = |(index, urn): (usize, &String)| {
        let mut item = json!({ "id": urn });
        if let Some(alt) = content.media.get(index).and_then(|media| media.alt.as_deref()) {
            item["altText"] = alt.into();
        }
        item
    };
    let mut items: Vec<Value> = media.iter().enumerate().map(item).collect();
    match content.kind {
        PostKind::Carousel => Some(json!({"multiImage": {"images": items}})),
        PostKind::Video | PostKind::Document => {
            let mut file = json!({"id": media.first()});
            if let Some(title) = &own.title {
                file["title"] = title.as_str().into();
            }
            Some(json!({ "media": file }))
        }
        _ => items.pop().map(|one| json!({ "media": one })),
    }
}

/// LinkedIn reads nothing of the page by itself.
fn article(page: &Article, thumbnail: Option<&String>) -> Value {
    let mut article = json!({"source": page.source, "title": page.title});
    if let Some(description) = &page.description {
        article["description"] = description.as_str().into();
    }
    if let Some(thumbnail) = thumbnail {
        article["thumbnail"] = thumbnail.as_str().into();
    }
    json!({ "article": article })
}

fn poll(question: &Poll) -> Value {
    let options: Vec<_> = question.options.iter().map(|text| json!({ "text": text })).collect();
    json!({"poll": {
        "question": question.question,
        "options": options,
        "settings": {"duration": duration(question.days)},
    }})
}

/// The names of the longer durations differ between sources: this table is where to change them.
fn duration(days: PollDays) -> &'static str {
    match days {
        PollDays::One => "ONE_DAY",
        PollDays::Three => "THREE_DAYS",
        PollDays::Seven => "SEVEN_DAYS",
        PollDays::Fourteen => "FOURTEEN_DAYS",
    }
}

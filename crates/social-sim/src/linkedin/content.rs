//! Checking the body of a post.

use serde_json::Value;
use social_core::Timestamp;

use super::errors::LiError;
use crate::state::State;

const FIELDS: &[&str] = &[
    "author",
    "commentary",
    "visibility",
    "distribution",
    "lifecycleState",
    "isReshareDisabledByAuthor",
    "content",
    "reshareContext",
    "contentLandingPage",
    "contentCallToActionLabel",
    "container",
    "adContext",
];

/// What the schema says: required fields, unknown fields, enumerations.
pub(super) fn schema(body: &Value) -> Result<(), LiError> {
    let Some(object) = body.as_object() else {
        return Err(LiError::schema(&["/ :: not a record".to_owned()]));
    };
    let mut lines = Vec::new();
    let missing =
        |path: &str| format!("{path} :: field is required but not found and has no default value");
    for name in ["author", "commentary", "visibility", "distribution", "lifecycleState"] {
        if !object.contains_key(name) {
            lines.push(missing(&format!("/{name}")));
        }
    }
    if body.get("distribution").is_some_and(|d| d.get("feedDistribution").is_none()) {
        lines.push(missing("/distribution/feedDistribution"));
    }
    for name in object.keys().filter(|name| !FIELDS.contains(&name.as_str())) {
        lines.push(format!("/{name} :: unrecognized field found but not allowed"));
    }
    let symbols: [(&str, &[&str]); 3] = [
        ("/visibility", &["PUBLIC", "CONNECTIONS", "LOGGED_IN", "CONTAINER"]),
        ("/distribution/feedDistribution", &["MAIN_FEED", "NONE"]),
        ("/lifecycleState", &["PUBLISHED", "DRAFT", "PUBLISH_REQUESTED", "PUBLISH_FAILED"]),
    ];
    for (path, known) in symbols {
        if let Some(value) = body.pointer(path)
            && !value.as_str().is_some_and(|text| known.contains(&text))
        {
            lines.push(format!("{path} :: {value} is not an enum symbol"));
        }
    }
    for name in ["author", "commentary"] {
        if object.get(name).is_some_and(|value| !value.is_string()) {
            lines.push(format!("/{name} :: is not a string"));
        }
    }
    if lines.is_empty() { Ok(()) } else { Err(LiError::schema(&lines)) }
}

/// What a post shows besides its text.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub kind: &'static str,
    pub hashes: Vec<String>,
    /// A medium among them fails after the post was taken: then nobody ever sees the post.
    pub broken: bool,
    /// When all media are ready.
    pub ready_at: Option<Timestamp>,
}

/// What the service says about `content`: media that exist, belong to the author and have come.
pub(super) fn media(state: &State, author: &str, body: &Value) -> Result<Shown, LiError> {
    let mut shown = Shown { kind: "post", ..Shown::default() };
    let Some(content) = body.get("content").and_then(Value::as_object) else {
        return Ok(shown);
    };
    let bad = |code: &str, path: &str, text: &str| LiError::input(code, path, text);
    if content.len() != 1 {
        let text = "content must have exactly one member";
        return Err(bad("INVALID_VALUE_FOR_FIELD", "/content", text));
    }
    if let Some(media) = content.get("media") {
        let urn = media.get("id").and_then(Value::as_str).unwrap_or_default();
        if urn.contains(":document:") && media.get("title").is_none() {
            return Err(bad("MISSING_FIELD", "/content/media/title", "title is required"));
        }
        shown.kind = match urn {
            _ if urn.contains(":video:") => "video",
            _ if urn.contains(":document:") => "document",
            _ => "photo",
        };
        attach(state, author, urn, &mut shown)?;
    } else if let Some(multi) = content.get("multiImage") {
        let images = multi.get("images").and_then(Value::as_array).cloned().unwrap_or_default();
        if !(2..=20).contains(&images.len()) {
            let text = "multiImage must have between 2 and 20 images";
            return Err(bad("INVALID_VALUE_FOR_FIELD", "/content/multiImage/images", text));
        }
        shown.kind = "album";
        for image in &images {
            let urn = image.get("id").and_then(Value::as_str).unwrap_or_default();
            if !urn.starts_with("urn:li:image:") {
                return Err(bad("INVALID_URN_TYPE", "/content/multiImage/images", "not an image"));
            }
            attach(state, author, urn, &mut shown)?;
        }
    } else if let Some(article) = content.get("article") {
        shown.kind = "article";
        for name in ["source", "title"] {
            if article.get(name).and_then(Value::as_str).is_none_or(str::is_empty) {
                let path = format!("/content/article/{name}");
                return Err(bad("MISSING_FIELD", &path, "field is required"));
            }
        }
        if let Some(urn) = article.get("thumbnail").and_then(Value::as_str) {
            attach(state, author, urn, &mut shown)?;
        }
    } else if let Some(poll) = content.get("poll") {
        shown.kind = "poll";
        check_poll(poll)?;
    } else {
        let name = content.keys().next().map_or("", String::as_str);
        let line = format!("/content :: \"{name}\" is not a member type of union");
        return Err(LiError::schema(&[line]));
    }
    Ok(shown)
}

fn check_poll(poll: &Value) -> Result<(), LiError> {
    let length = |value: Option<&Value>| {
        value.and_then(Value::as_str).map_or(0, |text| text.chars().count())
    };
    let options = poll.get("options").and_then(Value::as_array).cloned().unwrap_or_default();
    let fine = (1..=140).contains(&length(poll.get("question")))
        && (2..=4).contains(&options.len())
        && options.iter().all(|option| (1..=30).contains(&length(option.get("text"))));
    if !fine {
        let text =
            "a poll has a question of at most 140 and 2 to 4 options of at most 30 characters";
        return Err(LiError::input("INVALID_VALUE_FOR_FIELD", "/content/poll", text));
    }
    // Sources differ about the names of the longer durations, so both are taken.
    let known = ["ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS", "ONE_WEEK", "TWO_WEEKS"];
    match poll.pointer("/settings/duration").and_then(Value::as_str) {
        Some(duration) if known.contains(&duration) => Ok(()),
        other => {
            let line =
                format!("/content/poll/settings/duration :: {other:?} is not an enum symbol");
            Err(LiError::schema(&[line]))
        }
    }
}

fn attach(state: &State, author: &str, urn: &str, shown: &mut Shown) -> Result<(), LiError> {
    let path = "/content/media/id";
    let (code, found) = if urn.starts_with("urn:li:video:") {
        let video = state.linkedin.videos.get(urn);
        let facts =
            video.map(|v| (v.owner.clone(), v.hash.clone(), v.ready_at, v.failed.is_some()));
        ("INVALID_VIDEO_ID", facts)
    } else {
        let image = state.linkedin.images.get(urn);
        let facts = image.map(|i| (i.owner.clone(), i.hash.clone(), i.ready_at, i.failed));
        ("INVALID_IMAGE_ID", facts)
    };
    let (owner, hash, ready_at, failed) =
        found.ok_or_else(|| LiError::input(code, path, &format!("{urn} does not exist")))?;
    if owner != author {
        let text = format!("{urn} does not belong to {author}");
        return Err(LiError::input(code, path, &text));
    }
    let Some(hash) = hash else {
        let text = format!("{urn} is waiting for its upload");
        return Err(LiError::input("MEDIA_ASSET_WAITING_UPLOAD", path, &text));
    };
    shown.hashes.push(hash);
    shown.broken |= failed;
    shown.ready_at = shown.ready_at.max(ready_at);
    Ok(())
}

/// Media that have already failed are refused; those that will fail are not, yet.
pub(super) fn refuse_failed(shown: &Shown, now: Timestamp) -> Result<(), LiError> {
    if shown.broken && shown.ready_at.is_some_and(|at| at <= now) {
        let text = "The media asset failed processing";
        return Err(LiError::input("MEDIA_ASSET_PROCESSING_FAILED", "/content/media/id", text));
    }
    Ok(())
}

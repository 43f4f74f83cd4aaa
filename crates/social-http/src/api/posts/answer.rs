//! A post as clients see it: compact, or in full.

use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use social_core::domain::{Delivery, DeliveryStatus};
use social_core::engine::PostView;
use social_core::ports::When;
use social_core::{ErrorKind, Failure, Timestamp};
use utoipa::{IntoParams, ToSchema};

use super::super::series::wall_text;

/// How much to answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum View {
    /// What one needs to go on.
    #[default]
    Compact,
    /// Everything.
    Full,
}

/// How to answer about one post.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HowMuch {
    /// `full` for what each network gets.
    #[serde(default)]
    #[param(inline)]
    pub(crate) view: View,
}

/// A post.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PostAnswer {
    /// `post_…`
    pub(crate) id: String,
    /// draft, pending_approval, scheduled, publishing, published, partial, failed, unconfirmed or
    /// cancelled.
    pub(crate) status: String,
    /// When it shall be visible.
    pub(crate) time: String,
    /// The text, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<String>,
    /// Where it goes, and how that stands.
    pub(crate) results: Vec<ResultItem>,
    /// Of which series it is an occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) series_id: Option<String>,
    /// Which occurrence: what the author's clock is meant to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) occurrence: Option<String>,
    /// Until when a post for now can still be called off, where it waits for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cancellable_until: Option<String>,
    /// Where a person approves it, while it waits for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) approve_url: Option<String>,
    /// The media, in the full view.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub(crate) media: Option<serde_json::Value>,
    /// What single networks get instead, in the full view.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) overrides: Option<serde_json::Value>,
    /// When it was written, in the full view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_at: Option<String>,
    #[serde(skip)]
    #[schema(ignore)]
    due_at: Timestamp,
}

/// One network of a post.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResultItem {
    /// The network.
    pub(crate) platform: String,
    /// `acct_…`
    pub(crate) account_id: String,
    /// How it stands there.
    pub(crate) status: String,
    /// Where people see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// When it was taken away from the network again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) removed_at: Option<String>,
    /// Why it is not visible, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ResultError>,
    /// The text there, in the full view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    /// `dlv_…`, in the full view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivery_id: Option<String>,
}

/// Why a post is not visible on a network.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResultError {
    /// What kind of thing went wrong: auth, permission, rate_limited, rejected, …
    pub(crate) code: String,
    /// What happened.
    pub(crate) message: String,
    /// What to do.
    pub(crate) fix: String,
}

impl PostAnswer {
    pub(crate) fn of(view: &PostView, much: View) -> Self {
        let post = &view.post;
        let full = much == View::Full;
        Self {
            id: post.id.to_string(),
            status: word(&view.status),
            time: post.due_at.to_string(),
            content: None,
            results: view.deliveries.iter().map(|delivery| result(delivery, full)).collect(),
            series_id: post.occurrence.map(|of| of.series.to_string()),
            occurrence: post.occurrence.map(|of| wall_text(of.wall)),
            cancellable_until: None,
            approve_url: None,
            media: full.then(|| super::body::media_json(&post.media)),
            overrides: full.then(|| serde_json::json!(post.overrides)),
            created_at: full.then(|| post.created_at.to_string()),
            due_at: post.due_at,
        }
    }

    /// The same with the text.
    pub(crate) fn with_content(mut self, view: &PostView) -> Self {
        self.content = Some(view.post.content.clone());
        self
    }

    /// The same for a post that was asked for now: while it waits for a worker, it is under way;
    /// while it can be called off on purpose, it is not.
    pub(crate) fn asked_for(mut self, when: When, now: Timestamp) -> Self {
        if when == When::Now && self.status == "scheduled" {
            if self.due_at > now {
                self.cancellable_until = Some(self.time.clone());
            } else {
                self.status = "publishing".into();
            }
        }
        self
    }
}

fn result(delivery: &Delivery, full: bool) -> ResultItem {
    let url = delivery.published.as_ref().and_then(|published| published.permalink.as_ref());
    // A try that comes again by itself is no error yet.
    let over = matches!(delivery.status, DeliveryStatus::Failed | DeliveryStatus::Unconfirmed);
    ResultItem {
        platform: delivery.platform.to_string(),
        account_id: delivery.account_id.to_string(),
        status: word(&delivery.status),
        url: url.map(ToString::to_string),
        removed_at: delivery.removed_at.map(|at| at.to_string()),
        error: delivery.failure.as_ref().filter(|_| over).map(error),
        text: full.then(|| delivery.text.clone()),
        delivery_id: full.then(|| delivery.id.to_string()),
    }
}

fn error(failure: &Failure) -> ResultError {
    let fix = match failure.kind {
        _ if !failure.action.is_empty() => failure.action.clone(),
        ErrorKind::Auth => "Ask the user to connect the account again, then retry.".into(),
        ErrorKind::OutcomeUnknown => "Ask the user to look at the account; do not repeat.".into(),
        _ => "Look at /explain of the post, then retry.".into(),
    };
    ResultError { code: word(&failure.kind), message: failure.message.clone(), fix }
}

/// The name under which a status or kind is written.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The header of a post's version.
pub(crate) fn etag(view: &PostView) -> [(header::HeaderName, HeaderValue); 1] {
    let value = HeaderValue::from_str(&format!("\"{}\"", view.post.version));
    [(header::ETAG, value.unwrap_or(HeaderValue::from_static("\"\"")))]
}

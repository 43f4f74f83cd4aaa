//! What a post would become, as it is told.

use serde::Serialize;
use serde_json::{Value, json};
use social_core::domain::PostKind;
use social_core::engine::Preview;
use social_core::ports::PostRequest;
use social_core::preflight::{Finding, Severity};
use utoipa::ToSchema;

use super::super::app::App;
use super::super::{media_preview, table};

/// What a post would become.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DryRun {
    dry_run: bool,
    /// Whether nothing stops it.
    pub(crate) valid: bool,
    /// When it would be visible.
    time: String,
    /// What each network would get.
    #[schema(value_type = Vec<Object>)]
    previews: Vec<Value>,
    /// What stops it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    errors: Vec<crate::problem::Flaw>,
    /// Good once, for the same content, networks, time and media.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) confirm: Option<String>,
    /// Until when `confirm` is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<String>,
}

/// What a post would become, as it is told.
pub(crate) fn preview_answer(app: &App, asked: &PostRequest, preview: &Preview) -> DryRun {
    let wrong = preview.findings.iter().filter(|found| found.severity == Severity::Error);
    DryRun {
        dry_run: true,
        valid: preview.is_valid(),
        time: preview.time.to_string(),
        previews: previews(app, asked, preview),
        errors: wrong.map(table::flaw).collect(),
        confirm: None,
        expires_at: None,
    }
}

/// What each network would get, with pictures of it.
pub(crate) fn previews(app: &App, asked: &PostRequest, preview: &Preview) -> Vec<Value> {
    let each = preview.deliveries.iter().map(|delivery| {
        let own = |found: &&Finding| {
            found.platform.is_none() || found.platform.as_ref() == Some(&delivery.platform)
        };
        let warning = |found: &&Finding| found.severity == Severity::Warning;
        let found = || preview.findings.iter().filter(own);
        // A file of pages has none.
        let kind = delivery.kind.filter(|kind| *kind != PostKind::Document);
        let pictures = kind.map_or_else(Vec::new, |kind| {
            let link = |media| media_preview::link(app, media, &delivery.platform, kind);
            asked.media.iter().map(link).collect()
        });
        json!({
            "platform": delivery.platform,
            "account_id": delivery.account,
            "account": delivery.name,
            "kind": delivery.kind,
            "text": delivery.text,
            "length": delivery.length,
            "limit": delivery.limit,
            "posts_left": delivery.posts_left,
            "media": delivery.media,
            "pictures": pictures,
            "warnings": found().filter(warning).map(|found| &found.message).collect::<Vec<_>>(),
            "fixes": found().filter_map(|found| found.fix.as_ref()).collect::<Vec<_>>(),
        })
    });
    each.collect()
}

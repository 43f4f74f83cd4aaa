//! Signing in for Instagram: the professional accounts behind a person's Pages.

use std::collections::BTreeMap;

use social_core::ports::{FoundAccount, SignedIn};

use crate::meta::auth::Entered;
use crate::meta::endpoints::Page;
use crate::oauth::missing;

/// What publishing needs (Meta, "Instagram API with Facebook Login: content publishing").
pub(super) const NEEDED: &[&str] =
    &["instagram_basic", "instagram_content_publish", "pages_show_list", "pages_read_engagement"];

/// What commenting needs.
pub(super) const COMMENTS: &str = "instagram_manage_comments";

/// All that the operations here use.
pub(super) const SCOPES: &[&str] = &[
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_insights",
    "instagram_manage_contents",
    COMMENTS,
    "pages_show_list",
    "pages_read_engagement",
];

pub(super) fn signed_in(entered: Entered) -> SignedIn {
    let missing_scopes = missing(NEEDED, &entered.tokens.scopes);
    SignedIn {
        subject: entered.subject,
        accounts: entered.pages.into_iter().filter_map(account).collect(),
        tokens: entered.tokens,
        missing_scopes,
    }
}

/// The account behind a Page. It is used with the Page's token, which has no date of expiry.
fn account(page: Page) -> Option<FoundAccount> {
    let instagram = page.instagram_business_account?;
    let handle = instagram.username.map(|name| format!("@{name}"));
    Some(FoundAccount {
        name: instagram.name.or_else(|| handle.clone()).unwrap_or(page.name),
        remote_id: instagram.id,
        handle,
        kind: "business".to_owned(),
        token: page.access_token,
        attributes: BTreeMap::from([("page_id".to_owned(), page.id)]),
    })
}

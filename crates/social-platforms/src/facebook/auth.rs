//! Signing in for Facebook: a person's Pages, each with a token of its own.

use std::collections::BTreeMap;

use social_core::ports::{FoundAccount, SignedIn};

use crate::meta::auth::Entered;
use crate::meta::endpoints::Page;
use crate::oauth::missing;

/// What publishing needs (Meta, "Pages API: posts").
pub(super) const NEEDED: &[&str] =
    &["pages_show_list", "pages_read_engagement", "pages_manage_posts"];

/// What commenting needs.
pub(super) const COMMENTS: &str = "pages_manage_engagement";

/// All that the operations here use.
pub(super) const SCOPES: &[&str] =
    &["pages_show_list", "pages_read_engagement", "pages_manage_posts", COMMENTS, "read_insights"];

/// The task on a Page without which it takes no posts.
const TASK: &str = "CREATE_CONTENT";

pub(super) fn signed_in(entered: Entered) -> SignedIn {
    let missing_scopes = missing(NEEDED, &entered.tokens.scopes);
    let publishable = |page: &Page| page.tasks.is_empty() || page.tasks.iter().any(|it| it == TASK);
    SignedIn {
        subject: entered.subject,
        accounts: entered.pages.into_iter().filter(publishable).map(account).collect(),
        tokens: entered.tokens,
        missing_scopes,
    }
}

fn account(page: Page) -> FoundAccount {
    FoundAccount {
        remote_id: page.id,
        name: page.name,
        handle: None,
        kind: "page".to_owned(),
        token: page.access_token,
        attributes: BTreeMap::new(),
    }
}

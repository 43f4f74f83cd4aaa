//! Telling an agent by its gateway's hook: one short line, and never a post's text, which could
//! give the agent orders.

use std::collections::BTreeSet;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use url::Url;

use super::manage::{NewWebhook, Webhooks, secret_place};
use crate::domain::{
    DeliveryId, DeliveryStatus, EventKind, Happened, OutboxEvent, Platform, PostId, WebhookKind,
    WebhookStatus, WorkspaceId,
};
use crate::engine::Error;
use crate::engine::workspaces::workspace;

/// A line has fewer characters than this.
const LINE: usize = 300;

/// Where an agent's gateway is.
#[derive(Debug, Clone)]
pub struct AgentGateway {
    /// Its address, such as `http://127.0.0.1:18789`.
    pub url: Url,
    /// The token that its hooks ask for.
    pub token: SecretString,
}

/// What the gateway takes at `/hooks/wake`.
#[derive(Debug, Serialize)]
struct Wake {
    text: String,
    mode: &'static str,
}

impl Webhooks {
    /// Tells this gateway, or none, of what an agent waits for. One that is told already keeps its
    /// log, and is made active where its address or token is another than before.
    ///
    /// # Errors
    /// Where the address is not called, or of the store.
    pub async fn set_agent(
        &self,
        ws: WorkspaceId,
        gateway: Option<AgentGateway>,
    ) -> Result<(), Error> {
        let mut unit = self.ports.store.begin().await?;
        let hooks = unit.webhooks().list(ws).await?;
        let known = hooks.into_iter().find(|hook| hook.kind == WebhookKind::AgentHook);
        let key = workspace(&mut *unit, ws).await?.data_key;
        match (known, gateway) {
            (None, None) => return Ok(()),
            (Some(hook), None) => unit.webhooks().remove(ws, hook.id).await?,
            (known, Some(AgentGateway { url, token })) => {
                let url = wake_url(url);
                self.check(&url)?;
                let Some(mut hook) = known else {
                    let description = "the agent's gateway, by the configuration".to_owned();
                    let new = NewWebhook { url, description, events: events() };
                    let kind = WebhookKind::AgentHook;
                    let hook = self.build(&mut *unit, ws, kind, new, &token).await?;
                    unit.webhooks().insert(&hook).await?;
                    return Ok(unit.commit().await?);
                };
                let place = secret_place(hook.id);
                let before = self.ports.sealer.open(&key, &place, &hook.secret)?;
                if hook.url == url && before.expose_secret() == token.expose_secret() {
                    return Ok(());
                }
                hook.url = url;
                hook.secret = self.ports.sealer.seal(&key, &place, &token)?;
                hook.status = WebhookStatus::Active;
                hook.failing_since = None;
                unit.webhooks().update(&mut hook).await?;
            }
        }
        Ok(unit.commit().await?)
    }
}

fn wake_url(mut gateway: Url) -> Url {
    let path = format!("{}/hooks/wake", gateway.path().trim_end_matches('/'));
    gateway.set_path(&path);
    gateway
}

/// What an agent waits for.
fn events() -> BTreeSet<EventKind> {
    BTreeSet::from([
        EventKind::PostApprovalNeeded,
        EventKind::DeliveryPublished,
        EventKind::DeliveryLinkFound,
        EventKind::DeliveryFailed,
        EventKind::DeliveryUnconfirmed,
        EventKind::AccountReauthNeeded,
    ])
}

/// The body that tells of an event. `None`: an agent does not wait for it.
pub(super) fn wake(event: &OutboxEvent) -> Option<String> {
    let text = line(&event.what)?;
    use EventKind::{DeliveryLinkFound, DeliveryPublished};
    let done = matches!(event.kind(), Some(DeliveryPublished | DeliveryLinkFound));
    Some(body(text, if done { "next-heartbeat" } else { "now" }))
}

/// The body by which somebody tries the hook.
pub(super) fn test() -> String {
    body("social: a test, asked for by a person. Nothing to do.".to_owned(), "next-heartbeat")
}

fn body(text: String, mode: &'static str) -> String {
    // Two texts always have a form in JSON.
    serde_json::to_string(&Wake { text, mode }).unwrap_or_default()
}

/// One line of ids, addresses, status and what to do. What a network says is left out: it may
/// quote the post.
fn line(what: &Happened) -> Option<String> {
    let text = match what {
        Happened::ApprovalNeeded { post, due_at } => format!(
            "social: {post} is pending_approval, for {due_at}. Fix: give the user its approve_url \
             (social get {post}) and stop; never approve it yourself."
        ),
        Happened::DeliverySettled { delivery, post, platform, status, permalink, .. } => {
            match status {
                DeliveryStatus::Published => {
                    published(*post, *delivery, platform, permalink.as_ref())
                }
                DeliveryStatus::Failed => format!(
                    "social: {post} is failed on {platform} ({delivery}). Fix: run `social explain \
                     {post}`, do what it says, then `social retry {post}`."
                ),
                DeliveryStatus::Unconfirmed => format!(
                    "social: {post} is unconfirmed on {platform} ({delivery}): it may be live. \
                     Fix: ask the user to look at the account; do not post it again."
                ),
                _ => return None,
            }
        }
        Happened::LinkFound { delivery, post, platform, permalink, .. } => {
            published(*post, *delivery, platform, Some(permalink))
        }
        Happened::ReauthNeeded { platform, .. } => format!(
            "social: {platform} is reauth_needed. Fix: run `social account connect {platform}` and \
             give the user the connect_url that it prints."
        ),
        _ => return None,
    };
    // Names of networks are an app's to choose.
    Some(text.chars().filter(|c| !c.is_control()).take(LINE - 1).collect())
}

fn published(
    post: PostId,
    delivery: DeliveryId,
    platform: &Platform,
    permalink: Option<&Url>,
) -> String {
    let plain = format!("social: {post} is published on {platform} ({delivery})");
    match permalink.and_then(address) {
        Some(url) if plain.len() + url.len() + 2 < LINE => format!("{plain}: {url}"),
        _ => format!("{plain}."),
    }
}

/// An address that can stand in a line.
fn address(url: &Url) -> Option<String> {
    let mut url = url.clone();
    url.set_fragment(None);
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::Timestamp;
    use crate::domain::AccountId;

    fn events_about(text: &str, path: &str) -> Vec<Happened> {
        let post = PostId::from_uuid(Uuid::from_u128(u128::MAX >> 1));
        let settled = |status| Happened::DeliverySettled {
            delivery: DeliveryId::from_uuid(Uuid::from_u128(u128::MAX >> 1)),
            post,
            account: AccountId::from_uuid(Uuid::from_u128(1)),
            platform: Platform::INSTAGRAM,
            status,
            permalink: format!("https://www.instagram.com/p/{path}").parse().ok(),
            // Networks quote what they refuse.
            reason: Some(format!("the caption \"{text}\" is refused")),
        };
        let due_at = Timestamp::from_secs(1_900_000_000);
        vec![
            settled(DeliveryStatus::Published),
            settled(DeliveryStatus::Failed),
            settled(DeliveryStatus::Unconfirmed),
            Happened::ApprovalNeeded { post, due_at },
            Happened::ReauthNeeded { platform: Platform::FACEBOOK, reason: text.to_owned() },
        ]
    }

    proptest! {
        #[test]
        fn a_line_is_short_and_never_has_the_posts_text(
            text in "[A-Z][a-z]{3,12}( [a-zA-Z'\"!\\n]{1,12}){2,30} ZQX",
            path in "[a-z0-9]{0,400}",
        ) {
            for what in events_about(&text, &path) {
                let line = line(&what).unwrap();
                prop_assert!(line.chars().count() < 300, "{}", line);
                prop_assert!(!line.contains('\n') && !line.contains(&text), "{}", line);
                prop_assert!(!line.contains("ZQX"), "{}", line);
            }
        }
    }

    #[test]
    fn the_lines_as_an_agent_reads_them() {
        let lines: Vec<String> = events_about("Hello", "abc").iter().filter_map(line).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }
}

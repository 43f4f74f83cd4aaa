//! Who is told what happens.

use clap::Subcommand;
use url::Url;

use super::Server;

#[derive(Debug, Subcommand)]
pub(crate) enum Webhooks {
    /// List them, and why one is paused.
    List(Server),
    /// Tell an address what happens. The secret that messages are signed with is shown once.
    Add {
        /// Where the receiver is.
        url: Url,
        /// What it is told of, such as `delivery.failed,account.reauth_needed`. Default: everything.
        #[arg(long, value_name = "EVENT", value_delimiter = ',')]
        events: Vec<String>,
        /// What it is for.
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        #[command(flatten)]
        server: Server,
    },
    /// Tell it nothing any more, and forget what it was told.
    Remove(OneWebhook),
    /// Tell it nothing for a while.
    Pause(OneWebhook),
    /// Tell it what happens again.
    Resume(OneWebhook),
    /// Get a fresh secret, shown once. For a day messages carry the signatures of both.
    Rotate(OneWebhook),
    /// Send it a message that means nothing, and see what it says.
    Test(OneWebhook),
    /// List what it was told, newest first.
    Deliveries {
        /// Only `pending`, `delivered` or `failed`.
        #[arg(long)]
        status: Option<String>,
        /// Where the last list ended: its `next_cursor`.
        #[arg(long)]
        cursor: Option<String>,
        #[command(flatten)]
        webhook: OneWebhook,
    },
    /// Send again: one message, or all that failed since a time.
    Replay {
        #[command(flatten)]
        webhook: OneWebhook,
        /// The message, such as `msg_01J…`.
        #[arg(long, value_name = "MESSAGE", required_unless_present = "since")]
        delivery: Option<String>,
        /// All that failed from this time on, in RFC 3339 with an offset.
        #[arg(long, value_name = "TIME", conflicts_with = "delivery")]
        since: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct OneWebhook {
    /// The webhook, such as `hook_01J…`.
    pub id: String,
    #[command(flatten)]
    pub server: Server,
}

//! What is asked of a server.

use std::convert::Infallible;
use std::path::PathBuf;

use clap::Subcommand;
use secrecy::SecretString;
use url::Url;

use super::{MediaAction, Repeat, Series, Webhooks, Wishes};

/// Which server, and as whom.
#[derive(Debug, clap::Args)]
pub(crate) struct Server {
    /// The server.
    #[arg(
        long,
        value_name = "URL",
        env = "SOCIAL_BASE_URL",
        default_value = "http://127.0.0.1:8080"
    )]
    pub base_url: Url,
    // Hidden: a secret on a command line is seen by every process of the machine. It is an option
    // at all since that is how the environment is read.
    #[arg(
        long = "api-token",
        env = "SOCIAL_API_TOKEN",
        hide = true,
        hide_env_values = true,
        value_parser = secret
    )]
    pub token: Option<SecretString>,
    /// Print one JSON object. So it is anyway where the output is no terminal.
    #[arg(long)]
    pub json: bool,
}

fn secret(text: &str) -> Result<SecretString, Infallible> {
    Ok(text.trim().to_owned().into())
}

#[derive(Debug, Subcommand)]
pub(crate) enum Remote {
    /// Schedule a post; its text comes from a file or standard input.
    Post(Box<Post>),
    /// Publish a post now, and wait a little for what comes of it.
    Quick(Box<Post>),
    /// List posts.
    Posts(List),
    /// Show a post.
    Get(One),
    /// Change a post that waits.
    Edit(Box<Edit>),
    /// Call off a post that waits.
    Cancel(Cancel),
    /// Do again what failed of a post, and nothing that is published or unconfirmed.
    Retry(One),
    /// Tell a post's story: what was sent, what came back, is it live, what now.
    Explain(One),
    /// Approve a post that waits for it. Takes the token of a person.
    Approve(One),
    /// Show numbers. What cannot be measured is null, never 0.
    Analytics(Analytics),
    /// List the connected accounts.
    Accounts(Server),
    /// Connect, look at, refresh or disconnect a network's account.
    Account(AccountAction),
    /// Take in media, and see what a network would show of them.
    #[command(subcommand)]
    Media(MediaAction),
    /// Check a post without storing anything.
    Preflight(Box<Preflight>),
    /// Show what each network takes.
    Platforms(Server),
    /// List the API keys that the server knows.
    Keys(Server),
    /// List, change, pause and end posts that come again, and set quiet hours.
    #[command(subcommand)]
    Series(Series),
    /// List, invite, change and disable people. Takes an Admin's token, or a key that may all.
    #[command(subcommand)]
    People(People),
    /// Read the record of who did what, newest first. Takes an Admin's token, or a key that may all.
    Audit(Audit),
    /// List, add, change and try webhooks, and see what they were told. Changes take a person's
    /// token.
    #[command(subcommand)]
    Webhooks(Webhooks),
}

#[derive(Debug, Subcommand)]
pub(crate) enum People {
    /// List them, and who was invited and did not come yet.
    List(Server),
    /// Make a link for somebody to come in by. Give it to them, and to nobody else.
    Invite {
        /// By which they will sign in.
        email: String,
        /// `admin` (everything), `manager` (posts, media, accounts, approvals) or `client` (reads,
        /// and approves what waits).
        #[arg(long, default_value = "client")]
        role: String,
        #[command(flatten)]
        server: Server,
    },
    /// Change what somebody may.
    Role {
        /// The person, such as `person_01J…`.
        id: String,
        /// `admin`, `manager` or `client`.
        role: String,
        #[command(flatten)]
        server: Server,
    },
    /// Sign somebody out everywhere, and let them in no more.
    Disable(Somebody),
    /// Let somebody in again.
    Enable(Somebody),
    /// Make a link for somebody to choose a new password by.
    Reset(Somebody),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Somebody {
    /// The person, such as `person_01J…`.
    pub id: String,
    #[command(flatten)]
    pub server: Server,
}

/// What goes out.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Content {
    /// The file with the text; `-` is standard input, which is also the default of a new post
    /// where it is no terminal.
    #[arg(long, value_name = "PATH")]
    pub file: Option<PathBuf>,
    /// A picture or film: a file, an https address, or the id of one taken in before. May be
    /// repeated.
    #[arg(long, value_name = "FILE")]
    pub media: Vec<String>,
    /// What a picture shows, in words: the first goes with the first `--media`, and so on.
    #[arg(long, value_name = "TEXT")]
    pub alt: Vec<String>,
    #[command(flatten)]
    pub wishes: Wishes,
    /// Another text for one network, from a file. May be repeated.
    #[arg(long = "override", value_name = "NETWORK=PATH")]
    pub overrides: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Post {
    #[command(flatten)]
    pub content: Content,
    /// Where to: `instagram`, or `instagram:acct_…` for one of several accounts.
    #[arg(long, visible_alias = "platforms", value_name = "NETWORK", value_delimiter = ',')]
    pub to: Vec<String>,
    /// When: RFC 3339 with an offset, `now` or `next-slot` (the default).
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub time: Option<String>,
    /// What it is part of, for reports.
    #[arg(long, value_name = "NAME")]
    pub campaign: Option<String>,
    #[command(flatten)]
    pub repeat: Repeat,
    /// Keep it as a draft.
    #[arg(long)]
    pub draft: bool,
    /// Store nothing; show each network's final text and hand out a token for `--confirm`.
    #[arg(long)]
    pub dry_run: bool,
    /// The token of a dry run, by which this very post is meant.
    #[arg(long, value_name = "TOKEN")]
    pub confirm: Option<String>,
    /// Names this post: the same key again gives the first answer and never a second post.
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<String>,
    /// Post the same text again within 24 hours, on purpose.
    #[arg(long)]
    pub allow_duplicate: bool,
    /// For how many seconds a post for now waits and can be called off.
    #[arg(long, value_name = "SECONDS")]
    pub undo: Option<u32>,
    /// For how many seconds to wait for the outcome of a post for now. Default for `quick`: 10.
    #[arg(long, value_name = "SECONDS")]
    pub wait: Option<u32>,
    #[command(flatten)]
    pub server: Server,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Preflight {
    #[command(flatten)]
    pub content: Content,
    /// Where to: `instagram`, or `instagram:acct_…` for one of several accounts.
    #[arg(long, visible_alias = "platforms", value_name = "NETWORK", value_delimiter = ',')]
    pub to: Vec<String>,
    /// When: RFC 3339 with an offset, `now` or `next-slot` (the default).
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub time: Option<String>,
    #[command(flatten)]
    pub server: Server,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Edit {
    /// The post, such as `post_01J…`.
    pub id: String,
    #[command(flatten)]
    pub content: Content,
    /// When: RFC 3339 with an offset, or `now`.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub time: Option<String>,
    /// Make a draft a post that waits for its time.
    #[arg(long)]
    pub submit: bool,
    /// The token that the answer without it hands out, where one is needed.
    #[arg(long, value_name = "TOKEN")]
    pub confirm: Option<String>,
    /// Change it only if it still is at this revision: the `etag` that `get` shows. Default: the
    /// revision that the server has now.
    #[arg(long, value_name = "ETAG")]
    pub if_match: Option<String>,
    #[command(flatten)]
    pub server: Server,
}

#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// The post, such as `post_01J…`.
    pub id: String,
    /// Show everything about it.
    #[arg(long)]
    pub full: bool,
    #[command(flatten)]
    pub server: Server,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Cancel {
    /// The post, such as `post_01J…`.
    pub id: String,
    /// Delete it on the networks too, where it is published. Takes `--confirm`.
    #[arg(long)]
    pub remote: bool,
    /// The token that the answer without it hands out.
    #[arg(long, value_name = "TOKEN")]
    pub confirm: Option<String>,
    #[command(flatten)]
    pub server: Server,
}

#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// Only of this status, such as `scheduled`.
    #[arg(long)]
    pub status: Option<String>,
    /// Only of this network.
    #[arg(long, value_name = "NETWORK")]
    pub platform: Option<String>,
    /// Only from this time on, in RFC 3339 with an offset.
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Only up to this time.
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// How many at most, up to 100.
    #[arg(long)]
    pub limit: Option<u32>,
    /// Where the last list ended: its `next_cursor`.
    #[arg(long)]
    pub cursor: Option<String>,
    /// Show everything about each.
    #[arg(long)]
    pub full: bool,
    #[command(flatten)]
    pub server: Server,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Audit {
    /// How many at most, up to 500.
    #[arg(long)]
    pub limit: Option<u32>,
    /// Where the last list ended: its `next_cursor`.
    #[arg(long)]
    pub cursor: Option<String>,
    #[command(flatten)]
    pub server: Server,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Analytics {
    /// `24h`, `7d`, `30d`, `90d`, or two times as `<from>/<to>`.
    #[arg(long, default_value = "7d")]
    pub timeframe: String,
    /// Only of these networks.
    #[arg(long, value_name = "NETWORK", value_delimiter = ',')]
    pub platforms: Vec<String>,
    /// Only of this post.
    #[arg(long = "post", value_name = "ID")]
    pub post_id: Option<String>,
    /// Grouped by `platform`, `day`, `post`, `account`, `campaign`, `hashtag` or `hour`.
    #[arg(long)]
    pub group_by: Option<String>,
    /// Ask the networks for the numbers of the accounts themselves too.
    #[arg(long)]
    pub accounts: bool,
    /// With all that posts can be grouped by, and the networks' own names and numbers.
    #[arg(long)]
    pub full: bool,
    /// Written to this file, which ends with `.csv` for a table, `.png` for a picture, `.json`.
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    #[command(flatten)]
    pub server: Server,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AccountAction {
    /// `list`, `connect`, `status`, `refresh` or `disconnect`.
    pub action: String,
    /// The network, or `network:acct_…` for one of several accounts.
    pub platform: Option<String>,
    /// The token that the answer without it hands out; `disconnect` takes it.
    #[arg(long, value_name = "TOKEN")]
    pub confirm: Option<String>,
    #[command(flatten)]
    pub server: Server,
}

//! The feeds: what the followers of an account would see.

use std::fmt::Write as _;

use social_core::Timestamp;

use super::html::{escape, nothing, page};
use crate::growth;
use crate::ledger::{Ledger, LedgerEntry, LedgerMedia};
use crate::network::Network;
use crate::reply::{self, Answer};
use crate::sim::ledger;
use crate::state::{SimAccount, State};

fn bar(state: &State, text: &str) -> String {
    format!(
        "<header class=bar><div><a href=\"{}\"><b>Simulated networks</b></a><span>{}</span></div>\
         </header>",
        escape(&state.url("__sim/")),
        escape(text)
    )
}

/// All accounts.
pub(super) fn index(state: &State, now: Timestamp) -> Answer {
    let ledger = ledger(state, now);
    let mut rows = String::new();
    for account in state.accounts() {
        let posts =
            ledger.of(account.platform, &account.id).filter(|entry| entry.parent.is_none()).count();
        let _ = write!(
            rows,
            "<a href=\"{url}\"><img src=\"{avatar}\" alt=\"\"><span><b>{name}</b><br>\
             <span class=\"badge {network}\">{label}</span> <small>{handle}</small></span>\
             <span class=n>{posts}</span></a>",
            url = escape(&state.url(&format!("__sim/feed/{}/{}", account.platform, account.id))),
            avatar = escape(&state.url("__sim/avatar.svg")),
            name = escape(&account.name),
            network = account.platform,
            label = account.platform.label(),
            handle = escape(&account.handle),
        );
    }
    let body = format!(
        "{}<main><h1>Accounts</h1><div class=\"card list\">{rows}</div>\
         <p class=hint>Everything here is simulated. As data: <a href=\"{ledger}\">ledger</a>, \
         <a href=\"{calls}\">calls</a>, <a href=\"{operations}\">operations</a>, \
         <a href=\"{faults}\">faults</a>.</p></main>",
        bar(state, &now.to_string()),
        ledger = escape(&state.url("__sim/ledger")),
        calls = escape(&state.url("__sim/calls")),
        operations = escape(&state.url("__sim/operations")),
        faults = escape(&state.url("__sim/faults")),
    );
    reply::html(200, page("Simulated networks", &body))
}

fn find(state: &State, network: &str, id: &str) -> Option<SimAccount> {
    let network = Network::parse(network)?;
    state.accounts().into_iter().find(|a| a.platform == network && a.id == id)
}

/// One account's feed, newest first.
pub(super) fn account(state: &State, network: &str, id: &str, now: Timestamp) -> Answer {
    let Some(account) = find(state, network, id) else {
        return reply::html(404, page("Not found", &nothing("There is no such account.")));
    };
    let all = ledger(state, now);
    let mut posts: Vec<&LedgerEntry> =
        all.of(account.platform, &account.id).filter(|entry| entry.parent.is_none()).collect();
    posts.sort_by_key(|entry| std::cmp::Reverse((entry.visible_at, entry.seq)));
    let mut cards = String::new();
    for entry in &posts {
        cards.push_str(&card(state, &account, entry, &all, now));
    }
    if posts.is_empty() {
        cards.push_str("<div class=\"card empty\"><p>Nothing posted yet.</p></div>");
    }
    let body = format!(
        "{}<main><p class=\"badge {}\">{}</p><h1>{}</h1><p class=hint>{} · {} followers · {} \
         posts</p>{cards}</main>",
        bar(state, &now.to_string()),
        account.platform,
        account.platform.label(),
        escape(&account.name),
        escape(&account.handle),
        account.followers,
        posts.len(),
    );
    reply::html(200, page(&format!("{} on {}", account.name, account.platform.label()), &body))
}

/// One post, also one that was deleted.
pub(super) fn post(state: &State, network: &str, id: &str, now: Timestamp) -> Answer {
    let all = ledger(state, now);
    let entry = Network::parse(network).and_then(|network| {
        all.entries.iter().find(|e| e.platform == network && e.remote_id == id)
    });
    let Some(entry) = entry else {
        return reply::html(404, page("Not found", &nothing("There is no such post.")));
    };
    let account = find(state, network, &entry.account_id).unwrap_or_else(|| SimAccount {
        platform: entry.platform,
        id: entry.account_id.clone(),
        name: entry.account_name.clone(),
        handle: String::new(),
        followers: 0,
    });
    let body = format!(
        "{}<main>{}</main>",
        bar(state, entry.platform.label()),
        card(state, &account, entry, &all, now)
    );
    reply::html(200, page(&format!("{} on {}", account.name, entry.platform.label()), &body))
}

fn media(state: &State, media: &[LedgerMedia]) -> String {
    if media.is_empty() {
        return String::new();
    }
    let mut inside = String::new();
    for medium in media {
        let url = escape(&state.media_url(&medium.sha256));
        let _ = if medium.mime.starts_with("video") {
            write!(inside, "<video src=\"{url}\" controls playsinline preload=metadata></video>")
        } else if medium.mime.starts_with("image") {
            write!(inside, "<img src=\"{url}\" alt=\"\" loading=lazy>")
        } else {
            write!(inside, "<a class=pad href=\"{url}\">Document, {} bytes</a>", medium.bytes)
        };
    }
    let many = if media.len() > 1 { " many" } else { "" };
    format!("<div class=\"media{many}\">{inside}</div>")
}

fn card(
    state: &State,
    account: &SimAccount,
    entry: &LedgerEntry,
    all: &Ledger,
    now: Timestamp,
) -> String {
    let age = now.since(entry.visible_at);
    let grown = |metric: &str| {
        growth::count(state.cfg.seed, &entry.remote_id, metric, age, growth::span(metric))
    };
    let mut comments = String::new();
    let under = all.live().filter(|c| {
        c.platform == entry.platform && c.parent.as_deref() == Some(entry.remote_id.as_str())
    });
    for comment in under {
        let _ = write!(
            comments,
            "<div class=comment><b>{}</b> {}</div>",
            escape(&comment.account_name),
            escape(&comment.text)
        );
    }
    let (gone, note) = match entry.deleted_at {
        Some(at) => (" gone", format!(" · deleted {at}")),
        None => ("", String::new()),
    };
    let text = if entry.text.is_empty() {
        String::new()
    } else {
        format!("<p class=text>{}</p>", escape(&entry.text))
    };
    let time = entry.visible_at.as_datetime().format("%e %B %Y, %H:%M:%S UTC");
    format!(
        "<article class=\"card{gone}\"><div class=head><img src=\"{avatar}\" alt=\"\"><span>\
         <b>{name}</b><small><a href=\"{link}\"><time datetime=\"{at}\">{time}</time></a> · \
         {kind}{note}</small></span></div>{text}{media}<div class=foot><span>♥ {likes}</span>\
         <span>{views} views</span></div>{comments}</article>",
        avatar = escape(&state.url("__sim/avatar.svg")),
        name = escape(&account.name),
        link = escape(&entry.permalink),
        at = entry.visible_at,
        kind = escape(&entry.kind),
        media = media(state, &entry.media),
        likes = grown("likes"),
        views = grown("views"),
    )
}

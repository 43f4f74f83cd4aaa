//! Everything that the simulator remembers.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use social_core::Timestamp;
use url::Url;

use crate::config::SimConfig;
use crate::facebook::Pages;
use crate::fault::FaultPlan;
use crate::hosts::under;
use crate::ids::Ids;
use crate::instagram::Instagram;
use crate::ledger::LedgerEntry;
use crate::linkedin::Linkedin;
use crate::media::Shelf;
use crate::meta::usage::Calls;
use crate::network::Network;
use crate::tiktok::Tiktok;
use crate::tokens::TokenBook;

/// One request as it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// When it came.
    pub at: Timestamp,
    /// To which network.
    pub platform: Network,
    /// What it was.
    pub operation: String,
    /// The status answered, or none where the answer was lost.
    pub status: Option<u16>,
    /// Whether a fault struck.
    pub faulty: bool,
}

/// One account that posts can be made on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimAccount {
    /// On which network.
    pub platform: Network,
    /// Its id there: a URN on LinkedIn.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its handle, where the network has handles.
    pub handle: String,
    /// How many follow it.
    pub followers: u64,
}

const CALLS_KEPT: usize = 10_000;

#[derive(Debug)]
pub(crate) struct State {
    pub cfg: SimConfig,
    pub base: Url,
    pub ids: Ids,
    pub faults: FaultPlan,
    pub ledger: Vec<LedgerEntry>,
    pub shelf: Shelf,
    pub tokens: TokenBook,
    pub calls: VecDeque<CallRecord>,
    pub meta_calls: Calls,
    pub instagram: Instagram,
    pub pages: Pages,
    pub linkedin: Linkedin,
    pub tiktok: Tiktok,
}

/// Something that is about to become visible.
pub(crate) struct Shown<'a> {
    pub platform: Network,
    pub account_id: &'a str,
    pub remote_id: &'a str,
    pub kind: &'a str,
    pub text: &'a str,
    pub media: &'a [String],
    pub parent: Option<&'a str>,
    pub at: Timestamp,
}

impl State {
    pub(crate) fn new(cfg: SimConfig, base: Url) -> Self {
        Self {
            ids: Ids::new(cfg.seed),
            faults: FaultPlan::new(cfg.seed, cfg.faults.clone()),
            base,
            ledger: Vec::new(),
            shelf: Shelf::default(),
            tokens: TokenBook::default(),
            calls: VecDeque::new(),
            meta_calls: Calls::default(),
            instagram: Instagram::default(),
            pages: Pages::default(),
            linkedin: Linkedin::default(),
            tiktok: Tiktok::default(),
            cfg,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        under(&self.base, path).into()
    }

    pub(crate) fn permalink(&self, network: Network, id: &str) -> String {
        self.url(&format!("__sim/post/{network}/{id}"))
    }

    pub(crate) fn media_url(&self, hash: &str) -> String {
        self.url(&format!("__sim/media/{hash}"))
    }

    /// Writes into the ledger what becomes visible.
    pub(crate) fn show(&mut self, shown: &Shown<'_>) {
        let page = (shown.platform == Network::Facebook)
            .then(|| self.cfg.meta.users.iter().flat_map(|user| &user.pages))
            .and_then(|mut pages| pages.find(|page| page.id == shown.account_id));
        // A person may have hundreds of Pages, and each of them posts.
        let name = page.map(|page| page.name.clone()).or_else(|| {
            let mut accounts = self.accounts().into_iter();
            let own = |a: &SimAccount| a.platform == shown.platform && a.id == shown.account_id;
            Some(accounts.find(own)?.name)
        });
        let entry = LedgerEntry {
            seq: self.ledger.len() as u64 + 1,
            platform: shown.platform,
            account_id: shown.account_id.to_owned(),
            account_name: name.unwrap_or_else(|| shown.account_id.to_owned()),
            remote_id: shown.remote_id.to_owned(),
            kind: shown.kind.to_owned(),
            text: shown.text.to_owned(),
            media: shown.media.iter().map(|hash| self.shelf.for_ledger(hash)).collect(),
            parent: shown.parent.map(str::to_owned),
            permalink: self.permalink(shown.platform, shown.parent.unwrap_or(shown.remote_id)),
            visible_at: shown.at,
            deleted_at: None,
        };
        self.ledger.push(entry);
    }

    /// Strikes out what is no longer visible, with the comments under it.
    pub(crate) fn hide(&mut self, network: Network, id: &str, now: Timestamp) {
        for entry in &mut self.ledger {
            let hit = entry.remote_id == id || entry.parent.as_deref() == Some(id);
            if entry.platform == network && hit && entry.deleted_at.is_none() {
                entry.deleted_at = Some(now);
            }
        }
    }

    pub(crate) fn record(&mut self, call: CallRecord) {
        if self.calls.len() == CALLS_KEPT {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
    }

    pub(crate) fn accounts(&self) -> Vec<SimAccount> {
        let mut all = Vec::new();
        for page in self.cfg.meta.users.iter().flat_map(|user| &user.pages) {
            if let Some(ig) = &page.instagram {
                all.push(SimAccount {
                    platform: Network::Instagram,
                    id: ig.id.clone(),
                    name: ig.name.clone(),
                    handle: ig.username.clone(),
                    followers: ig.followers,
                });
            }
            all.push(SimAccount {
                platform: Network::Facebook,
                id: page.id.clone(),
                name: page.name.clone(),
                handle: page.category.clone(),
                followers: page.followers,
            });
        }
        for member in &self.cfg.linkedin.members {
            all.push(SimAccount {
                platform: Network::Linkedin,
                id: member.urn(),
                name: member.name(),
                handle: "Member".to_owned(),
                followers: 312,
            });
            all.extend(member.organizations.iter().map(|org| SimAccount {
                platform: Network::Linkedin,
                id: org.urn(),
                name: org.name.clone(),
                handle: org.vanity.clone(),
                followers: org.followers,
            }));
        }
        all.extend(self.cfg.tiktok.creators.iter().map(|creator| SimAccount {
            platform: Network::Tiktok,
            id: creator.open_id.clone(),
            name: creator.nickname.clone(),
            handle: creator.username.clone(),
            followers: creator.followers,
        }));
        all
    }
}

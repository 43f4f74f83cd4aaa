//! Tokens without the dance, for tests and sandboxes.

use social_core::Timestamp;

use crate::network::Network;
use crate::state::State;
use crate::tokens::IssuedGrant;
use crate::{linkedin, meta, tiktok};

pub(crate) fn grant(
    state: &mut State,
    network: Network,
    account_id: &str,
    now: Timestamp,
) -> Option<IssuedGrant> {
    let account = state
        .accounts()
        .into_iter()
        .find(|account| account.platform == network && account.id == account_id)?;
    let client = state.cfg.clients.first()?.id.clone();
    let (access_token, refresh_token) = match network {
        Network::Instagram | Network::Facebook => {
            (meta::oauth::grant(state, &client, account_id, now)?, None)
        }
        Network::Linkedin => linkedin::oauth::grant(state, &client, account_id, now)?,
        Network::Tiktok => tiktok::oauth::grant(state, &client, account_id, now),
    };
    let token = state.tokens.access.get(&access_token)?;
    Some(IssuedGrant {
        account_id: account.id,
        account_name: account.name,
        expires_at: token.expires_at,
        scopes: token.scopes.clone(),
        access_token,
        refresh_token,
    })
}

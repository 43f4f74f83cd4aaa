//! Acts that nobody may do unseen, other than posting: disconnecting, removing.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use social_core::engine::Redeemed;

use super::app::App;
use super::auth::Caller;
use super::{codes, table};
use crate::Problem;

/// Lets an act pass that `token` was given for. Without a token, a problem that carries a fresh
/// one and what would be done.
pub(crate) async fn required(
    app: &App,
    caller: &Caller,
    token: Option<&str>,
    act: &str,
    shown: Value,
) -> Result<(), Problem> {
    let (ws, actor) = (caller.workspace(), caller.actor());
    let Some(token) = token else {
        let issued = app.confirmations().issue(ws, &actor, act).await;
        let (token, until) = issued.map_err(table::problem)?;
        return Err(codes::CONFIRMATION_REQUIRED
            .problem("this is done only after somebody saw what it does")
            .with("previews", Value::Array(vec![shown]))
            .with("confirm", token.expose_secret())
            .with("expires_at", until.to_string()));
    };
    let token = SecretString::from(token);
    match app.confirmations().redeem(ws, &actor, &token, act).await.map_err(table::problem)? {
        Redeemed::Yes => Ok(()),
        _ => Err(codes::CONFIRMATION_MISMATCH
            .problem("this confirmation is of something else, was used already or is over")
            .fix("Send the request without `confirm`, show the user what comes back, and use the new one.")),
    }
}

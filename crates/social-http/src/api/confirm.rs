//! Acts that nobody may do unseen: posting for now, disconnecting, removing.

use secrecy::ExposeSecret as _;
use serde_json::Value;
use social_core::engine::{Error, Promise};

use super::app::App;
use super::auth::Caller;
use super::{codes, table};
use crate::Problem;

/// The promise that an act is asked with. Without a token, a problem that carries a fresh one and
/// what would be done. What is stored with it uses it up in its own transaction.
pub(crate) async fn promised(
    app: &App,
    caller: &Caller,
    token: Option<&str>,
    act: &str,
    shown: Value,
) -> Result<Promise, Problem> {
    if let Some(token) = token {
        return Ok(Promise { token: token.into(), payload: act.to_owned() });
    }
    let issued = app.confirmations().issue(caller.workspace(), &caller.actor(), act).await;
    let (token, until) = issued.map_err(table::problem)?;
    Err(codes::CONFIRMATION_REQUIRED
        .problem("this is done only after somebody saw what it does")
        .with("previews", Value::Array(vec![shown]))
        .with("confirm", token.expose_secret())
        .with("expires_at", until.to_string()))
}

/// The same for an act at a network, which no transaction of ours takes back: the token is used up
/// before it.
pub(crate) async fn required(
    app: &App,
    caller: &Caller,
    token: Option<&str>,
    act: &str,
    shown: Value,
) -> Result<(), Problem> {
    let promise = promised(app, caller, token, act, shown).await?;
    let redeemed = app.confirmations().redeem(caller.workspace(), &caller.actor(), &promise).await;
    redeemed.map_err(refused)
}

/// An act whose token was not taken is asked for anew without one.
pub(crate) fn refused(error: Error) -> Problem {
    let again = matches!(error, Error::Unconfirmed(_));
    let problem = table::problem_of(error, table::Doing::Changing);
    if again {
        return problem.fix(
            "Send the request without `confirm`, show the user what comes back, and use the new one.",
        );
    }
    problem
}

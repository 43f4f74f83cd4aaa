//! The numbers of accounts, asked of their networks when somebody wants them.

use serde::Serialize;
use social_core::domain::{Platform, TimeSpan};
use social_core::engine::Error;
use utoipa::ToSchema;

use super::super::app::App;
use super::super::auth::Caller;
use super::super::table;
use super::vocabulary::Vocabulary;
use crate::Problem;

/// The numbers of an account over the timeframe.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountNumbers {
    platform: String,
    account_id: String,
    name: String,
    /// When the network was asked.
    as_of: String,
    #[serde(flatten)]
    numbers: Vocabulary,
}

/// One entry for each connected account. A network that does not answer costs its own numbers and
/// no other's.
pub(super) async fn numbers(
    app: &App,
    caller: &Caller,
    span: TimeSpan,
    wanted: &[Platform],
    full: bool,
) -> Result<Vec<AccountNumbers>, Problem> {
    let ws = caller.workspace();
    let mut accounts = app.accounts().list(ws).await.map_err(table::problem)?;
    accounts.retain(|account| wanted.is_empty() || wanted.contains(&account.platform));
    let analytics = app.analytics();
    let each = accounts.into_iter().map(|account| {
        let read = analytics.of_account(ws, account.id, span);
        async move { (read.await, account) }
    });
    let mut items = Vec::new();
    for (read, account) in futures::future::join_all(each).await {
        let numbers = match read {
            Ok(metrics) => Vocabulary::of(&metrics, full),
            Err(error @ (Error::Store(_) | Error::Seal(_))) => return Err(table::problem(error)),
            Err(error) => Vocabulary::none(&error.to_string()),
        };
        items.push(AccountNumbers {
            platform: account.platform.to_string(),
            account_id: account.id.to_string(),
            name: account.name,
            as_of: app.now().to_string(),
            numbers,
        });
    }
    Ok(items)
}

//! How far the numbers go: what was read when, and why not.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Serialize;
use social_core::domain::{GrantStatus, Metric, Platform, Sums};
use social_core::engine::Report;
use utoipa::ToSchema;

use super::super::app::App;
use super::super::auth::Caller;
use super::super::table;
use crate::Problem;

/// Numbers that were read longer ago are told to be old.
const FRESH: Duration = Duration::from_secs(24 * 3600);

/// How far the numbers of one network go.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Coverage {
    platform: String,
    /// ok, stale, unsupported, unauthorized or error.
    status: &'static str,
    /// When numbers were read last.
    as_of: Option<String>,
    /// Why it is not ok.
    reason: Option<String>,
    /// What to do about it.
    fix: Option<String>,
    /// The numbers that it does not tell, and why.
    missing: BTreeMap<&'static str, String>,
}

/// One entry for each network that posts went to or that an account is connected of.
pub(super) async fn coverage(
    app: &App,
    caller: &Caller,
    report: &Report,
    wanted: &[Platform],
) -> Result<Vec<Coverage>, Problem> {
    let failed = |error| table::store(&error);
    let mut connected = BTreeSet::new();
    let mut works = BTreeSet::new();
    {
        let ws = caller.workspace();
        let mut unit = app.ports.store.begin().await.map_err(failed)?;
        for account in unit.accounts().list(ws).await.map_err(failed)? {
            let grant = unit.grants().get(ws, account.grant_id).await.map_err(failed)?;
            if grant.is_some_and(|grant| grant.status == GrantStatus::Active) {
                works.insert(account.platform.clone());
            }
            connected.insert(account.platform);
        }
    }
    let mut platforms = connected.clone();
    platforms.extend(report.platforms.keys().cloned());
    platforms.retain(|platform| wanted.is_empty() || wanted.contains(platform));
    let each = |platform: &Platform| one(app, platform, report, works.contains(platform));
    Ok(platforms.iter().map(each).collect())
}

fn one(app: &App, platform: &Platform, report: &Report, works: bool) -> Coverage {
    let none = Sums::default();
    let sums = report.platforms.get(platform).unwrap_or(&none);
    let read = sums.read_at;
    let supported = app.ports.platforms.get(platform).is_ok_and(|api| api.capabilities().analytics);
    let (status, reason, fix) = if !supported {
        let reason = "this network gives no numbers to apps";
        ("unsupported", Some(reason.to_owned()), Some("Look at them there.".to_owned()))
    } else if !works {
        let fix = format!(
            "Ask the user to connect it again: POST /api/accounts \
             {{\"action\":\"connect\",\"platform\":\"{platform}\"}} gives the address."
        );
        ("unauthorized", Some("no account of it is connected any more".to_owned()), Some(fix))
    } else {
        let fix = "Numbers are read by a worker as posts grow older: start one, or wait.";
        match read {
            Some(at) if app.now().since(at) <= FRESH => ("ok", None, None),
            Some(at) => ("stale", Some(format!("last read at {at}")), Some(fix.to_owned())),
            None if sums.posts == 0 => ("ok", None, None),
            None => {
                let reason = "the numbers were not read yet, or could not be";
                ("stale", Some(reason.to_owned()), Some(fix.to_owned()))
            }
        }
    };
    Coverage {
        platform: platform.to_string(),
        status,
        as_of: read.map(|at| at.to_string()),
        reason,
        fix,
        missing: missing(report, platform, sums),
    }
}

/// Why numbers are null in the sums of a network.
fn missing(report: &Report, platform: &Platform, sums: &Sums) -> BTreeMap<&'static str, String> {
    let told = |metric: &Metric| sums.get(*metric).is_some();
    let whys = report.missing.get(platform).into_iter().flatten();
    let whys = whys.filter(|(metric, _)| !told(metric));
    whys.map(|(metric, why)| (metric.as_str(), why.clone())).collect()
}

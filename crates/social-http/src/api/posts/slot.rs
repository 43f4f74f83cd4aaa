//! The next slot: when a post goes out whose author named no time.
//!
//! It is the next full hour at least one hour ahead at which none of the accounts has a post and
//! the key's quiet hours do not rule. Nothing cleverer: who knows better names a time.

use std::time::Duration;

use social_core::Timestamp;
use social_core::domain::{Account, DeliveryStatus};
use social_core::ports::{PostRequest, UnitOfWork};

use super::super::app::App;
use super::super::table;
use crate::Problem;

const HOUR: Duration = Duration::from_secs(3600);

/// For how many hours ahead a slot is looked for; a calendar that is full so long gets the last.
const HORIZON: u32 = 14 * 24;

/// For how long what a dry run showed may be confirmed.
const CONFIRMABLE: Duration = Duration::from_secs(15 * 60);

/// The next slot as of now, and as of a dry run at most a confirmation's life ago.
pub(crate) async fn next(
    app: &App,
    request: &PostRequest,
    quiet: Option<(u8, u8)>,
) -> Result<(Timestamp, Timestamp), Problem> {
    let failed = |error| table::store(&error);
    let now = app.now();
    let mut unit = app.ports.store.begin().await.map_err(failed)?;
    let accounts = unit.accounts().list(request.workspace).await.map_err(failed)?;
    let named = |account: &Account| {
        request.targets.iter().any(|target| {
            target.platform == account.platform && target.account.is_none_or(|id| id == account.id)
        })
    };
    let accounts: Vec<Account> = accounts.into_iter().filter(named).collect();
    let slot = free(&mut *unit, &accounts, now, quiet).await?;
    let earlier = free(&mut *unit, &accounts, now - CONFIRMABLE, quiet).await?;
    Ok((slot, earlier))
}

async fn free(
    unit: &mut dyn UnitOfWork,
    accounts: &[Account],
    now: Timestamp,
    quiet: Option<(u8, u8)>,
) -> Result<Timestamp, Problem> {
    let mut slot = full_hour(now + HOUR);
    for _ in 0..HORIZON {
        if !is_quiet(slot, quiet) && !taken(unit, accounts, slot).await? {
            break;
        }
        slot = slot + HOUR;
    }
    Ok(slot)
}

async fn taken(
    unit: &mut dyn UnitOfWork,
    accounts: &[Account],
    slot: Timestamp,
) -> Result<bool, Problem> {
    for account in accounts {
        let found = unit
            .deliveries()
            .of_account(account.workspace_id, account.id, slot, slot + HOUR)
            .await
            .map_err(|error| table::store(&error))?;
        let stands = |status| !matches!(status, DeliveryStatus::Cancelled | DeliveryStatus::Failed);
        if found.iter().any(|delivery| stands(delivery.status)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The first full hour that is not before `time`.
fn full_hour(time: Timestamp) -> Timestamp {
    let hour = HOUR.as_secs() as i64;
    let secs = (time.as_millis() + 999).div_euclid(1000);
    Timestamp::from_secs((secs + hour - 1).div_euclid(hour) * hour)
}

fn is_quiet(time: Timestamp, quiet: Option<(u8, u8)>) -> bool {
    use chrono::Timelike as _;
    let hour = time.as_datetime().hour() as u8;
    quiet.is_some_and(|(from, to)| {
        if from <= to { (from..to).contains(&hour) } else { hour >= from || hour < to }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_a_full_hour() {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(full_hour(time("2026-11-23T09:00:00Z")), time("2026-11-23T09:00:00Z"));
        assert_eq!(full_hour(time("2026-11-23T09:00:00.001Z")), time("2026-11-23T10:00:00Z"));
        assert_eq!(full_hour(time("2026-11-23T09:59:59Z")), time("2026-11-23T10:00:00Z"));
    }

    #[test]
    fn quiet_hours_may_lie_over_midnight() {
        let at = |hour: u32| format!("2026-11-23T{hour:02}:00:00Z").parse::<Timestamp>().unwrap();
        assert!(is_quiet(at(23), Some((22, 6))) && is_quiet(at(5), Some((22, 6))));
        assert!(!is_quiet(at(6), Some((22, 6))) && !is_quiet(at(12), None));
        assert!(is_quiet(at(12), Some((12, 14))) && !is_quiet(at(14), Some((12, 14))));
    }
}

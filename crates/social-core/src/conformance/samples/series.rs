//! Posts that come again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{Days, NaiveDate, NaiveTime};

use super::{Samples, at};
use crate::domain::series::{
    Missed, OccurrenceRow, QuietHours, QuietPlan, Recurrence, Repeat, Rule, Series, SeriesStatus,
    Wall,
};
use crate::domain::{
    AccountId, Budget, MediaRef, Override, Platform, PostId, SeriesId, Target, WorkspaceId,
};

/// Half past nine, some days after the one that series begin on.
#[must_use]
pub fn wall(days: u64) -> Wall {
    let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default() + Days::new(days);
    day.and_hms_opt(9, 30, 0).unwrap_or_default()
}

impl Samples {
    /// A series.
    pub fn series(&self, ws: WorkspaceId) -> Series {
        let rule = Rule::cron("30 9 * * mon-fri").expect("a rule");
        let own = Override { content: Some("Nur hier".to_owned()), ..Override::default() };
        Series {
            id: SeriesId::from_uuid(self.uuid()),
            workspace_id: ws,
            content: "Open till late \u{1f6a2}".to_owned(),
            targets: vec![Target { platform: Platform::FACEBOOK, account: Some(self.lane()) }],
            overrides: BTreeMap::from([(Platform::FACEBOOK, own)]),
            media: vec![MediaRef::new(crate::domain::AssetId::from_uuid(self.uuid()))],
            repeat: Repeat {
                recurrence: Recurrence {
                    rule,
                    zone: chrono_tz::Europe::Berlin,
                    from: wall(0).date(),
                    until: Some(wall(400).date()),
                    except: BTreeSet::from([wall(2)]),
                },
                missed: Missed::Once,
                jitter: Duration::from_secs(600),
            },
            approval: true,
            budget: Budget { posts_per_day: Some(3), ..Budget::default() },
            status: SeriesStatus::Active,
            done: at(7),
            created_at: at(3),
            version: 1,
        }
    }

    /// What became of an occurrence: a post.
    pub fn occurrence(&self, series: &Series, wall: Wall) -> OccurrenceRow {
        OccurrenceRow {
            workspace_id: series.workspace_id,
            series_id: series.id,
            wall,
            at: at(900),
            post: Some(PostId::from_uuid(self.uuid())),
            version: 0,
            trouble: None,
        }
    }

    /// Quiet hours over midnight.
    pub fn quiet(&self, ws: WorkspaceId, account_id: Option<AccountId>) -> QuietPlan {
        let time = |hour| NaiveTime::from_hms_opt(hour, 15, 0).unwrap_or_default();
        let hours =
            QuietHours { from: time(22), until: time(7), zone: chrono_tz::America::New_York };
        QuietPlan { workspace_id: ws, account_id, hours }
    }
}

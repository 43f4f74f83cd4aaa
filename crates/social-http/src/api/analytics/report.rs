//! The report as the contract has it.

use std::collections::BTreeMap;

use serde::Serialize;
use social_core::domain::{
    AccountId, Best, Dimension, Gained, Measured, Platform, PostId, Snapshot, Sums, TimeSpan, Zone,
};
use social_core::engine::{PostView, Report};
use utoipa::ToSchema;

use super::super::app::App;
use super::super::auth::Caller;
use super::super::table;
use super::accounts::AccountNumbers;
use super::coverage::Coverage;
use super::numbers::{Growth, Numbers};
use super::vocabulary::DeliveryNumbers;
use super::{GroupBy, TOP};
use crate::Problem;

/// What the networks counted for the posts that became visible in the timeframe, as last read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Report)]
pub(crate) struct ReportAnswer {
    timeframe: Span,
    totals: Numbers,
    /// Against the time before, as long as this one.
    growth: Growth,
    by_platform: Vec<Group>,
    series: Vec<Group>,
    /// At most five, those with the most engagements first.
    top_posts: Vec<TopPost>,
    coverage: Vec<Coverage>,
    /// Where `post_id` names one: all its numbers, network by network.
    #[serde(skip_serializing_if = "Option::is_none")]
    deliveries: Option<Vec<DeliveryNumbers>>,
    /// Where it is asked for: the numbers of the accounts themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    accounts: Option<Vec<AccountNumbers>>,
    /// With `view=full`: by account, campaign, hashtag and hour of the week.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<BTreeMap<&'static str, Vec<Group>>>,
    /// With `view=full`: what all posts gained day by day, whenever they became visible.
    #[serde(skip_serializing_if = "Option::is_none")]
    gained: Option<Vec<Gain>>,
}

/// From when to when.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Span {
    from: String,
    to: String,
}

/// The numbers of one day, network, post, …
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Group {
    /// `2026-11-23`, `facebook`, `post_…`, `acct_…`, `spring`, `coffee`, `mon-18`
    key: String,
    /// Its name, where people know it by another than its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(flatten)]
    numbers: Numbers,
}

/// A post that did well.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TopPost {
    post_id: String,
    platform: String,
    url: Option<String>,
    #[serde(flatten)]
    numbers: Numbers,
}

/// What all posts of a network gained on a day: less than nothing where the network took something
/// back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Gain {
    /// The day, in UTC.
    day: String,
    platform: String,
    /// By the names that all networks share.
    gained: BTreeMap<&'static str, i64>,
}

/// What stands beside the report itself.
pub(super) struct Parts {
    pub(super) coverage: Vec<Coverage>,
    pub(super) deliveries: Option<Vec<DeliveryNumbers>>,
    pub(super) accounts: Option<Vec<AccountNumbers>>,
}

impl ReportAnswer {
    pub(super) fn of(
        span: TimeSpan,
        report: &Report,
        names: &Names,
        group_by: GroupBy,
        full: bool,
        parts: Parts,
    ) -> Self {
        let (totals, before) = (Numbers::from(&report.totals), Numbers::from(&report.before));
        let platforms: Vec<Group> =
            report.platforms.iter().map(|(platform, sums)| Group::of(platform, sums)).collect();
        let by = |dimension: Dimension| names.groups(report, dimension);
        let series = match group_by.dimension() {
            Some(dimension) => by(dimension),
            None => match group_by {
                GroupBy::Platform => {
                    report.platforms.iter().map(|(key, sums)| Group::of(key, sums)).collect()
                }
                GroupBy::Post => posts(&report.best),
                _ => report.days.iter().map(|(day, sums)| Group::of(day, sums)).collect(),
            },
        };
        let all = || report.by.keys().map(|dimension| (dimension.as_str(), by(*dimension)));
        Self {
            timeframe: Span { from: span.from.to_string(), to: span.to.to_string() },
            growth: Growth::of(&before, &totals),
            totals,
            by_platform: platforms,
            series,
            top_posts: report.best.iter().take(TOP).map(|best| names.top(best)).collect(),
            coverage: parts.coverage,
            deliveries: parts.deliveries,
            accounts: parts.accounts,
            by: full.then(|| all().collect()),
            gained: full.then(|| report.gained.iter().map(Gain::of).collect()),
        }
    }
}

impl Group {
    fn of(key: &dyn std::fmt::Display, sums: &Sums) -> Self {
        Self { key: key.to_string(), name: None, numbers: Numbers::from(sums) }
    }
}

impl Gain {
    fn of(gained: &Gained) -> Self {
        let told = gained.values.iter().filter(|(_, value)| **value != 0);
        Self {
            day: gained.day.to_string(),
            platform: gained.platform.to_string(),
            gained: told.map(|(metric, value)| (metric.as_str(), *value)).collect(),
        }
    }
}

/// Posts by their id, the best first; what went to several accounts is added up.
fn posts(best: &[Best]) -> Vec<Group> {
    let mut order: Vec<PostId> = Vec::new();
    let mut sums: BTreeMap<PostId, Sums> = BTreeMap::new();
    for best in best {
        let id = best.measured.post_id;
        if !sums.contains_key(&id) {
            order.push(id);
        }
        sums.entry(id).or_default().add(&best.sums);
    }
    order.iter().filter_map(|id| Some(Group::of(id, sums.get(id)?))).collect()
}

/// What people call accounts, and where they see posts.
#[derive(Debug, Default)]
pub(super) struct Names {
    accounts: BTreeMap<String, String>,
    urls: BTreeMap<social_core::domain::DeliveryId, String>,
}

impl Names {
    /// The account's name, where it is known.
    pub(super) fn account(&self, key: &str) -> Option<&str> {
        self.accounts.get(key).map(String::as_str)
    }

    pub(super) fn url(&self, best: &Best) -> Option<&str> {
        self.urls.get(&best.measured.delivery_id).map(String::as_str)
    }

    fn groups(&self, report: &Report, dimension: Dimension) -> Vec<Group> {
        let name = |key: &str| match dimension {
            Dimension::Account => self.account(key).map(str::to_owned),
            _ => None,
        };
        let groups = report.by.get(&dimension).into_iter().flatten();
        groups.map(|(key, sums)| Group { name: name(key), ..Group::of(key, sums) }).collect()
    }

    fn top(&self, best: &Best) -> TopPost {
        TopPost {
            post_id: best.measured.post_id.to_string(),
            platform: best.measured.platform.to_string(),
            url: self.url(best).map(str::to_owned),
            numbers: Numbers::from(&best.sums),
        }
    }
}

/// What people call what stands in a report.
pub(super) async fn names(app: &App, caller: &Caller, report: &Report) -> Result<Names, Problem> {
    let failed = |error| table::store(&error);
    let ws = caller.workspace();
    let mut unit = app.ports.store.read().await.map_err(failed)?;
    let mut names = Names::default();
    for key in report.by.get(&Dimension::Account).into_iter().flat_map(BTreeMap::keys) {
        let Ok(id) = key.parse::<AccountId>() else { continue };
        let account = unit.accounts().get(ws, id).await.map_err(failed)?;
        names.accounts.extend(account.map(|account| (key.clone(), account.name)));
    }
    for best in report.best.iter().take(TOP) {
        let id = best.measured.delivery_id;
        let delivery = unit.deliveries().get(ws, id).await.map_err(failed)?;
        let url = delivery.and_then(|it| it.published).and_then(|published| published.permalink);
        names.urls.extend(url.map(|url| (id, url.to_string())));
    }
    Ok(names)
}

/// The report of one post, straight from what was read of it last.
pub(super) async fn of_post(
    app: &App,
    view: &PostView,
    platforms: &[Platform],
    full: bool,
) -> Result<(Report, Vec<DeliveryNumbers>), Problem> {
    let mut report = Report {
        totals: Sums::default(),
        before: Sums::default(),
        platforms: BTreeMap::new(),
        days: BTreeMap::new(),
        by: BTreeMap::new(),
        best: Vec::new(),
        gained: Vec::new(),
        missing: BTreeMap::new(),
    };
    let mut told = Vec::new();
    let wanted = |platform: &Platform| platforms.is_empty() || platforms.contains(platform);
    for delivery in view.deliveries.iter().filter(|delivery| wanted(&delivery.platform)) {
        let campaign = view.post.campaign.as_deref();
        let Some(measured) = Measured::of(delivery, campaign, Zone::UTC) else { continue };
        let history = app.analytics().history(delivery.workspace_id, delivery.id).await;
        let latest: Option<Snapshot> = history.map_err(table::problem)?.pop();
        let metrics = latest.as_ref().map(|latest| latest.metrics.clone()).unwrap_or_default();
        let sums = Sums::one(&metrics.values, latest.as_ref().map(|latest| latest.taken_at));
        report.totals.add(&sums);
        report.platforms.entry(delivery.platform.clone()).or_default().add(&sums);
        let day = social_core::statistics::utc_day(measured.published_at);
        report.days.entry(day).or_default().add(&sums);
        report.missing.entry(delivery.platform.clone()).or_default().extend(metrics.missing);
        told.push(DeliveryNumbers::of(delivery, latest.as_ref(), full));
        if sums.engagements().is_some() {
            report.best.push(Best { measured, sums });
        }
    }
    report.best.sort_by_key(|best| std::cmp::Reverse(best.sums.engagements()));
    Ok((report, told))
}

//! What came of it, judged by what the networks have made visible.

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Value, json};
use social::sim::{Ledger, LedgerEntry};
use social::{Delivery, DeliveryStatus, Metrics, PostView};

use super::stage::{Stage, name};
use super::{PLATFORMS, deliveries};
use crate::failure::Failure;
use crate::output::{say, say_json};

/// One delivery as it ended.
struct Row {
    delivery: Delivery,
    account: String,
    /// Milliseconds between the due time and the request that made it visible.
    lateness: Option<i64>,
    /// How often it is visible, by the networks' own account.
    visible: usize,
    /// The numbers, or why there are none.
    numbers: Result<Metrics, String>,
}

/// What came of the demo.
pub(super) struct Report {
    rows: Vec<Row>,
    duplicates: usize,
}

impl Report {
    /// Compares what the engine says with what the networks have made visible, and reads the
    /// numbers back.
    pub(super) async fn judge(stage: &Stage, views: &[PostView]) -> Result<Self, Failure> {
        let ledger = stage.networks.sim.ledger();
        let mut rows = Vec::new();
        for delivery in deliveries(views) {
            let account = stage.account(delivery.account_id);
            let remote = account.as_ref().map_or("", |account| account.remote_id.as_str());
            let visible = ledger.live().filter(|entry| is_of(entry, delivery, remote)).count();
            let numbers =
                stage.social.analytics().collect(stage.social.workspace(), delivery.id).await;
            rows.push(Row {
                delivery: delivery.clone(),
                account: account.as_ref().map(name).unwrap_or_default(),
                lateness: delivery
                    .sent_at
                    .map(|sent| sent.as_millis() - delivery.due_at.as_millis()),
                visible,
                numbers: numbers.map_err(|error| error.to_string()),
            });
        }
        let place = |row: &Row| PLATFORMS.iter().position(|p| *p == row.delivery.platform);
        rows.sort_by_key(|row| (row.delivery.due_at, place(row)));
        Ok(Self { rows, duplicates: duplicates(&ledger) })
    }

    /// As a table.
    pub(super) fn print(&self, stage: &Stage) {
        let mut table = Table::new();
        table
            .load_style(presets::UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_header([
                "network", "account", "kind", "status", "late", "views", "likes", "address",
            ]);
        for row in &self.rows {
            let link = row.delivery.published.as_ref().and_then(|p| p.permalink.as_ref());
            let number = |metric| {
                let numbers = row.numbers.as_ref().ok()?;
                Some(numbers.values.get(&metric)?.to_string())
            };
            table.add_row([
                row.delivery.platform.to_string(),
                row.account.clone(),
                word(&row.delivery.kind),
                word(&row.delivery.status),
                row.lateness.map_or_else(|| "–".into(), |ms| format!("{ms} ms")),
                number(social::Metric::Views)
                    .or_else(|| number(social::Metric::Impressions))
                    .unwrap_or_else(|| "–".into()),
                number(social::Metric::Likes).unwrap_or_else(|| "–".into()),
                link.map_or_else(|| "–".into(), ToString::to_string),
            ]);
            if let Some(failure) = &row.delivery.failure {
                say(format!("  {}: {} {}", row.delivery.platform, failure.message, failure.action));
            }
            if let Err(why) = &row.numbers {
                say(format!("  {}: no numbers: {why}", row.delivery.platform));
            }
        }
        say(table.to_string());
        let once = self.rows.iter().filter(|row| row.visible == 1).count();
        say(format!(
            "By the networks' own account: {once} of {} visible exactly once, {} duplicates, {} lost.",
            self.rows.len(),
            self.duplicates,
            self.lost()
        ));
        say(format!("See the feeds at {}__sim/", stage.networks.base_url));
    }

    /// As one JSON object.
    pub(super) fn print_json(&self, stage: &Stage) {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                let published = row.delivery.published.as_ref();
                json!({
                    "platform": row.delivery.platform,
                    "account": row.account,
                    "kind": row.delivery.kind,
                    "status": row.delivery.status,
                    "due_at": row.delivery.due_at,
                    "lateness_ms": row.lateness,
                    "visible": row.visible,
                    "permalink": published.and_then(|p| p.permalink.clone()),
                    "metrics": row.numbers.as_ref().ok().map(|numbers| &numbers.values),
                    "no_metrics": row.numbers.as_ref().err(),
                })
            })
            .collect();
        say_json(&json!({
            "deliveries": rows,
            "duplicates": self.duplicates,
            "lost": self.lost(),
            "ok": self.is_good(),
            "feeds": format!("{}__sim/", stage.networks.base_url),
        }));
    }

    /// Success only if everything is published exactly once.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        if self.is_good() {
            return Ok(());
        }
        Err(Failure::later("not everything was published exactly once; see above"))
    }

    fn is_good(&self) -> bool {
        self.duplicates == 0
            && !self.rows.is_empty()
            && self
                .rows
                .iter()
                .all(|row| row.visible == 1 && row.delivery.status == DeliveryStatus::Published)
    }

    fn lost(&self) -> usize {
        self.rows.iter().filter(|row| row.visible == 0).count()
    }
}

fn is_of(entry: &LedgerEntry, delivery: &Delivery, account: &str) -> bool {
    entry.platform.to_string() == delivery.platform.as_str()
        && entry.account_id == account
        && entry.text == delivery.text
}

/// How many posts are visible beyond the first of their kind.
fn duplicates(ledger: &Ledger) -> usize {
    ledger.duplicates().iter().map(|same| same.len() - 1).sum()
}

fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

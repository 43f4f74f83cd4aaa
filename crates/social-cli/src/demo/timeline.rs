//! What a person sees while it happens.

use std::collections::{BTreeMap, HashMap};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use social::core::engine::Preview;
use social::{Account, AccountId, Activity, DeliveryId, DeliveryStatus, Severity};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::task::JoinHandle;

use super::stage;
use crate::output::say;

/// Prints what happens, unless it is told to be quiet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeline {
    loud: bool,
}

impl Timeline {
    pub(super) fn new(loud: bool) -> Self {
        Self { loud }
    }

    pub(super) fn headline(self, line: &str) {
        if self.loud {
            say(format!("\n\x1b[1m{line}\x1b[0m"));
        }
    }

    pub(super) fn note(self, line: &str) {
        if self.loud {
            say(format!("  {line}"));
        }
    }

    pub(super) fn connected(self, account: &Account) {
        let name = stage::name(account);
        let platform = account.platform.to_string();
        self.note(&format!("✓ {platform:<10} {name}  ({})", account.kind));
    }

    pub(super) fn preview(self, name: &str, preview: &Preview) {
        self.note(&format!("the {name}, at {}", preview.time));
        for delivery in &preview.deliveries {
            let changes: Vec<String> = delivery.media.iter().flatten().cloned().collect();
            let changes =
                if changes.is_empty() { "as it is".to_owned() } else { changes.join(", ") };
            self.note(&format!(
                "  {:<10} {:>3} of {:>5} characters · {changes}",
                delivery.platform.to_string(),
                delivery.length,
                delivery.limit,
            ));
        }
        for finding in preview.findings.iter().filter(|f| f.severity == Severity::Error) {
            self.note(&format!("  ✗ {finding}"));
        }
    }

    /// Prints what is going on until it is stopped.
    pub(super) fn follow(
        self,
        activities: Receiver<Activity>,
        names: BTreeMap<AccountId, String>,
    ) -> Following {
        let task = self.loud.then(|| tokio::spawn(follow(activities, names)));
        Following(task)
    }
}

/// Something that is printed in the background.
pub(super) struct Following(Option<JoinHandle<()>>);

impl Following {
    /// Prints nothing more.
    pub(super) async fn stop(self) {
        if let Some(task) = self.0 {
            task.abort();
            // It was told to end: that it was cancelled is no news.
            let _ = task.await;
        }
    }
}

async fn follow(mut activities: Receiver<Activity>, names: BTreeMap<AccountId, String>) {
    let all = MultiProgress::new();
    let mut bars: HashMap<DeliveryId, ProgressBar> = HashMap::new();
    // Lines go above the bars; where there is no terminal there are no bars, and just lines.
    let line = |line: String| match all.println(&line) {
        Ok(()) if !all.is_hidden() => {}
        _ => say(line),
    };
    let style = ProgressStyle::with_template("  {prefix:<10} {bar:24} {percent:>3} %  {msg}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    loop {
        match activities.recv().await {
            Ok(Activity::Rendering { delivery, platform, done, .. }) => {
                let bar = bars.entry(delivery).or_insert_with(|| {
                    let bar = all.add(ProgressBar::new(1000).with_style(style.clone()));
                    bar.set_prefix(platform.to_string());
                    bar.set_message("fitting the media");
                    bar
                });
                bar.set_position((done * 1000.0) as u64);
                if done >= 1.0
                    && let Some(bar) = bars.remove(&delivery)
                {
                    bar.finish_and_clear();
                }
            }
            Ok(Activity::Step { platform, operation, at, .. }) => {
                line(format!("  {} {:<10} {operation}", clock(at), platform.to_string()));
            }
            Ok(Activity::Status { platform, status, at, account, .. }) => {
                let name = names.get(&account).map_or("", String::as_str);
                let mark = match status {
                    DeliveryStatus::Published => "\x1b[32m● published\x1b[0m",
                    DeliveryStatus::Publishing => "\x1b[33m◐ sent\x1b[0m",
                    DeliveryStatus::Failed => "\x1b[31m✗ failed\x1b[0m",
                    DeliveryStatus::Unconfirmed => "\x1b[31m? unconfirmed\x1b[0m",
                    _ => "○ waiting",
                };
                line(format!("  {} {:<10} {mark}  {name}", clock(at), platform.to_string()));
            }
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

/// The time of day, to the millisecond.
fn clock(at: social::Timestamp) -> String {
    at.as_datetime().format("%H:%M:%S%.3f").to_string()
}

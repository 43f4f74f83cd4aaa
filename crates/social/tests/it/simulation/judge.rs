//! Judging a run by what people see on the networks.

use std::time::Duration;

use social::sim::{MetaConfig, Network};
use social::{Account, DeliveryStatus, PostView, Social};

use super::people::Planned;
use super::stage::Stage;

/// What came of a run, or of many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub posts: u64,
    pub published: u64,
    pub cancelled: u64,
    /// Visible more than once.
    pub duplicates: u64,
    /// Not visible though it should be.
    pub lost: u64,
    /// Left to a person, since the network could not be asked.
    pub asked: u64,
    /// Left to a person without need.
    pub unconfirmed: u64,
    /// Not settled after hours.
    pub stuck: u64,
    /// Visible before its time.
    pub early: u64,
    /// Said to be other than it is.
    pub wrong: u64,
    /// In calm weather: out of the order of its account, or late.
    pub unordered: u64,
    /// What was found, in words.
    pub story: Vec<String>,
}

impl Verdict {
    pub(super) fn is_fine(&self) -> bool {
        self.bad() == 0
    }

    fn bad(&self) -> u64 {
        let Self { duplicates, lost, unconfirmed, stuck, early, wrong, unordered, .. } = self;
        duplicates + lost + unconfirmed + stuck + early + wrong + unordered
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.posts += other.posts;
        self.published += other.published;
        self.cancelled += other.cancelled;
        self.asked += other.asked;
        self.duplicates += other.duplicates;
        self.lost += other.lost;
        self.unconfirmed += other.unconfirmed;
        self.stuck += other.stuck;
        self.early += other.early;
        self.wrong += other.wrong;
        self.unordered += other.unordered;
    }
}

/// How late a post may be where nothing goes wrong.
const PUNCTUAL: Duration = Duration::from_secs(10);

/// Judges all that was planned.
pub(super) async fn judge(stage: &Stage, social: &Social, plans: &[Planned]) -> Verdict {
    let mut verdict = Verdict::default();
    for plan in plans {
        let Some(post) = plan.post else {
            if plan.accounts.iter().any(|account| !seen(stage, plan, account).is_empty()) {
                verdict.wrong += 1;
                verdict.story.push(format!("{} was refused, and is there", plan.text));
            }
            continue;
        };
        let Ok(view) = social.posts().get(social.workspace(), post).await else {
            verdict.lost += 1;
            verdict.story.push(format!("{} was scheduled, and is not known", plan.text));
            continue;
        };
        for account in &plan.accounts {
            of_account(stage, plan, &view, account, &mut verdict);
        }
    }
    if stage.weather.is_calm_run() {
        order(stage, plans, &mut verdict);
    }
    verdict
}

fn of_account(
    stage: &Stage,
    plan: &Planned,
    view: &PostView,
    account: &Account,
    verdict: &mut Verdict,
) {
    use DeliveryStatus as D;
    let delivery = view.deliveries.iter().find(|d| d.account_id == account.id).unwrap();
    let seen = seen(stage, plan, account);
    let mut bad = Vec::new();
    let mut find = |count: &mut u64, what: &'static str| {
        *count += 1;
        bad.push(what);
    };
    verdict.posts += 1;
    if seen.len() > 1 {
        find(&mut verdict.duplicates, "visible twice");
    }
    // What was visible by then stays so; the rest was called off.
    if plan.cancelled.is_some_and(|then| seen.iter().any(|at| *at > then)) {
        find(&mut verdict.wrong, "visible after it was called off");
    }
    match delivery.status {
        D::Published => {
            verdict.published += 1;
            if seen.is_empty() {
                find(&mut verdict.lost, "published, and not there");
            }
        }
        D::Cancelled => {
            verdict.cancelled += 1;
            if !seen.is_empty() {
                find(&mut verdict.wrong, "called off, and there");
            }
        }
        D::Unconfirmed if stage.may_stay_in_doubt(&account.platform) => verdict.asked += 1,
        D::Unconfirmed => find(&mut verdict.unconfirmed, "left to a person"),
        D::Failed if seen.is_empty() => find(&mut verdict.lost, "failed"),
        D::Failed => find(&mut verdict.wrong, "failed, and there"),
        D::Draft | D::PendingApproval | D::Scheduled | D::Publishing => {
            find(&mut verdict.stuck, "not settled");
        }
    }
    let earliest = plan.due_at.iter().min().copied().unwrap_or(view.post.due_at);
    let ahead = Duration::from_millis(stage.weather.rates.skew);
    if seen.iter().any(|at| *at + ahead < earliest) {
        find(&mut verdict.early, "visible before its time");
    }
    let comments = comments(stage, plan);
    if comments > 1 {
        find(&mut verdict.duplicates, "commented on twice");
    }
    for what in bad {
        verdict.story.push(format!(
            "{} on {} {}: {what}; due {:?}, seen {seen:?}, {:?}, {:?}",
            plan.text,
            account.platform,
            account.kind,
            plan.due_at,
            delivery.status,
            delivery.failure
        ));
    }
}

/// When people saw it first, and each time again.
fn seen(stage: &Stage, plan: &Planned, account: &Account) -> Vec<social::Timestamp> {
    let ledger = stage.sim.ledger();
    let here = ledger.entries.iter().filter(|entry| {
        entry.kind != "comment"
            && entry.account_id == account.remote_id
            && entry.platform.to_string() == account.platform.as_str()
            && entry.text.lines().any(|line| line == plan.text)
    });
    here.map(|entry| entry.visible_at).collect()
}

/// How often the first comment of a post was said.
fn comments(stage: &Stage, plan: &Planned) -> usize {
    let number = plan.text.split(' ').nth(1).unwrap_or_default();
    let text = format!("Comment on {number}");
    stage.sim.ledger().entries.iter().filter(|e| e.kind == "comment" && e.text == text).count()
}

/// Where nothing goes wrong, posts of an account go out in the order they are due, and on time.
fn order(stage: &Stage, plans: &[Planned], verdict: &mut Verdict) {
    let mut shown = Vec::new();
    for plan in plans.iter().filter(|plan| plan.cancelled.is_none()) {
        for account in &plan.accounts {
            let Some(at) = seen(stage, plan, account).first().copied() else { continue };
            let due = plan.due_at[0];
            if at.since(due) > PUNCTUAL + processing(account) {
                verdict.unordered += 1;
                verdict.story.push(format!("{} was due {due} and seen {at}", plan.text));
            }
            shown.push((account.id, due, at - work(stage, plan, account), &plan.text));
        }
    }
    shown.sort();
    for pair in shown.windows(2) {
        let [(one, due, at, text), (two, later, after, next)] = pair else { continue };
        if one == two && due < later && at > after {
            verdict.unordered += 1;
            verdict.story.push(format!("{next} went before {text}"));
        }
    }
}

/// For how long Facebook works on a clip that it was told to show: the next post may be seen
/// meanwhile. Others work on a clip before that.
fn work(stage: &Stage, plan: &Planned, account: &Account) -> Duration {
    let ledger = stage.sim.ledger();
    let mut said = ledger.entries.iter().filter(|entry| entry.account_id == account.remote_id);
    let is_clip = said.any(|entry| {
        entry.platform == Network::Facebook
            && entry.kind == "video"
            && entry.text.lines().any(|line| line == plan.text)
    });
    if is_clip { MetaConfig::default().video_processing } else { Duration::ZERO }
}

/// How long a network may take for itself once it has everything.
fn processing(account: &Account) -> Duration {
    if account.platform == social::Platform::TIKTOK {
        Duration::from_secs(60)
    } else {
        Duration::ZERO
    }
}

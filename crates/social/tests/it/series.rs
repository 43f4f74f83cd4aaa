//! Posts that come again: when, how often, and what becomes of them.

use std::collections::BTreeSet;
use std::time::Duration;

use social::core::domain::series::{
    Missed, QuietHours, QuietPlan, Recurrence, Repeat, Rule, SeriesStatus, Wall,
};
use social::core::domain::{Happened, SeriesId};
use social::core::engine::{Reach, SeriesEdit};
use social::{
    Account, Error, Platform, PostEdit, PostRequest, PostStatus, PostView, Social, Submit, Target,
    Timestamp, WorkspaceId,
};

use crate::world::World;

const HOUR: Duration = Duration::from_secs(3600);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn wall(text: &str) -> Wall {
    text.parse().unwrap()
}

/// By the clocks of New York.
fn cron(expression: &str) -> Repeat {
    Recurrence {
        rule: Rule::cron(expression).unwrap(),
        zone: "America/New_York".parse().unwrap(),
        from: "2027-03-01".parse().unwrap(),
        until: None,
        except: BTreeSet::new(),
    }
    .into()
}

/// A page, on the day before the clocks go ahead in New York.
struct Desk {
    world: World,
    social: Social,
    page: Account,
}

impl Desk {
    async fn new(seed: u64) -> Self {
        let world = World::new(seed);
        world.clock.advance_to(at("2027-03-13T12:00:00Z"));
        let social = world.engine().await;
        let page = world.connect(&social, &Platform::FACEBOOK).await.remove(0);
        Self { world, social, page }
    }

    fn ws(&self) -> WorkspaceId {
        self.social.workspace()
    }

    fn request(&self, text: &str, repeat: impl Into<Repeat>) -> PostRequest {
        let target = Target { platform: Platform::FACEBOOK, account: Some(self.page.id) };
        PostRequest::new(self.ws(), text, [target]).repeated(repeat)
    }

    async fn begin(&self, text: &str, repeat: impl Into<Repeat>) -> SeriesId {
        let request = self.request(text, repeat);
        let asked = self.social.posts().schedule(&request, None).await.unwrap();
        let view = self.social.posts().get(self.ws(), asked.post()).await.unwrap();
        view.post.occurrence.unwrap().series
    }

    async fn work_until(&self, time: &str) {
        let time = at(time);
        let left = time.since(self.social.ports().clock.now());
        self.world.work_for(&self.social, left).await;
        self.world.clock.advance_to(time);
        while self.social.worker().run_once().await.unwrap().0 > 0 {}
    }

    /// Nobody works meanwhile.
    fn power_cut_until(&self, time: &str) {
        self.world.clock.advance_to(at(time));
    }

    /// What is to be seen, in the order in which it became so.
    fn visible(&self) -> Vec<(String, Timestamp)> {
        let ledger = self.world.sim.ledger();
        let mut seen: Vec<_> =
            ledger.live().map(|entry| (entry.text.clone(), entry.visible_at)).collect();
        seen.sort_by_key(|(_, at)| *at);
        seen
    }

    fn times(&self) -> Vec<String> {
        // The network takes some milliseconds.
        let whole = |at: Timestamp| Timestamp::from_secs(at.as_secs()).to_string();
        self.visible().into_iter().map(|(_, at)| whole(at)).collect()
    }

    fn texts(&self) -> Vec<String> {
        self.visible().into_iter().map(|(text, _)| text).collect()
    }

    async fn posts(&self) -> Vec<PostView> {
        let filter = social::core::ports::PostFilter { limit: 100, ..Default::default() };
        self.social.posts().list(self.ws(), &filter).await.unwrap()
    }

    async fn waiting(&self) -> Vec<PostView> {
        let mut posts = self.posts().await;
        posts.retain(|view| view.status == PostStatus::Scheduled);
        posts.sort_by_key(|view| view.post.due_at);
        posts
    }

    async fn status(&self, id: SeriesId) -> SeriesStatus {
        self.social.posts().series(self.ws(), id).await.unwrap().series.status
    }

    async fn missed(&self) -> Vec<String> {
        let mut unit = self.social.ports().store.begin().await.unwrap();
        let events = unit.outbox().since(self.ws(), None, 1000).await.unwrap().unwrap();
        let missed = events.into_iter().filter_map(|event| match event.what {
            Happened::SeriesMissed { reason, .. } => Some(reason),
            _ => None,
        });
        missed.collect()
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>, why: &str) {
    match result {
        Err(Error::Refused(message)) => assert!(message.contains(why), "{message}"),
        other => panic!("{other:?} was not refused: {why}"),
    }
}

fn words(text: &str) -> SeriesEdit {
    SeriesEdit { content: Some(text.into()), ..SeriesEdit::default() }
}

#[tokio::test]
async fn a_series_comes_at_its_hour_when_the_clocks_change() {
    let desk = Desk::new(71).await;
    let id = desk.begin("Good morning", cron("30 9 * * *")).await;
    desk.work_until("2027-03-16T20:00:00Z").await;
    // 09:30 in New York is an hour earlier from the 14th on.
    let expected = [
        "2027-03-13T14:30:00Z",
        "2027-03-14T13:30:00Z",
        "2027-03-15T13:30:00Z",
        "2027-03-16T13:30:00Z",
    ];
    assert_eq!(desk.times(), expected);
    let next = desk.social.posts().series(desk.ws(), id).await.unwrap().upcoming;
    assert_eq!(next[0].at, at("2027-03-17T13:30:00Z"));
    assert!(next[0].post.is_some() && next[9].post.is_none(), "{next:?}");
}

#[tokio::test]
async fn a_series_ends_with_its_last_day() {
    let desk = Desk::new(72).await;
    let mut daily = cron("30 9 * * *");
    daily.recurrence.until = Some("2027-03-14".parse().unwrap());
    let id = desk.begin("Twice", daily.clone()).await;
    desk.work_until("2027-03-20T00:00:00Z").await;
    assert_eq!(desk.times(), ["2027-03-13T14:30:00Z", "2027-03-14T13:30:00Z"]);
    assert_eq!(desk.status(id).await, SeriesStatus::Ended);
    let over = desk.social.posts().schedule(&desk.request("Late", daily), None).await;
    refused(over, "never comes");
}

#[tokio::test]
async fn two_workers_make_each_occurrence_once() {
    let desk = Desk::new(73).await;
    desk.begin("Once each", cron("0 */6 * * *")).await;
    let other = desk.world.engine().await;
    for _ in 0..96 {
        let (a, b) = (desk.social.worker(), other.worker());
        let (a, b) = tokio::join!(a.run_once(), b.run_once());
        a.unwrap();
        b.unwrap();
        desk.world.clock.advance(HOUR / 2);
    }
    let posts = desk.posts().await;
    let walls: BTreeSet<_> =
        posts.iter().map(|view| view.post.occurrence.unwrap().wall.to_string()).collect();
    assert_eq!(walls.len(), posts.len(), "{walls:?}");
    assert_eq!(desk.visible().len(), 8);
}

/// Some hours without power, in which four occurrences passed that were made ahead.
async fn after_a_night(missed: Missed) -> Vec<String> {
    let desk = Desk::new(74).await;
    let repeat = Repeat { missed, ..cron("0 * * * *") };
    desk.begin("On the hour", repeat).await;
    desk.work_until("2027-03-13T13:30:00Z").await;
    desk.power_cut_until("2027-03-13T17:05:00Z");
    desk.work_until("2027-03-13T18:30:00Z").await;
    desk.times()
}

#[tokio::test]
async fn what_was_missed_is_left_or_done_as_is_wished() {
    let before = "2027-03-13T13:00:00Z";
    let after = "2027-03-13T18:00:00Z";
    // That of 17:00 is five minutes late, and was not missed.
    assert_eq!(after_a_night(Missed::Skip).await, [before, "2027-03-13T17:05:00Z", after]);
    let late = "2027-03-13T17:05:00Z";
    assert_eq!(after_a_night(Missed::Once).await, [before, late, late, after]);
    assert_eq!(after_a_night(Missed::All).await, [before, late, late, late, late, after]);
}

#[tokio::test]
async fn a_week_without_power_is_caught_up_with_as_is_wished() {
    for (missed, late) in [(Missed::Skip, 0), (Missed::Once, 1), (Missed::All, 7)] {
        let desk = Desk::new(75).await;
        desk.begin("Daily", Repeat { missed, ..cron("30 9 * * *") }).await;
        desk.work_until("2027-03-13T20:00:00Z").await;
        assert_eq!(desk.visible().len(), 1);
        desk.power_cut_until("2027-03-20T20:00:00Z");
        desk.work_until("2027-03-20T23:00:00Z").await;
        assert_eq!(desk.visible().len(), 1 + late, "{missed:?}");
        desk.work_until("2027-03-21T20:00:00Z").await;
        assert_eq!(desk.visible().len(), 2 + late, "{missed:?}: it goes on");
    }
}

#[tokio::test]
async fn one_occurrence_is_changed_alone() {
    let desk = Desk::new(76).await;
    let id = desk.begin("Usual", cron("30 9 * * *")).await;
    let posts = desk.social.posts();
    let fourth = wall("2027-03-16T09:30:00");
    // It is no post yet: it becomes one now.
    let post = posts.occurrence(desk.ws(), id, fourth).await.unwrap().post.id;
    assert_eq!(posts.occurrence(desk.ws(), id, fourth).await.unwrap().post.id, post);
    let edit = PostEdit { content: Some("Special".into()), ..PostEdit::default() };
    posts.edit(desk.ws(), post, None, edit).await.unwrap();
    posts.leave_out(desk.ws(), id, wall("2027-03-14T09:30:00")).await.unwrap();
    posts.leave_out(desk.ws(), id, wall("2027-03-17T09:30:00")).await.unwrap();
    // What changes all lets the one be that somebody took in hand.
    posts.edit_series(desk.ws(), id, None, Reach::All, words("New usual")).await.unwrap();
    desk.work_until("2027-03-18T20:00:00Z").await;
    assert_eq!(desk.texts(), ["New usual", "New usual", "Special", "New usual"]);
    assert_eq!(desk.times()[1], "2027-03-15T13:30:00Z");
    let none = posts.occurrence(desk.ws(), id, wall("2027-03-19T10:30:00")).await;
    assert!(matches!(none, Err(Error::NotFound(_))), "{none:?}");
    let past = posts.leave_out(desk.ws(), id, wall("2027-03-12T09:30:00")).await;
    refused(past, "has passed");
}

#[tokio::test]
async fn an_occurrence_and_all_that_follow_are_a_series_of_their_own() {
    let desk = Desk::new(77).await;
    let id = desk.begin("Before", cron("30 9 * * *")).await;
    desk.work_until("2027-03-13T13:00:00Z").await;
    let posts = desk.social.posts();
    let from = wall("2027-03-15T09:30:00");
    let mut edit = words("After");
    edit.repeat = Some(cron("0 18 * * *"));
    let rest = posts.edit_series(desk.ws(), id, None, Reach::Following(from), edit).await.unwrap();
    assert_ne!(rest.series.id, id);
    desk.work_until("2027-03-17T00:00:00Z").await;
    assert_eq!(desk.texts(), ["Before", "Before", "After", "After"]);
    assert_eq!(desk.times()[2..], ["2027-03-15T22:00:00Z", "2027-03-16T22:00:00Z"]);
    assert_eq!(desk.status(id).await, SeriesStatus::Ended);
    let over = posts.edit_series(desk.ws(), id, None, Reach::All, words("More")).await;
    refused(over, "has ended");
}

#[tokio::test]
async fn a_change_of_all_makes_anew_what_was_made_ahead() {
    let desk = Desk::new(78).await;
    let id = desk.begin("Old", cron("30 9 * * *")).await;
    desk.work_until("2027-03-13T13:00:00Z").await;
    assert_eq!(desk.waiting().await.len(), 2);
    let posts = desk.social.posts();
    let before = posts.series(desk.ws(), id).await.unwrap().series.version;
    let mut edit = words("New");
    edit.repeat = Some(cron("0 12 * * *"));
    let view =
        posts.edit_series(desk.ws(), id, Some(before), Reach::All, edit.clone()).await.unwrap();
    assert_eq!(view.upcoming[0].at, at("2027-03-13T17:00:00Z"));
    let stale = posts.edit_series(desk.ws(), id, Some(before), Reach::All, edit).await;
    assert!(matches!(stale, Err(Error::Stale(_))), "{stale:?}");
    let texts: Vec<_> = desk.waiting().await.into_iter().map(|view| view.post.content).collect();
    assert_eq!(texts, ["New", "New"]);
    desk.work_until("2027-03-14T20:00:00Z").await;
    assert_eq!(desk.times(), ["2027-03-13T17:00:00Z", "2027-03-14T16:00:00Z"]);
}

#[tokio::test]
async fn what_cannot_go_out_is_refused_and_nothing_changes() {
    let desk = Desk::new(79).await;
    let long = "x".repeat(70_000);
    let wrong = desk.social.posts().schedule(&desk.request(&long, cron("30 9 * * *")), None).await;
    assert!(matches!(wrong, Err(Error::Invalid(_))), "{wrong:?}");
    let id = desk.begin("Fine", cron("30 9 * * *")).await;
    let edit = words(&long);
    let wrong = desk.social.posts().edit_series(desk.ws(), id, None, Reach::All, edit).await;
    assert!(matches!(wrong, Err(Error::Invalid(_))), "{wrong:?}");
    desk.work_until("2027-03-14T20:00:00Z").await;
    assert_eq!(desk.texts(), ["Fine", "Fine"]);
    let mut draft = desk.request("Draft", cron("30 9 * * *"));
    draft.submit = Submit::Draft;
    refused(desk.social.posts().schedule(&draft, None).await, "no draft");
}

#[tokio::test]
async fn a_paused_series_rests_and_goes_on() {
    let desk = Desk::new(80).await;
    let id = desk.begin("Now and then", Repeat { missed: Missed::All, ..cron("30 9 * * *") }).await;
    desk.work_until("2027-03-13T13:00:00Z").await;
    let posts = desk.social.posts();
    posts.pause_series(desk.ws(), id).await.unwrap();
    assert!(posts.pause_series(desk.ws(), id).await.unwrap().upcoming.is_empty());
    assert_eq!(desk.waiting().await.len(), 0);
    desk.work_until("2027-03-16T00:00:00Z").await;
    assert_eq!(desk.visible().len(), 0);
    posts.resume_series(desk.ws(), id).await.unwrap();
    desk.work_until("2027-03-16T20:00:00Z").await;
    // What would have come meanwhile was not missed.
    assert_eq!(desk.times(), ["2027-03-16T13:30:00Z"]);
    posts.end_series(desk.ws(), id, None).await.unwrap();
    posts.end_series(desk.ws(), id, None).await.unwrap();
    desk.work_until("2027-03-20T20:00:00Z").await;
    assert_eq!(desk.visible().len(), 1);
    refused(posts.resume_series(desk.ws(), id).await, "has ended");
}

#[tokio::test]
async fn a_series_may_end_before_one_of_its_occurrences() {
    let desk = Desk::new(81).await;
    let id = desk.begin("Until then", cron("30 9 * * *")).await;
    let last = wall("2027-03-15T09:30:00");
    desk.social.posts().end_series(desk.ws(), id, Some(last)).await.unwrap();
    desk.work_until("2027-03-20T20:00:00Z").await;
    assert_eq!(desk.times(), ["2027-03-13T14:30:00Z", "2027-03-14T13:30:00Z"]);
    assert_eq!(desk.status(id).await, SeriesStatus::Ended);
}

#[tokio::test]
async fn quiet_hours_of_workspace_and_account_are_kept() {
    let desk = Desk::new(82).await;
    let quiet = |account_id, from: &str, until: &str| QuietPlan {
        workspace_id: desk.ws(),
        account_id,
        hours: QuietHours {
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
            zone: "America/New_York".parse().unwrap(),
        },
    };
    let posts = desk.social.posts();
    posts.set_quiet_hours(&quiet(None, "22:00:00", "07:00:00")).await.unwrap();
    let account = quiet(Some(desk.page.id), "06:00:00", "08:00:00");
    posts.set_quiet_hours(&account).await.unwrap();
    desk.begin("At night", cron("0 23 * * *")).await;
    desk.work_until("2027-03-14T20:00:00Z").await;
    assert_eq!(desk.times(), ["2027-03-14T12:00:00Z"], "eight in New York");
    // Quiet hours that leave no time are told, and nothing goes out.
    posts.set_quiet_hours(&quiet(None, "08:00:00", "07:00:00")).await.unwrap();
    desk.work_until("2027-03-20T20:00:00Z").await;
    assert!(desk.missed().await.iter().any(|why| why.contains("quiet hours")));
    posts.set_quiet_hours(&quiet(None, "08:00:00", "08:00:00")).await.unwrap();
    assert_eq!(posts.quiet_hours(desk.ws()).await.unwrap(), [account]);
}

#[tokio::test]
async fn jitter_moves_each_a_little_and_never_twice() {
    let desk = Desk::new(83).await;
    let jitter = Duration::from_secs(1800);
    desk.begin("Roughly", Repeat { jitter, ..cron("30 9 * * *") }).await;
    desk.work_until("2027-03-16T20:00:00Z").await;
    let times: Vec<_> = desk.visible().into_iter().map(|(_, at)| at).collect();
    let meant = ["13T14:30", "14T13:30", "15T13:30", "16T13:30"];
    let offsets: BTreeSet<_> = times
        .iter()
        .zip(meant)
        .map(|(time, meant)| {
            let meant = at(&format!("2027-03-{meant}:00Z"));
            assert!(*time >= meant && *time <= meant + jitter + Duration::from_secs(2), "{time}");
            time.since(meant).as_secs()
        })
        .collect();
    assert!(times.len() == 4 && offsets.len() > 1, "{offsets:?}");
}

#[tokio::test]
async fn what_cannot_become_a_post_is_told_once_and_tried_again() {
    let desk = Desk::new(84).await;
    desk.begin("Where to", cron("30 9 * * *")).await;
    desk.work_until("2027-03-13T13:00:00Z").await;
    desk.social.accounts().disconnect(desk.ws(), desk.page.id).await.unwrap();
    desk.work_until("2027-03-14T10:00:00Z").await;
    let missed = desk.missed().await;
    assert_eq!(missed.len(), 1, "told once, two days ahead: {missed:?}");
    assert!(missed[0].contains("not connected"), "{missed:?}");
    // Connected again in time: it is made, as if nothing had been.
    desk.world.connect(&desk.social, &Platform::FACEBOOK).await;
    desk.work_until("2027-03-16T20:00:00Z").await;
    assert_eq!(desk.times().last().unwrap(), "2027-03-16T13:30:00Z");
}

#[tokio::test]
async fn each_occurrence_waits_for_a_person_where_that_is_wished() {
    let desk = Desk::new(85).await;
    let mut request = desk.request("May I", cron("30 9 * * *"));
    request.submit = Submit::Approval;
    let first = desk.social.posts().schedule(&request, None).await.unwrap().post();
    desk.social.posts().approve(desk.ws(), first, true).await.unwrap();
    desk.work_until("2027-03-15T00:00:00Z").await;
    assert_eq!(desk.times(), ["2027-03-13T14:30:00Z"]);
    let waits = |view: &&PostView| view.status == PostStatus::PendingApproval;
    assert!(desk.posts().await.iter().filter(waits).count() >= 2);
}

#[tokio::test]
async fn another_workspace_sees_and_changes_nothing() {
    let desk = Desk::new(86).await;
    let id = desk.begin("Ours", cron("30 9 * * *")).await;
    let other = social::core::engine::Workspaces::new(desk.social.ports().clone());
    let other = other.create("other").await.unwrap();
    let posts = desk.social.posts();
    let one = wall("2027-03-15T09:30:00");
    assert!(posts.list_series(other, None, 10).await.unwrap().is_empty());
    let not_there = |result: Result<(), Error>| {
        assert!(matches!(result, Err(Error::NotFound(_))), "{result:?}");
    };
    not_there(posts.series(other, id).await.map(drop));
    not_there(posts.edit_series(other, id, None, Reach::All, words("Theirs")).await.map(drop));
    not_there(posts.pause_series(other, id).await.map(drop));
    not_there(posts.resume_series(other, id).await.map(drop));
    not_there(posts.end_series(other, id, None).await.map(drop));
    not_there(posts.end_series(other, id, Some(one)).await.map(drop));
    not_there(posts.occurrence(other, id, one).await.map(drop));
    not_there(posts.leave_out(other, id, one).await.map(drop));
    desk.work_until("2027-03-15T20:00:00Z").await;
    assert_eq!(desk.texts(), ["Ours", "Ours", "Ours"]);
}

#[tokio::test]
async fn a_request_under_a_key_begins_one_series() {
    let desk = Desk::new(87).await;
    use social::Scheduler as _;
    let mut request = desk.request("Once", cron("30 9 * * *"));
    request.idempotency_key = Some("k".into());
    let posts = desk.social.posts();
    let first = posts.schedule_post(request.clone()).await.unwrap();
    assert_eq!(posts.schedule_post(request.clone()).await.unwrap(), first);
    assert_eq!(posts.list_series(desk.ws(), None, 10).await.unwrap().len(), 1);
    request.repeat = Some(cron("31 9 * * *"));
    let other = posts.schedule_post(request).await;
    assert!(matches!(other, Err(Error::KeyReused(_))), "{other:?}");
}

//! A post before it goes out: drafted, approved, edited, kept from being a second one, held to a
//! budget.

use std::collections::BTreeSet;
use std::time::Duration;

use social::core::domain::{Budget, DeliveryEvent, Happened, JobTask};
use social::core::ports::{ClaimRequest, Gate};
use social::sim::{Fault, FaultKind};
use social::{
    Account, Code, DeliveryStatus, Error, Platform, PostEdit, PostId, PostRequest, PostStatus,
    Scheduler as _, Social, Submit, Timestamp, When,
};

use crate::world::{START, World, picture};

const DAY: Duration = Duration::from_secs(24 * 3600);

fn due() -> Timestamp {
    Timestamp::from_secs(START) + Duration::from_secs(700)
}

struct Desk {
    world: World,
    social: Social,
    page: Account,
}

impl Desk {
    async fn new(seed: u64) -> Self {
        let world = World::new(seed);
        let social = world.engine().await;
        let page = world.connect(&social, &Platform::FACEBOOK).await.remove(0);
        Self { world, social, page }
    }

    async fn request(&self, text: &str, submit: Submit) -> PostRequest {
        let mut request = self.world.request(&self.social, &self.page, text, &[]).await;
        request.submit = submit;
        request
    }

    async fn schedule(&self, text: &str, submit: Submit) -> PostId {
        let request = self.request(text, submit).await;
        self.social.posts().schedule_post(request).await.unwrap()
    }

    async fn edit(&self, post: PostId, edit: PostEdit) -> Result<social::PostView, Error> {
        self.social.posts().edit(self.social.workspace(), post, None, edit).await
    }

    async fn approve(&self, post: PostId, approved: bool) -> Result<social::PostView, Error> {
        self.social.posts().approve(self.social.workspace(), post, approved).await
    }

    async fn work_until(&self, at: Timestamp) {
        loop {
            let (done, next) = self.social.worker().run_once().await.unwrap();
            match next {
                _ if done > 0 => {}
                Some(next) if next < at => self.world.clock.advance_to(next),
                _ => break,
            }
        }
        self.world.clock.advance_to(at);
        while self.social.worker().run_once().await.unwrap().0 > 0 {}
    }

    fn visible(&self) -> Vec<String> {
        self.world.sim.ledger().live().map(|entry| entry.text.clone()).collect()
    }

    async fn happened(&self) -> Vec<Happened> {
        let mut unit = self.social.ports().store.begin().await.unwrap();
        let events = unit.outbox().since(self.social.workspace(), None, 100).await.unwrap();
        events.unwrap_or_default().into_iter().map(|event| event.what).collect()
    }
}

fn refused(result: Result<social::PostView, Error>, why: &str) {
    match result {
        Err(Error::Refused(message)) => assert!(message.contains(why), "{message}"),
        other => panic!("{other:?} was not refused: {why}"),
    }
}

fn words(text: &str) -> PostEdit {
    PostEdit { content: Some(text.into()), ..PostEdit::default() }
}

#[tokio::test]
async fn a_draft_goes_nowhere_until_it_is_submitted() {
    let desk = Desk::new(41).await;
    let post = desk.schedule("Perhaps", Submit::Draft).await;
    desk.work_until(due() + Duration::from_secs(600)).await;
    let view = desk.social.posts().get(desk.social.workspace(), post).await.unwrap();
    assert_eq!((view.status, desk.visible().len()), (PostStatus::Draft, 0));
    let submit = PostEdit { submit: Some(Submit::Schedule), ..words("Surely") };
    let view = desk.edit(post, submit).await.unwrap();
    // Its time has passed meanwhile, and now means now.
    assert_eq!(view.post.due_at, due() + Duration::from_secs(600));
    assert_eq!(view.status, PostStatus::Scheduled);
    let view = desk.world.run(&desk.social, post).await.unwrap();
    assert_eq!((view.status, desk.visible()), (PostStatus::Published, vec!["Surely".to_owned()]));
    let told = desk.happened().await;
    let scheduled = |what: &&Happened| matches!(what, Happened::PostScheduled { .. });
    assert_eq!(told.iter().filter(scheduled).count(), 1, "{told:?}");
}

#[tokio::test]
async fn a_draft_keeps_what_is_wrong_with_it_and_submitting_says_what() {
    let desk = Desk::new(42).await;
    let account = desk.world.connect(&desk.social, &Platform::INSTAGRAM).await.remove(0);
    let text = "x".repeat(2231);
    let mut request = desk.world.request(&desk.social, &account, &text, &[picture(1)]).await;
    request.submit = Submit::Draft;
    let post = desk.social.posts().schedule_post(request.clone()).await.unwrap();
    let submit = PostEdit { submit: Some(Submit::Schedule), ..PostEdit::default() };
    match desk.edit(post, submit.clone()).await {
        Err(Error::Invalid(findings)) => assert_eq!(findings[0].code, Code::ContentTooLong),
        other => panic!("{other:?}"),
    }
    let view = desk.social.posts().get(desk.social.workspace(), post).await.unwrap();
    assert_eq!((view.status, view.post.version), (PostStatus::Draft, 0));
    desk.edit(post, PostEdit { content: Some("x".into()), ..submit }).await.unwrap();
    // What cannot be kept is refused all the same: where it goes, and what it is made of.
    request.media.clear();
    assert!(matches!(desk.social.posts().schedule_post(request).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn what_waits_for_approval_goes_out_once_a_person_says_yes() {
    let desk = Desk::new(43).await;
    let post = desk.schedule("May I?", Submit::Approval).await;
    desk.work_until(due() + Duration::from_secs(60)).await;
    assert_eq!(desk.visible().len(), 0);
    let around = PostEdit { submit: Some(Submit::Schedule), ..PostEdit::default() };
    refused(desk.edit(post, around).await, "approve it");
    // A change goes on waiting.
    let view = desk.edit(post, words("May I, please?")).await.unwrap();
    assert_eq!(view.status, PostStatus::PendingApproval);
    let view = desk.approve(post, true).await.unwrap();
    assert_eq!(view.status, PostStatus::Scheduled);
    assert_eq!(view.post.due_at, due() + Duration::from_secs(60), "a time that passed is now");
    refused(desk.approve(post, true).await, "nothing of it waits");
    desk.world.run(&desk.social, post).await.unwrap();
    assert_eq!(desk.visible(), ["May I, please?"]);
    let told = desk.happened().await;
    assert!(told.iter().any(|what| matches!(what, Happened::ApprovalNeeded { .. })), "{told:?}");
}

#[tokio::test]
async fn what_a_person_declines_is_called_off() {
    let desk = Desk::new(44).await;
    let post = desk.schedule("May I?", Submit::Approval).await;
    let view = desk.approve(post, false).await.unwrap();
    assert_eq!(view.status, PostStatus::Cancelled);
    refused(desk.approve(post, true).await, "nothing of it waits");
    desk.work_until(due() + Duration::from_secs(60)).await;
    assert_eq!(desk.visible().len(), 0);
    let told = desk.happened().await;
    assert!(told.contains(&Happened::PostCancelled { post }), "{told:?}");
}

#[tokio::test]
async fn what_was_approved_can_be_made_to_wait_again() {
    let desk = Desk::new(45).await;
    let post = desk.schedule("Approved", Submit::Approval).await;
    desk.approve(post, true).await.unwrap();
    let again = PostEdit { submit: Some(Submit::Approval), ..words("Quite another thing") };
    let view = desk.edit(post, again).await.unwrap();
    assert_eq!(view.status, PostStatus::PendingApproval);
    desk.work_until(due() + Duration::from_secs(60)).await;
    assert_eq!(desk.visible().len(), 0);
}

#[tokio::test]
async fn an_edit_before_publishing_changes_what_goes_out() {
    let desk = Desk::new(46).await;
    let mut request =
        desk.world.request(&desk.social, &desk.page, "The old words", &[picture(1)]).await;
    request.when = When::At(due());
    let post = desk.social.posts().schedule_post(request).await.unwrap();
    // Rendered, prepared at the network, and waiting for its second.
    desk.work_until(due() - Duration::from_secs(20)).await;
    let view = desk.social.posts().get(desk.social.workspace(), post).await.unwrap();
    assert!(view.deliveries[0].flow.is_some(), "{view:?}");
    let later = due() + Duration::from_secs(3600);
    let edit =
        PostEdit { time: Some(When::At(later)), media: Some(Vec::new()), ..words("The new words") };
    let view = desk.edit(post, edit).await.unwrap();
    assert!(view.deliveries[0].flow.is_none() && view.deliveries[0].rendered.is_none());
    let view = desk.world.run(&desk.social, post).await.unwrap();
    assert_eq!(desk.visible(), ["The new words"]);
    assert!(desk.world.sim.ledger().live().all(|entry| entry.media.is_empty()));
    assert_eq!(view.deliveries[0].sent_at, Some(later));
}

#[tokio::test]
async fn a_worker_that_prepares_an_edited_post_loses_its_lease() {
    let desk = Desk::new(47).await;
    let post = desk.schedule("Old", Submit::Schedule).await;
    desk.world.clock.advance_to(due());
    let ports = desk.social.ports();
    let ask = ClaimRequest::new(due(), 9, Duration::from_secs(30));
    let jobs = ports.queue.claim(&ask).await.unwrap().jobs;
    let job = jobs.iter().find(|job| matches!(job.task, JobTask::Publish { .. })).unwrap();
    desk.edit(post, words("New")).await.unwrap();
    let mut unit = ports.store.begin().await.unwrap();
    assert_eq!(unit.jobs().gate(job.lease).await.unwrap(), Gate::Lost);
    drop(unit);
    desk.world.run(&desk.social, post).await.unwrap();
    assert_eq!(desk.visible(), ["New"]);
}

#[tokio::test]
async fn what_is_being_published_or_settled_changes_no_more() {
    let desk = Desk::new(48).await;
    let fault = Fault::on("facebook.update", FaultKind::AnswerLost).nth(1);
    desk.world.sim.add_fault(fault);
    let post = desk.schedule("Gone", Submit::Schedule).await;
    desk.work_until(due()).await;
    let view = desk.social.posts().get(desk.social.workspace(), post).await.unwrap();
    assert_eq!(view.deliveries[0].status, DeliveryStatus::Publishing);
    refused(desk.edit(post, words("Too late")).await, "being published");
    desk.world.run(&desk.social, post).await.unwrap();
    refused(desk.edit(post, words("Too late")).await, "is published");
    assert_eq!(desk.visible(), ["Gone"]);

    let post = desk.schedule("Never", Submit::Draft).await;
    desk.social.posts().cancel_scheduled_post(desk.social.workspace(), post).await.unwrap();
    refused(desk.edit(post, words("After all")).await, "is cancelled");
    assert!(DeliveryStatus::Published.apply(DeliveryEvent::Withdraw).is_err());
}

#[tokio::test]
async fn a_change_of_what_was_changed_meanwhile_is_refused() {
    let desk = Desk::new(49).await;
    let ws = desk.social.workspace();
    let post = desk.schedule("One", Submit::Schedule).await;
    let posts = desk.social.posts();
    let read = posts.get(ws, post).await.unwrap().post.version;
    let two = posts.edit(ws, post, Some(read), words("Two")).await.unwrap();
    assert_ne!(two.post.version, read);
    let stale = posts.edit(ws, post, Some(read), words("Three")).await.unwrap_err();
    assert!(matches!(&stale, Error::Stale(message) if message.contains("read it again")));
    let kept = posts.get(ws, post).await.unwrap();
    assert_eq!((kept.post.content.as_str(), kept.post.version), ("Two", two.post.version));
    // A move and an approval are changes too.
    posts.reschedule_post(ws, post, due() + Duration::from_secs(9)).await.unwrap();
    let moved = posts.get(ws, post).await.unwrap().post.version;
    assert!(moved > two.post.version);
    let waiting = desk.schedule("Waits", Submit::Approval).await;
    let before = posts.get(ws, waiting).await.unwrap().post.version;
    assert!(desk.approve(waiting, true).await.unwrap().post.version > before);
}

#[tokio::test]
async fn the_same_twice_within_a_day_is_refused_unless_it_is_meant() {
    let desk = Desk::new(50).await;
    let posts = desk.social.posts();
    let ws = desk.social.workspace();
    let mut first = desk.request("Good   morning\n Harbour", Submit::Schedule).await;
    first.idempotency_key = Some("k".into());
    let post = posts.schedule_post(first.clone()).await.unwrap();
    let again = desk.request("good morning harbour ", Submit::Schedule).await;
    let near = again.clone().at(due() + DAY - Duration::from_secs(1));
    for request in [again.clone(), near] {
        match posts.schedule_post(request).await {
            Err(Error::Duplicate { existing, platform }) => {
                assert_eq!((existing, platform), (post, Platform::FACEBOOK));
            }
            other => panic!("{other:?}"),
        }
    }
    // The same key is the same post, whatever else is set.
    first.allow_duplicate = true;
    assert_eq!(posts.schedule_post(first).await.unwrap(), post);
    // A day later, another picture or another network is another post.
    posts.schedule_post(again.clone().at(due() + DAY)).await.unwrap();
    let text = "Good morning Harbour";
    let pictured = desk.world.request(&desk.social, &desk.page, text, &[picture(1)]).await;
    posts.schedule_post(pictured).await.unwrap();
    let other = desk.world.connect(&desk.social, &Platform::LINKEDIN).await.remove(0);
    let elsewhere = desk.world.request(&desk.social, &other, text, &[]).await;
    posts.schedule_post(elsewhere).await.unwrap();
    // Said on purpose, or after the first was called off.
    let meant = PostRequest { allow_duplicate: true, ..again.clone() };
    let second = posts.schedule_post(meant).await.unwrap();
    assert_ne!(second, post);
    for off in [post, second] {
        posts.cancel_scheduled_post(ws, off).await.unwrap();
    }
    posts.schedule_post(again.at(due() - Duration::from_secs(1))).await.unwrap();
}

#[tokio::test]
async fn a_budget_limits_networks_hours_and_posts_a_day() {
    let desk = Desk::new(51).await;
    let ws = desk.social.workspace();
    let posts = desk.social.posts();
    let spend = async |budget: &Budget, request: &PostRequest, why: &str| match (
        posts.clone().within(budget.clone()).preview(request).await,
        why,
    ) {
        (Ok(_), "") => {}
        (Err(Error::Budget(message)), why) if !why.is_empty() => {
            assert!(message.contains(why), "{message}");
        }
        (other, why) => panic!("{other:?}, expected {why:?}"),
    };
    let request = desk.request("One", Submit::Schedule).await;
    spend(&Budget::default(), &request, "").await;

    let mut budget = Budget { platforms: BTreeSet::from([Platform::TIKTOK]), ..Budget::default() };
    spend(&budget, &request, "only to tiktok").await;
    budget.platforms.insert(Platform::FACEBOOK);
    spend(&budget, &request, "").await;

    // Quiet from ten in the evening to six in the morning. Tests begin at eight.
    let quiet = Budget { quiet_hours: Some((22, 6)), ..Budget::default() };
    let hours = |n: i64| Timestamp::from_secs(START + n * 3600);
    for (hour, why) in [(0, ""), (13, ""), (14, "22:00"), (16, "06:00"), (21, "UTC"), (22, "")] {
        spend(&quiet, &request.clone().at(hours(hour)), why).await;
    }

    let two = Budget { posts_per_day: Some(2), ..Budget::default() };
    let mut keyed = request.clone();
    keyed.idempotency_key = Some("k".into());
    let first = posts.schedule_post(keyed.clone()).await.unwrap();
    spend(&two, &request, "").await;
    desk.schedule("Two", Submit::Draft).await;
    spend(&two, &request, "allows 2").await;
    // What was done already is not spent again, and another day is another day.
    let within = posts.clone().within(two.clone());
    assert_eq!(within.schedule_post(keyed.clone()).await.unwrap(), first);
    let third = within.schedule_post(desk.request("Three", Submit::Schedule).await).await;
    assert!(matches!(third, Err(Error::Budget(_))), "{third:?}");
    spend(&two, &request.clone().at(due() + DAY), "").await;
    // A change of a post is held to the budget too, and does not count beside itself.
    let moved = PostEdit { time: Some(When::At(hours(16))), ..PostEdit::default() };
    let refused = posts.clone().within(quiet).edit(ws, first, None, moved.clone()).await;
    assert!(matches!(refused, Err(Error::Budget(_))), "{refused:?}");
    within.edit(ws, first, None, moved).await.unwrap();
    posts.cancel_scheduled_post(ws, first).await.unwrap();
    spend(&two, &request, "").await;
}

#[tokio::test]
async fn whoever_is_first_wins_where_calling_off_races_a_worker() {
    let (mut off, mut out) = (0, 0);
    for late in [false, true] {
        for turns in 0..40 {
            let desk = Desk::new(1000 + turns).await;
            let ws = desk.social.workspace();
            let mut request = desk.request("Now?", Submit::Schedule).await;
            request.when = When::Now;
            request.undo = Some(Duration::from_secs(30));
            let post = desk.social.posts().schedule_post(request).await.unwrap();
            let view = desk.social.posts().get(ws, post).await.unwrap();
            assert_eq!(view.post.due_at, Timestamp::from_secs(START + 30));
            // Within the window, and from its end on.
            let until = view.post.due_at - Duration::from_millis(u64::from(!late));
            desk.work_until(until - Duration::from_secs(1)).await;
            desk.world.clock.advance_to(until);
            let work = async {
                let worker = desk.social.worker();
                while worker.run_once().await.unwrap().0 > 0 {}
            };
            let cancel = async {
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
                desk.social.posts().cancel_scheduled_post(ws, post).await
            };
            let ((), cancelled) = tokio::join!(work, cancel);
            desk.work_until(view.post.due_at + Duration::from_secs(600)).await;
            let view = desk.social.posts().get(ws, post).await.unwrap();
            match cancelled {
                Ok(()) => {
                    assert_eq!((view.status, desk.visible().len()), (PostStatus::Cancelled, 0));
                    off += 1;
                }
                Err(Error::Refused(_)) => {
                    assert!(late, "it was refused within the window");
                    assert_eq!((view.status, desk.visible().len()), (PostStatus::Published, 1));
                    out += 1;
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
    assert!(off >= 40 && out > 0, "{off} were called off, {out} went out: nothing raced");
}

#[tokio::test]
async fn what_was_taken_away_again_says_so_and_may_be_said_again() {
    let desk = Desk::new(53).await;
    let ws = desk.social.workspace();
    let posts = desk.social.posts().by("key_a");
    let post = desk.schedule("Here and gone", Submit::Schedule).await;
    let view = desk.world.run(&desk.social, post).await.unwrap();
    assert_eq!(view.deliveries[0].removed_at, None);
    let removed = posts.remove(ws, post).await.unwrap();
    assert!(removed.len() == 1 && removed[0].outcome.is_ok(), "{removed:?}");
    assert_eq!(desk.visible().len(), 0);
    let view = posts.get(ws, post).await.unwrap();
    let now = desk.social.ports().clock.now();
    assert_eq!(view.deliveries[0].removed_at, Some(now));
    assert_eq!(view.status, PostStatus::Published);
    let story = social::core::engine::explain(desk.social.ports(), ws, view.deliveries[0].id).await;
    assert!(story.unwrap().summary.contains("taken away"));
    // Asking again does nothing, and the same words may go out again.
    assert_eq!(posts.remove(ws, post).await.unwrap().len(), 0);
    let again =
        desk.request("Here and gone", Submit::Schedule).await.at(now + Duration::from_secs(60));
    posts.schedule_post(again).await.unwrap();
    let record = desk.social.audit().latest(ws, 9).await.unwrap();
    let said: Vec<_> = record.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(said, ["post.schedule", "post.remove"]);
}

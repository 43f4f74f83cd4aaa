//! Which jobs are handed out, when, and in which order.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::super::samples::{Samples, at};
use super::{LEASE, claim, enqueue, unit};
use crate::domain::{DeliveryId, GrantId, JobTask, LeasedJob, MessageId, NewJob, Platform};
use crate::ports::{Claim, ClaimRequest, JobQueue, Store};

fn tasks(claim: &Claim) -> Vec<JobTask> {
    claim.jobs.iter().map(|job| job.task).collect()
}

/// A job is handed out at the instant it is due, and not a millisecond before.
pub async fn no_job_is_handed_out_early(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    enqueue(&store, &[samples.job(samples.ws(), samples.publish(), at(10))]).await;
    let just_before = ClaimRequest::new(at(10) - Duration::from_millis(1), 10, LEASE);
    let early = queue.claim(&just_before).await.expect("claim");
    assert_eq!(early.jobs, [], "a job was handed out early");
    assert_eq!(claim(&queue, 10, 10).await.jobs.len(), 1, "a job that is due was not handed out");
}

/// Who waits for the instant gets a job before it, as early as was asked for, lanes or not.
pub async fn a_job_is_handed_out_ahead_to_who_waits_for_it(
    store: Arc<dyn Store>,
    queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let ws = samples.ws();
    let free = samples.job(ws, samples.publish(), at(10));
    let laned = NewJob { lane: Some(samples.lane()), ..samples.job(ws, samples.publish(), at(10)) };
    let later = JobTask::Refresh { grant: GrantId::from_uuid(samples.uuid()) };
    let later = samples.job(ws, later, at(11));
    enqueue(&store, &[free.clone(), laned.clone(), later]).await;
    let ask = |secs| {
        let ask = ClaimRequest::new(at(secs), 10, LEASE);
        ClaimRequest { ahead: Duration::from_secs(2), ..ask }
    };
    let early = queue.claim(&ask(7)).await.expect("claim");
    assert_eq!((early.jobs.len(), early.next_due), (0, Some(at(10))));
    let got = queue.claim(&ask(8)).await.expect("claim");
    let got_ids: BTreeSet<_> = got.jobs.iter().map(|job| job.lease.job).collect();
    assert_eq!(got_ids, BTreeSet::from([free.id, laned.id]));
    assert!(got.jobs.iter().all(|job| job.due_at == at(10)));
    assert_eq!(got.next_due, Some(at(11)));
    // The lease is counted from the claim, not from the due time.
    let lapsed = claim(&queue, 38, 10).await;
    assert_eq!(lapsed.jobs.len(), 3, "leases ended with the two that were claimed ahead");
}

/// Jobs come by due time, then by priority, then by id.
pub async fn jobs_come_by_due_time_priority_and_id(
    store: Arc<dyn Store>,
    queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let ws = samples.ws();
    let delivery = || DeliveryId::from_uuid(samples.uuid());
    let expected = [
        samples.job(ws, JobTask::Analytics { delivery: delivery() }, at(1)),
        samples.job(ws, samples.publish(), at(2)),
        samples.job(ws, samples.publish(), at(2)),
        samples.job(ws, JobTask::Refresh { grant: GrantId::from_uuid(samples.uuid()) }, at(2)),
        samples.job(ws, JobTask::Render { delivery: delivery() }, at(2)),
        samples.job(ws, JobTask::Permalink { delivery: delivery() }, at(2)),
        samples.job(ws, samples.publish(), at(3)),
    ];
    let mixed = [4, 6, 2, 0, 5, 1, 3].map(|place: usize| expected[place].clone());
    enqueue(&store, &mixed).await;
    let got = tasks(&claim(&queue, 5, 10).await);
    assert_eq!(got, expected.map(|job| job.task));
}

/// A claim gives at most as many as were asked for, the first ones, and says that more are due.
pub async fn no_more_jobs_than_asked_for(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let jobs = [3, 1, 2].map(|secs| samples.job(ws, samples.publish(), at(secs)));
    enqueue(&store, &jobs).await;
    let first = claim(&queue, 5, 2).await;
    assert_eq!(tasks(&first), [jobs[1].task, jobs[2].task]);
    assert!(first.more && first.next_due.is_some_and(|due| due <= at(5)));
    assert_eq!(claim(&queue, 5, 0).await.jobs, []);
    assert_eq!(tasks(&claim(&queue, 5, 2).await), [jobs[0].task]);
}

/// Where more is due than there are places, posts go before all else and numbers after all else,
/// however long these have been waiting; what was chosen comes by due time all the same.
pub async fn what_people_wait_for_goes_first(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let delivery = || DeliveryId::from_uuid(samples.uuid());
    let free = |task, due| samples.job(ws, task, at(due));
    let numbers = [1, 2].map(|due| free(JobTask::Analytics { delivery: delivery() }, due));
    let refresh = free(JobTask::Refresh { grant: GrantId::from_uuid(samples.uuid()) }, 3);
    let render = free(JobTask::Render { delivery: delivery() }, 4);
    let posts = [5, 6].map(|due| {
        let lane = Some(samples.lane());
        NewJob { lane, ..samples.job(ws, samples.publish(), at(due)) }
    });
    let [early, late] = &numbers;
    let all = [early, late, &refresh, &render, &posts[0], &posts[1]].map(Clone::clone);
    enqueue(&store, &all).await;
    assert_eq!(tasks(&claim(&queue, 9, 3).await), [refresh.task, posts[0].task, posts[1].task]);
    assert_eq!(tasks(&claim(&queue, 9, 2).await), [early.task, render.task]);
    assert_eq!(tasks(&claim(&queue, 9, 2).await), [late.task]);
}

/// A worker gets no post of a workspace or to a network that it leaves out, and everything else;
/// without it, all.
pub async fn posts_of_some_are_left_out(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let post = |ws, platform: &Platform, due| NewJob {
        lane: Some(samples.lane()),
        platform: Some(platform.clone()),
        ..samples.job(ws, samples.publish(), at(due))
    };
    let jobs = [
        post(ws, &Platform::FACEBOOK, 1),
        post(ws, &Platform::TIKTOK, 2),
        post(other, &Platform::FACEBOOK, 3),
        post(other, &Platform::TIKTOK, 4),
        NewJob { platform: None, ..post(other, &Platform::TIKTOK, 5) },
        samples.job(ws, samples.publish(), at(6)),
    ];
    enqueue(&store, &jobs).await;
    let ask = ClaimRequest::new(at(9), 10, LEASE);
    let (not_of, not_on) = (vec![ws], vec![Platform::TIKTOK, Platform::LINKEDIN]);
    let both = ClaimRequest { not_of: not_of.clone(), not_on, ..ask.clone() };
    let got = queue.claim(&both).await.expect("claim");
    assert_eq!(tasks(&got), [jobs[2].task, jobs[4].task, jobs[5].task]);
    assert_eq!(got.jobs[0].platform, Some(Platform::FACEBOOK));
    let got = queue.claim(&ClaimRequest { not_of, ..ask.clone() }).await.expect("claim");
    assert_eq!(tasks(&got), [jobs[3].task]);
    let got = queue.claim(&ask).await.expect("claim");
    assert_eq!(tasks(&got), [jobs[0].task, jobs[1].task]);
}

/// Where workers ask for no more than so many posts to a network at once, all of them together get
/// no more; the next one comes when one of these is done, and other networks are not kept waiting.
pub async fn all_together_take_no_more_to_a_network_than_asked_for(
    store: Arc<dyn Store>,
    queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let ws = samples.ws();
    let post = |platform: &Platform, due| NewJob {
        lane: Some(samples.lane()),
        platform: Some(platform.clone()),
        ..samples.job(ws, samples.publish(), at(due))
    };
    let jobs: Vec<_> = (0..9).map(|due| post(&Platform::TIKTOK, due)).collect();
    let others: Vec<_> = (20..22).map(|due| post(&Platform::LINKEDIN, due)).collect();
    let free = samples.job(ws, samples.publish(), at(30));
    enqueue(&store, &[&jobs[..], &others[..], &[free][..]].concat()).await;
    let ask = ClaimRequest { at_once: Some(3), ..ClaimRequest::new(at(50), 5, LEASE) };
    let work = || async {
        let mut got = Vec::new();
        loop {
            let claim = queue.claim(&ask).await.expect("claim");
            got.extend(claim.jobs);
            if !claim.more {
                return got;
            }
        }
    };
    let workers = futures::future::join_all((0..6).map(|_| work())).await;
    let mut got: Vec<_> = workers.into_iter().flatten().chain(work().await).collect();
    let on = |got: &[LeasedJob], platform: &Platform| {
        got.iter().filter(|job| job.platform.as_ref() == Some(platform)).count()
    };
    assert_eq!(on(&got, &Platform::TIKTOK), 3, "of nine posts to one network");
    assert_eq!((on(&got, &Platform::LINKEDIN), got.len()), (2, 6), "others were kept waiting");
    got.retain(|job| job.platform == Some(Platform::TIKTOK));
    unit!(&store, unit => unit.jobs().complete(got[0].lease).await.expect("complete"));
    let next = work().await;
    assert_eq!(tasks(&Claim { jobs: next, ..Claim::default() }), [jobs[3].task]);
}

/// A worker that asks for the urgent alone gets no other, and is told when the next urgent one is
/// due.
pub async fn no_job_is_less_urgent_than_asked_for(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let message = MessageId::from_uuid(samples.uuid());
    let telling = samples.job(ws, JobTask::Webhook { message }, at(0));
    let now = samples.job(ws, samples.publish(), at(1));
    let later = samples.job(ws, samples.publish(), at(9_000));
    enqueue(&store, &[telling.clone(), now.clone(), later]).await;
    let urgent = ClaimRequest {
        least_urgent: JobTask::TELLING - 1,
        ..ClaimRequest::new(at(2), 10, Duration::from_secs(9_999))
    };
    let claimed = queue.claim(&urgent).await.expect("a claim");
    assert_eq!(claimed.jobs.iter().map(|job| job.lease.job).collect::<Vec<_>>(), [now.id]);
    assert_eq!(claimed.next_due, Some(at(9_000)));
    let idle = queue.claim(&urgent).await.expect("a claim");
    assert_eq!((idle.jobs.len(), idle.next_due), (0, Some(at(9_000))));
    let rest = claim(&queue, 2, 10).await.jobs;
    assert_eq!(rest.iter().map(|job| job.lease.job).collect::<Vec<_>>(), [telling.id]);
}

/// While a job is leased, nobody else gets it.
pub async fn a_job_is_handed_to_one_worker(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    enqueue(&store, &[samples.job(samples.ws(), samples.publish(), at(0))]).await;
    assert_eq!(claim(&queue, 0, 10).await.jobs.len(), 1);
    assert_eq!(claim(&queue, 0, 10).await.jobs, []);
    assert_eq!(claim(&queue, 29, 10).await.jobs, []);
}

/// Many workers at once get each job once, and all of them.
pub async fn many_workers_share_the_jobs(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let jobs: Vec<NewJob> = (0..60).map(|_| samples.job(ws, samples.publish(), at(0))).collect();
    enqueue(&store, &jobs).await;
    let claims = futures::future::join_all((0..20).map(|_| claim(&queue, 1, 4))).await;
    let got: Vec<_> = claims.iter().flat_map(tasks).map(JobTask::key).collect();
    let once: BTreeSet<_> = got.iter().collect();
    assert_eq!((got.len(), once.len()), (60, 60));
}

/// A leased job says all that the worker needs.
pub async fn a_leased_job_comes_whole(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let lane = Some(samples.lane());
    let platform = Some(Platform::LINKEDIN);
    let job = NewJob { lane, platform, ..samples.job(ws, samples.publish(), at(7)) };
    enqueue(&store, std::slice::from_ref(&job)).await;
    let got = claim(&queue, 9, 10).await.jobs.remove(0);
    assert_eq!((got.lease.job, got.workspace_id, got.task), (job.id, ws, job.task));
    assert_eq!((got.lane, got.due_at), (lane, at(7)));
    assert_eq!(got.platform, job.platform);
    assert!(got.lease.attempt > 0, "the first claim raises the attempt");
}

/// A claim tells when it is worth to come again: when the next job is due that no lane holds
/// back, or a lease ends.
pub async fn the_next_due_time_is_told(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    assert_eq!(claim(&queue, 0, 10).await.next_due, None);
    let lane = Some(samples.lane());
    enqueue(
        &store,
        &[
            samples.job(ws, samples.publish(), at(300)),
            NewJob { lane, ..samples.job(ws, samples.publish(), at(10)) },
            NewJob { lane, ..samples.job(ws, samples.publish(), at(11)) },
        ],
    )
    .await;
    assert_eq!(claim(&queue, 5, 10).await.next_due, Some(at(10)));
    let claimed = claim(&queue, 10, 10).await;
    assert_eq!(claimed.next_due, Some(at(40)), "the lease's end, for the lane waits for it");
    unit!(&store, unit => unit.jobs().complete(claimed.jobs[0].lease).await.expect("complete"));
    assert_eq!(claim(&queue, 10, 10).await.next_due, Some(at(11)));
}

/// Of a lane one job is handed out at a time.
pub async fn of_a_lane_one_job_runs(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let lane = Some(samples.lane());
    let jobs =
        [1, 2, 3].map(|secs| NewJob { lane, ..samples.job(ws, samples.publish(), at(secs)) });
    enqueue(&store, &jobs).await;
    let first = claim(&queue, 5, 10).await;
    assert_eq!(tasks(&first), [jobs[0].task]);
    assert_eq!(claim(&queue, 5, 10).await.jobs, [], "two jobs of a lane run at once");
    unit!(&store, unit => unit.jobs().complete(first.jobs[0].lease).await.expect("complete"));
    assert_eq!(tasks(&claim(&queue, 5, 10).await), [jobs[1].task]);
}

/// A lane goes by due time, whatever the order in which its jobs came or were moved; a job that
/// comes again later lets others go first.
pub async fn a_lane_runs_in_the_order_of_due_times(
    store: Arc<dyn Store>,
    queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let ws = samples.ws();
    let lane = Some(samples.lane());
    let [a, b, c] =
        [30, 10, 20].map(|secs| NewJob { lane, ..samples.job(ws, samples.publish(), at(secs)) });
    enqueue(&store, &[a.clone(), b.clone(), c.clone()]).await;
    unit!(&store, unit => assert!(unit.jobs().reschedule(a.task, at(5)).await.expect("move")));
    let first = claim(&queue, 50, 10).await;
    assert_eq!(tasks(&first), [a.task]);
    unit!(&store, unit => {
        unit.jobs().again(first.jobs[0].lease, at(15), true).await.expect("again");
    });
    let second = claim(&queue, 50, 10).await;
    assert_eq!(tasks(&second), [b.task]);
    unit!(&store, unit => {
        assert!(unit.jobs().cancel(a.task).await.expect("cancel"));
        unit.jobs().complete(second.jobs[0].lease).await.expect("complete");
    });
    assert_eq!(tasks(&claim(&queue, 50, 10).await), [c.task]);
}

/// A lane that is busy keeps no other from its jobs, nor those without a lane.
pub async fn lanes_do_not_hinder_each_other(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let (one, two) = (Some(samples.lane()), Some(samples.lane()));
    let job = |lane, secs| NewJob { lane, ..samples.job(ws, samples.publish(), at(secs)) };
    let crowd: Vec<NewJob> = (0..30).map(|secs| job(one, secs)).collect();
    let (other, free, free_too) = (job(two, 40), job(None, 41), job(None, 41));
    enqueue(&store, &crowd).await;
    enqueue(&store, &[free.clone(), free_too.clone(), other.clone()]).await;
    let got = tasks(&claim(&queue, 50, 4).await);
    assert_eq!(got, [crowd[0].task, other.task, free.task, free_too.task]);
}

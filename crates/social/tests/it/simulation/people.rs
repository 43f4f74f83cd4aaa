//! People who plan posts, change their minds, and ask again where the answer was lost.

use std::collections::BTreeMap;
use std::time::Duration;

use social::core::ports::Clock as _;
use social::{
    Account, Error, MediaRef, Override, Platform, PostId, PostRequest, Scheduler as _, Social,
    Target, Timestamp,
};

use super::process::Process;
use super::stage::Stage;
use crate::world::picture_once;

/// A post that somebody wants, and what is known to have been agreed on.
#[derive(Debug)]
pub(super) struct Planned {
    pub text: String,
    pub accounts: Vec<Account>,
    /// When it is due: with a move whose answer was lost it may be either.
    pub due_at: Vec<Timestamp>,
    /// None where its author was told that it cannot be.
    pub post: Option<PostId>,
    /// When it was confirmed that it is called off.
    pub cancelled: Option<Timestamp>,
}

/// What somebody wants, before anything is asked.
struct Wish {
    request: PostRequest,
    accounts: Vec<Account>,
}

/// All that people want in this run. Media are uploaded beforehand.
pub(super) async fn plans(stage: &Stage, social: &Social, accounts: &[Account]) -> Vec<Planned> {
    let mut planned = Vec::new();
    let wishes = wishes(stage, social, accounts).await;
    stage.weather.rage(true);
    for (place, mut wish) in wishes.into_iter().enumerate() {
        let due = Duration::from_secs(30) + stage.weather.time(180_000);
        let due_at = stage.weather.now() + due;
        wish.request = wish.request.at(due_at);
        let (text, accounts) = (wish.request.content.clone(), wish.accounts);
        let mut post = None;
        // Somebody whose process dies, or who gets no answer, asks again with the same key.
        for turn in 0..40 {
            let process = Process::new(100 + place, &stage.weather);
            let asked = async {
                let social = stage.engine(&process).await.ok()?;
                Some(social.posts().schedule_post(wish.request.clone()).await)
            };
            let answer = tokio::select! {
                biased;
                () = process.died() => None,
                answer = asked => answer,
            };
            match answer {
                Some(Ok(id)) => {
                    post = Some(id);
                    break;
                }
                Some(Err(Error::Refused(why))) => panic!("a post is refused: {why}"),
                // It took so long to ask that its time has passed.
                Some(Err(Error::Invalid(_))) => break,
                Some(Err(_)) | None => {
                    stage.weather.pass(Duration::from_millis(500 * (turn + 1))).await;
                }
            }
        }
        planned.push(Planned { text, accounts, due_at: vec![due_at], post, cancelled: None });
    }
    planned
}

async fn wishes(stage: &Stage, social: &Social, accounts: &[Account]) -> Vec<Wish> {
    let weather = &stage.weather;
    let library = social.library();
    let ws = social.workspace();
    let mut assets = Vec::new();
    for bytes in [picture_once(40), picture_once(200), Stage::clip()] {
        assets.push(library.add_bytes(ws, bytes, None).await.unwrap().id);
    }
    let mut wishes = Vec::new();
    let count = 2 + weather.below(3);
    for number in 0..count {
        let first = usize::try_from(weather.below(accounts.len() as u64)).unwrap();
        let mut targets = vec![accounts[first].clone()];
        let others = accounts.iter().filter(|account| account.id != accounts[first].id);
        for other in others {
            if weather.below(8) == 0 && takes_pictures(other) && takes_pictures(&targets[0]) {
                targets.push(other.clone());
            }
        }
        let media = media(&targets, weather.below(4), &assets);
        let target = |a: &Account| Target { platform: a.platform.clone(), account: Some(a.id) };
        let text = format!("Number {number} of seed {}", weather.seed);
        let mut request = PostRequest::new(ws, text, targets.iter().map(target));
        request.idempotency_key = Some(format!("wish-{number}"));
        request.media = media;
        if targets.len() == 1 && targets[0].platform == Platform::FACEBOOK && weather.below(3) == 0
        {
            let options = serde_json::json!({"first_comment": format!("Comment on {number}")});
            let options = options.as_object().unwrap().clone();
            request.overrides =
                BTreeMap::from([(Platform::FACEBOOK, Override { content: None, options })]);
        }
        wishes.push(Wish { request, accounts: targets });
    }
    wishes
}

fn takes_pictures(account: &Account) -> bool {
    account.platform != Platform::TIKTOK
}

/// Media that all these accounts take.
fn media(targets: &[Account], draw: u64, assets: &[social::AssetId]) -> Vec<MediaRef> {
    let of = |places: &[usize]| places.iter().map(|place| MediaRef::new(assets[*place])).collect();
    let on = |platform| targets.iter().any(|account| account.platform == platform);
    match draw {
        _ if on(Platform::TIKTOK) => of(&[2]),
        0 if on(Platform::INSTAGRAM) => of(&[0]),
        0 => Vec::new(),
        1 => of(&[0]),
        2 => of(&[0, 1]),
        _ => of(&[2]),
    }
}

/// Somebody who changes their mind about some posts, while these are about to go out.
pub(super) async fn change_minds(stage: &Stage, plans: &mut [Planned]) {
    let weather = &stage.weather;
    for (place, plan) in plans.iter_mut().enumerate() {
        let Some(post) = plan.post.filter(|_| weather.below(4) == 0) else { continue };
        weather.pass(weather.time(40_000)).await;
        let process = Process::new(200 + place, weather);
        let moves = weather.below(2) == 0;
        let later = weather.now() + Duration::from_secs(5) + weather.time(120_000);
        let asked = async {
            let social = stage.engine(&process).await.ok()?;
            let (ws, posts) = (social.workspace(), social.posts());
            Some(if moves {
                posts.reschedule_post(ws, post, later).await
            } else {
                posts.cancel_scheduled_post(ws, post).await
            })
        };
        let answer = tokio::select! {
            biased;
            () = process.died() => None,
            answer = asked => answer,
        };
        let what = if moves { "moved" } else { "called off" };
        weather.note(200 + place, &format!("{} is {what}: {answer:?}", plan.text));
        match answer {
            Some(Ok(())) if moves => plan.due_at = vec![later],
            Some(Ok(())) => plan.cancelled = Some(weather.now()),
            // Refused for sure: it goes on as it was.
            Some(Err(Error::Refused(_))) => {}
            // Nobody knows whether it was done.
            Some(Err(_)) | None if moves => plan.due_at.push(later),
            Some(Err(_)) | None => {}
        }
    }
}

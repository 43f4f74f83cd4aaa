//! What every network's client does.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret as _;

use crate::domain::{Metric, Published, TimeSpan};
use crate::error::{ErrorKind, Retry};
use crate::flow::{CommitTrace, Content, Effect, FlowContext, FlowState, Step};
use crate::ports::{AccountAuth, PlatformApi};

/// A client, an account, a post, and the world that judges.
pub struct PlatformUnderTest {
    /// The client, on a network of its own.
    pub api: Arc<dyn PlatformApi>,
    /// The account.
    pub auth: AccountAuth,
    /// The post.
    pub content: Content,
    /// Lets time pass.
    pub wait: Box<dyn Fn(Duration) + Send + Sync>,
    /// How many posts people see.
    pub visible: Box<dyn Fn() -> usize + Send + Sync>,
}

impl std::fmt::Debug for PlatformUnderTest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlatformUnderTest").field("api", &self.api).finish_non_exhaustive()
    }
}

/// Which half of a Commit gets lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    Nothing,
    Request,
    Answer,
}

/// How it ended.
#[derive(Debug)]
enum End {
    Published(Published),
    NobodyKnows,
}

impl PlatformUnderTest {
    fn cx(&self) -> FlowContext<'_> {
        FlowContext {
            auth: &self.auth,
            content: &self.content,
            now: self.api.clock().now(),
            again: false,
        }
    }

    /// As if another process had taken over.
    fn stored(&self, state: &FlowState) -> FlowState {
        let text = serde_json::to_string(state).expect("a state can be written down");
        let token = self.auth.token.expose_secret();
        assert!(!text.contains(token), "the token stands in the state: {text}");
        serde_json::from_str(&text).expect("a state can be read again")
    }

    async fn publish(&self, lost: Lost) -> End {
        let mut lost = lost;
        let mut state = self.api.begin(&self.cx()).expect("a first state");
        let mut first_sent_at = None;
        for _ in 0..400 {
            state = self.stored(&state);
            let call = match self.api.next(&self.cx(), &state).expect("a next step") {
                Step::Done(published) => return End::Published(published),
                Step::Wait(time) => {
                    (self.wait)(time);
                    continue;
                }
                Step::Send(call) => call,
                other => panic!("publishing ended as only looking may: {other:?}"),
            };
            let commit = call.effect == Effect::Commit;
            let now = self.api.clock().now();
            let lose =
                if commit { std::mem::replace(&mut lost, Lost::Nothing) } else { Lost::Nothing };
            let answer = match lose {
                Lost::Request => None,
                Lost::Answer => {
                    self.api.transport().send(call.request).await.expect("an answer");
                    None
                }
                Lost::Nothing => {
                    Some(self.api.transport().send(call.request).await.expect("an answer"))
                }
            };
            let Some(answer) = answer else {
                let sent = *first_sent_at.get_or_insert(now);
                (self.wait)(Duration::from_secs(15));
                match self.look(&state, sent).await {
                    Ok(next) => state = next,
                    Err(end) => return end,
                }
                continue;
            };
            match self.api.advance(&self.cx(), &state, &answer) {
                Ok(next) => state = next,
                Err(error) if error.retry == Retry::Never => panic!("it was refused: {error}"),
                Err(error) => {
                    assert!(!commit || error.retry != Retry::ReconcileFirst, "{error}");
                    (self.wait)(Duration::from_secs(5));
                }
            }
        }
        panic!("publishing does not come to an end");
    }

    /// Finds out what became of a Commit; reads only.
    async fn look(&self, publish: &FlowState, sent: crate::Timestamp) -> Result<FlowState, End> {
        for looks in 0..4 {
            let trace = CommitTrace { first_sent_at: sent, last_sent_at: sent, looks };
            let mut state = self.api.reconcile(&self.cx(), publish, &trace).expect("a look");
            for _ in 0..200 {
                state = self.stored(&state);
                match self.api.next(&self.cx(), &state).expect("a step of looking") {
                    Step::Done(published) => return Err(End::Published(published)),
                    Step::Absent(state) | Step::Repeat(state) => return Ok(state),
                    Step::Unknown => break,
                    Step::Wait(time) => (self.wait)(time),
                    Step::Send(call) => {
                        assert_eq!(call.effect, Effect::Read, "looking may only read");
                        let answer = self.api.transport().send(call.request).await;
                        let answer = answer.expect("an answer");
                        match self.api.advance(&self.cx(), &state, &answer) {
                            Ok(next) => state = next,
                            Err(_) => (self.wait)(Duration::from_secs(5)),
                        }
                    }
                }
            }
            (self.wait)(Duration::from_secs(240));
        }
        Err(End::NobodyKnows)
    }
}

/// The client goes by the name that its rules have, and its rules have the kind of the post.
pub async fn its_rules_are_its_own(it: PlatformUnderTest) {
    assert_eq!(it.api.platform(), &it.api.rules().platform);
    assert!(it.api.rules().kind(it.content.kind).is_some(), "{:?}", it.content.kind);
}

/// The same state and context give the same step.
pub async fn the_same_state_gives_the_same_step(it: PlatformUnderTest) {
    let state = it.api.begin(&it.cx()).expect("a first state");
    let step = || match it.api.next(&it.cx(), &state).expect("a step") {
        Step::Send(call) => {
            format!("{} {:?} {:?}", call.operation, call.effect, call.request.uri().path())
        }
        other => format!("{other:?}"),
    };
    assert_eq!(step(), step());
}

/// Any other process may go on between any two steps, and no token is written down.
pub async fn a_post_is_published_once_by_changing_hands(it: PlatformUnderTest) {
    let End::Published(published) = it.publish(Lost::Nothing).await else {
        panic!("nobody knows what became of a post that nothing happened to")
    };
    assert!(published.at <= it.api.clock().now(), "it was seen before it was there");
    assert_eq!((it.visible)(), 1);
}

/// A Commit whose request was lost is sent again only after proof.
pub async fn a_lost_request_is_sent_again_after_proof(it: PlatformUnderTest) {
    match it.publish(Lost::Request).await {
        End::Published(_) => assert_eq!((it.visible)(), 1),
        End::NobodyKnows => assert_eq!((it.visible)(), 0),
    }
}

/// A Commit whose answer was lost is found, or left to a person; it is never made twice.
pub async fn a_lost_answer_makes_no_second_post(it: PlatformUnderTest) {
    it.publish(Lost::Answer).await;
    assert_eq!((it.visible)(), 1);
}

/// Numbers of an account are refused as a whole, or each of them is a number or has its reason.
pub async fn numbers_of_an_account_come_with_reasons(it: PlatformUnderTest) {
    let to = it.api.clock().now();
    let span = TimeSpan { from: to - Duration::from_secs(7 * 24 * 3600), to };
    match it.api.account_analytics(&it.auth, span).await {
        Ok(metrics) => {
            for metric in Metric::ALL {
                let (told, why) = (metrics.values.get(&metric), metrics.missing.get(&metric));
                assert_ne!(told.is_some(), why.is_some(), "{metric:?}: {told:?}, {why:?}");
            }
        }
        Err(error) => assert_eq!(error.kind, ErrorKind::Unsupported, "{error}"),
    }
}

/// What a network says is left is of a quota that the client's rules name, else nobody learns it.
pub async fn what_is_left_is_of_a_quota_of_its_own(it: PlatformUnderTest) {
    let left = it.api.left(&it.auth).await.expect("what is left, or nothing");
    if let Some(left) = left {
        let named = it.api.rules().quotas.iter().any(|rule| rule.counts(left.operation));
        assert!(named, "no quota counts {}", left.operation);
    }
}

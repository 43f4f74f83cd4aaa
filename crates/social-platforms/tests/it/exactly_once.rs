//! Whatever happens at a Commit: the post is there once, or surely not, or nobody claims to know.

use social_core::ErrorKind;
use social_core::domain::PostKind;
use social_sim::{FaultKind, Network, operations as op};

use crate::kit::{Kit, MEMBER, ORGANIZATION, Outcome};

const CASES: &[(Network, Option<&str>, PostKind, &str, u64)] = &[
    (Network::Instagram, None, PostKind::Image, op::IG_PUBLISH, 1),
    (Network::Instagram, None, PostKind::Carousel, op::IG_PUBLISH, 1),
    (Network::Instagram, None, PostKind::Video, op::IG_PUBLISH, 1),
    (Network::Facebook, None, PostKind::Text, op::FB_UPDATE, 1),
    (Network::Facebook, None, PostKind::Carousel, op::FB_UPDATE, 1),
    (Network::Facebook, None, PostKind::Video, op::FB_VIDEO_FINISH, 1),
    (Network::Linkedin, Some(MEMBER), PostKind::Text, op::LI_POST_CREATE, 1),
    (Network::Linkedin, Some(MEMBER), PostKind::Image, op::LI_POST_CREATE, 1),
    (Network::Linkedin, Some(ORGANIZATION), PostKind::Text, op::LI_POST_CREATE, 1),
    // A clip of 20 MB goes up in two chunks, of which the second is the Commit.
    (Network::Tiktok, None, PostKind::Video, op::TT_UPLOAD, 2),
];

async fn with_fault(case: usize, kind: FaultKind) -> (Kit, Outcome, Vec<String>) {
    let (network, account, post, operation, nth) = CASES[case];
    let kit = Kit::new();
    kit.sim.add_fault(social_sim::Fault::on(operation, kind).nth(nth));
    let api = kit.api(network);
    let auth = match account {
        Some(account) => kit.auth(network, account),
        None => kit.first(network),
    };
    let content = kit.content(network, post, "Fresh #beans at nine").await;
    let (outcome, steps) = kit.publish(&*api, &auth, &content).await;
    (kit, outcome, steps)
}

async fn once_after(kind: FaultKind) {
    for (index, case) in CASES.iter().enumerate() {
        let (kit, outcome, steps) = with_fault(index, kind.clone()).await;
        let Outcome::Published(published) = outcome else {
            panic!("{case:?} {kind:?}: {outcome:?} {steps:?}")
        };
        assert!(published.remote_id.is_some(), "{case:?} {kind:?} {steps:?}");
        assert_eq!(kit.sim.ledger().entries.len(), 1, "{case:?} {kind:?} {steps:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_is_looked_up() {
    once_after(FaultKind::AnswerLost).await;
}

#[tokio::test]
async fn a_server_error_after_the_deed_is_looked_up() {
    once_after(FaultKind::ServerErrorAfter { status: 500 }).await;
}

#[tokio::test]
async fn a_request_that_was_lost_is_sent_again_after_proof() {
    once_after(FaultKind::RequestLost).await;
}

#[tokio::test]
async fn a_server_error_before_the_deed_is_sent_again_after_proof() {
    once_after(FaultKind::ServerErrorBefore { status: 503 }).await;
}

#[tokio::test]
async fn a_network_that_wants_to_be_left_alone_gets_it_later() {
    once_after(FaultKind::RateLimited { minutes: 3 }).await;
}

#[tokio::test]
async fn a_token_that_ended_is_a_definite_no() {
    for (index, case) in CASES.iter().enumerate() {
        // The bytes of a chunk go without a token.
        if case.3 == op::TT_UPLOAD {
            continue;
        }
        let (kit, outcome, steps) = with_fault(index, FaultKind::ExpiredToken).await;
        let Outcome::Failed(error) = outcome else { panic!("{case:?}: {outcome:?} {steps:?}") };
        assert_eq!(error.kind, ErrorKind::Auth, "{case:?}");
        assert!(!error.action.is_empty());
        assert_eq!(kit.sim.ledger().entries.len(), 0);
    }
}

#[tokio::test]
async fn photos_on_tiktok_are_found_in_the_listing_or_left_to_a_person() {
    for (kind, found) in [(FaultKind::AnswerLost, true), (FaultKind::RequestLost, false)] {
        let kit = Kit::new();
        kit.fault(op::TT_PHOTO_INIT, kind);
        let api = kit.api(Network::Tiktok);
        let auth = kit.first(Network::Tiktok);
        let content = kit.content(Network::Tiktok, PostKind::Carousel, "Three cups").await;
        let (outcome, steps) = kit.publish(&*api, &auth, &content).await;
        match outcome {
            Outcome::Published(_) => assert!(found, "{steps:?}"),
            Outcome::Unconfirmed => assert!(!found, "{steps:?}"),
            Outcome::Failed(error) => panic!("{error}"),
        }
        assert_eq!(kit.sim.ledger().entries.len(), usize::from(found));
    }
}

#[tokio::test]
async fn even_where_a_second_publish_would_work_instagram_gets_one() {
    let mut config = social_sim::SimConfig::default();
    config.meta.second_publish = social_sim::SecondPublish::PublishesAgain;
    let kit = Kit::with(config);
    kit.fault(op::IG_PUBLISH, FaultKind::AnswerLost);
    let api = kit.api(Network::Instagram);
    let content = kit.content(Network::Instagram, PostKind::Image, "One cup").await;
    let (outcome, _) = kit.publish(&*api, &kit.first(Network::Instagram), &content).await;
    outcome.published();
    assert_eq!(kit.sim.ledger().entries.len(), 1);
}

//! Each kind of post on each network, step by step.

use social_core::domain::PostKind;
use social_core::{ErrorKind, Retry};
use social_sim::{Fault, FaultKind, Network, SimConfig, operations as op};

use crate::kit::{Kit, MEMBER, ORGANIZATION, Outcome};

const TEXT: &str = "Fresh beans (roasted today) at nine! #harbour_coffee <3";

async fn steps(network: Network, account: Option<&str>, kind: PostKind) -> Vec<String> {
    let kit = Kit::new();
    let api = kit.api(network);
    let auth = match account {
        Some(account) => kit.auth(network, account),
        None => kit.first(network),
    };
    let content = kit.content(network, kind, TEXT).await;
    let (outcome, mut steps) = kit.publish(&*api, &auth, &content).await;
    let published = outcome.published();
    let ledger = kit.sim.ledger();
    let [entry] = &ledger.entries[..] else { panic!("{:?}", ledger.entries) };
    assert_eq!(entry.text, TEXT);
    assert_eq!(entry.media.len(), content.media.len());
    let id = published.remote_id.expect("an id");
    let link = api.permalink(&auth, &id).await.unwrap();
    assert!(link.is_some(), "{network:?} {kind:?}");
    assert_eq!(kit.sim.ledger().duplicates().len(), 0);
    // How often something is asked depends on how long the network takes.
    steps.dedup();
    steps
}

#[tokio::test]
async fn instagram() {
    for (name, kind) in [
        ("instagram_image", PostKind::Image),
        ("instagram_carousel", PostKind::Carousel),
        ("instagram_video", PostKind::Video),
    ] {
        insta::assert_json_snapshot!(name, steps(Network::Instagram, None, kind).await);
    }
}

#[tokio::test]
async fn facebook() {
    for (name, kind) in [
        ("facebook_text", PostKind::Text),
        ("facebook_image", PostKind::Image),
        ("facebook_carousel", PostKind::Carousel),
        ("facebook_video", PostKind::Video),
    ] {
        insta::assert_json_snapshot!(name, steps(Network::Facebook, None, kind).await);
    }
}

#[tokio::test]
async fn linkedin() {
    for (name, kind) in [
        ("linkedin_text", PostKind::Text),
        ("linkedin_image", PostKind::Image),
        ("linkedin_carousel", PostKind::Carousel),
        ("linkedin_video", PostKind::Video),
    ] {
        insta::assert_json_snapshot!(name, steps(Network::Linkedin, Some(MEMBER), kind).await);
        steps(Network::Linkedin, Some(ORGANIZATION), kind).await;
    }
}

#[tokio::test]
async fn tiktok() {
    for (name, kind) in [
        ("tiktok_image", PostKind::Image),
        ("tiktok_carousel", PostKind::Carousel),
        ("tiktok_video", PostKind::Video),
    ] {
        insta::assert_json_snapshot!(name, steps(Network::Tiktok, None, kind).await);
    }
}

#[tokio::test]
async fn a_picture_without_an_address_says_what_to_do() {
    let kit = Kit::new();
    for network in [Network::Instagram, Network::Tiktok] {
        let api = kit.api(network);
        let mut content = kit.content(network, PostKind::Image, "Hello").await;
        content.media[0].url = None;
        let (outcome, _) = kit.publish(&*api, &kit.first(network), &content).await;
        let Outcome::Failed(error) = outcome else { panic!("{outcome:?}") };
        assert_eq!((error.kind, error.retry), (ErrorKind::Unsupported, Retry::Never));
        assert!(error.action.contains("public address"), "{}", error.action);
    }
}

/// Each step that nobody sees may fail or lose its answer, and the post is there once.
async fn whatever_goes_wrong(network: Network, kind: PostKind) {
    let mut operations: Vec<String> = steps(network, None, kind)
        .await
        .into_iter()
        .filter_map(|step| {
            step.rsplit_once(' ').filter(|it| it.1 != "Commit").map(|it| it.0.into())
        })
        .collect();
    operations.sort();
    operations.dedup();
    for operation in operations {
        for (nth, fault) in [
            (1, FaultKind::AnswerLost),
            (2, FaultKind::AnswerLost),
            (1, FaultKind::ServerErrorAfter { status: 500 }),
            (1, FaultKind::ServerErrorBefore { status: 503 }),
            (1, FaultKind::RateLimited { minutes: 2 }),
        ] {
            // The second chunk of two is the Commit.
            if nth == 2 && operation == op::TT_UPLOAD {
                continue;
            }
            let kit = Kit::new();
            kit.sim.add_fault(Fault::on(&operation, fault.clone()).nth(nth));
            let api = kit.api(network);
            let content = kit.content(network, kind, TEXT).await;
            let (outcome, steps) = kit.publish(&*api, &kit.first(network), &content).await;
            assert!(
                matches!(outcome, Outcome::Published(_)),
                "{operation} {fault:?}: {outcome:?} {steps:?}"
            );
            assert_eq!(kit.sim.ledger().entries.len(), 1, "{operation} {fault:?}: {steps:?}");
        }
    }
}

#[tokio::test]
async fn nothing_that_goes_wrong_before_is_the_end_on_instagram() {
    whatever_goes_wrong(Network::Instagram, PostKind::Carousel).await;
    whatever_goes_wrong(Network::Instagram, PostKind::Video).await;
}

#[tokio::test]
async fn nothing_that_goes_wrong_before_is_the_end_on_facebook() {
    whatever_goes_wrong(Network::Facebook, PostKind::Carousel).await;
    whatever_goes_wrong(Network::Facebook, PostKind::Video).await;
}

#[tokio::test]
async fn nothing_that_goes_wrong_before_is_the_end_on_linkedin() {
    whatever_goes_wrong(Network::Linkedin, PostKind::Carousel).await;
    whatever_goes_wrong(Network::Linkedin, PostKind::Video).await;
}

#[tokio::test]
async fn nothing_that_goes_wrong_before_is_the_end_on_tiktok() {
    whatever_goes_wrong(Network::Tiktok, PostKind::Carousel).await;
    whatever_goes_wrong(Network::Tiktok, PostKind::Video).await;
}

#[tokio::test]
async fn linkedin_refuses_the_same_text_twice_and_names_the_first() {
    let kit = Kit::new();
    let api = kit.api(Network::Linkedin);
    let auth = kit.auth(Network::Linkedin, MEMBER);
    let content = kit.content(Network::Linkedin, PostKind::Text, "Once").await;
    let first = kit.publish(&*api, &auth, &content).await.0.published().remote_id.unwrap();
    let (outcome, _) = kit.publish(&*api, &auth, &content).await;
    let Outcome::Failed(error) = outcome else { panic!("{outcome:?}") };
    assert_eq!((error.kind, error.retry), (ErrorKind::Duplicate, Retry::Never));
    assert!(error.detail.contains(&first), "{error}");
}

#[tokio::test]
async fn a_private_tiktok_account_gets_what_it_offers() {
    let mut config = SimConfig::default();
    config.tiktok.creators[0].private = true;
    let kit = Kit::with(config);
    let api = kit.api(Network::Tiktok);
    let auth = kit.first(Network::Tiktok);
    let mut content = kit.content(Network::Tiktok, PostKind::Video, "Quiet").await;
    content.options.insert("privacy_level".into(), "PUBLIC_TO_EVERYONE".into());
    let (outcome, _) = kit.publish(&*api, &auth, &content).await;
    let Outcome::Failed(error) = outcome else { panic!("{outcome:?}") };
    assert!(error.action.contains("SELF_ONLY"), "{}", error.action);
    content.options.insert("privacy_level".into(), "SELF_ONLY".into());
    let published = kit.publish(&*api, &auth, &content).await.0.published();
    assert_eq!(published.remote_id, None, "what only the creator sees gets no public id");
}

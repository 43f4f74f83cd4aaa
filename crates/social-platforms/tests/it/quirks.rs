//! Where documentation and reports disagree, the simulators play both: the clients live with either.

use std::time::Duration;

use social_core::domain::PostKind;
use social_sim::{FaultKind, Network, SimConfig, operations as op};

use crate::kit::{Kit, MEMBER, ORGANIZATION, Outcome};

/// Everything that is not sure, the other way round.
fn otherwise() -> SimConfig {
    let mut config = SimConfig::default();
    let meta = &mut config.meta;
    meta.nested_tokens = !meta.nested_tokens;
    meta.reel_tells_post = !meta.reel_tells_post;
    meta.guide_spelling = !meta.guide_spelling;
    meta.expired_is_unknown = !meta.expired_is_unknown;
    let linkedin = &mut config.linkedin;
    linkedin.image_read_forbidden = !linkedin.image_read_forbidden;
    linkedin.short_duplicate = !linkedin.short_duplicate;
    linkedin.gone_is_missing = !linkedin.gone_is_missing;
    linkedin.refresh_tokens = !linkedin.refresh_tokens;
    let tiktok = &mut config.tiktok;
    tiktok.general_codes = !tiktok.general_codes;
    tiktok.ids_as_text = !tiktok.ids_as_text;
    tiktok.disclosure_required = !tiktok.disclosure_required;
    tiktok.rotate_refresh = !tiktok.rotate_refresh;
    tiktok.oauth_error_status = 400;
    config
}

#[tokio::test]
async fn every_kind_of_post_goes_out_either_way_and_is_found_after_a_lost_answer() {
    for (network, account, kind, commit, nth) in [
        (Network::Instagram, None, PostKind::Image, op::IG_PUBLISH, 1),
        (Network::Instagram, None, PostKind::Video, op::IG_PUBLISH, 1),
        (Network::Facebook, None, PostKind::Text, op::FB_UPDATE, 1),
        (Network::Facebook, None, PostKind::Video, op::FB_VIDEO_FINISH, 1),
        (Network::Facebook, None, PostKind::Reel, op::FB_REEL_FINISH, 1),
        (Network::Linkedin, Some(MEMBER), PostKind::Image, op::LI_POST_CREATE, 1),
        (Network::Linkedin, Some(ORGANIZATION), PostKind::Video, op::LI_POST_CREATE, 1),
        (Network::Tiktok, None, PostKind::Video, op::TT_UPLOAD, 2),
    ] {
        for lost in [false, true] {
            for config in [SimConfig::default(), otherwise()] {
                let kit = Kit::with(config);
                if lost {
                    kit.sim
                        .add_fault(social_sim::Fault::on(commit, FaultKind::AnswerLost).nth(nth));
                }
                let api = kit.api(network);
                let auth = account.map_or_else(|| kit.first(network), |it| kit.auth(network, it));
                let mut content = kit.content(network, kind, "Either way").await;
                if kind == PostKind::Reel {
                    content.options.insert("format".into(), "reel".into());
                }
                let (outcome, steps) = kit.publish(&*api, &auth, &content).await;
                let Outcome::Published(published) = outcome else {
                    panic!("{network:?} {kind:?}, lost {lost}: {outcome:?} {steps:?}")
                };
                assert!(published.remote_id.is_some(), "{network:?} {kind:?}");
                assert_eq!(kit.sim.ledger().entries.len(), 1, "{network:?} {kind:?} {steps:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_container_that_died_of_age_is_made_anew_whatever_the_network_calls_that() {
    for config in [SimConfig::default(), otherwise()] {
        let kit = Kit::with(config);
        let api = kit.api(Network::Instagram);
        let auth = kit.first(Network::Instagram);
        let content = kit.content(Network::Instagram, PostKind::Image, "Kept too long").await;
        // The wait before the Commit takes a day and more.
        let clock = kit.clock.clone();
        let waited = std::sync::atomic::AtomicBool::new(false);
        let (outcome, steps) = kit
            .publish_minding(&*api, &auth, &content, &|operation: &str| {
                let publishes = operation == "instagram.media_publish";
                if publishes && !waited.swap(true, std::sync::atomic::Ordering::SeqCst) {
                    clock.advance(Duration::from_secs(25 * 3600));
                }
            })
            .await;
        outcome.published();
        let made = steps.iter().filter(|step| step.starts_with("instagram.media ")).count();
        assert_eq!(made, 2, "{steps:?}");
        assert_eq!(kit.sim.ledger().entries.len(), 1);
    }
}

#[tokio::test]
async fn a_sign_in_outlives_the_seconds_in_which_its_token_is_called_revoked() {
    let mut config = SimConfig::default();
    config.linkedin.fresh_token_blind = Duration::from_secs(3);
    let kit = Kit::with(config);
    let api = kit.api(Network::Linkedin);
    let clock = kit.clock.clone();
    let passing = async move {
        loop {
            tokio::task::yield_now().await;
            clock.advance(Duration::from_millis(200));
        }
    };
    let signed = tokio::select! {
        signed = crate::sign_in::sign_in(&kit, &*api, "decision=allow") => signed,
        () = passing => unreachable!("time passes for ever"),
    };
    assert_eq!(signed.accounts.len(), 2);
}

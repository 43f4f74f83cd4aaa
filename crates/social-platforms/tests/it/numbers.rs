//! Numbers, accounts and deleting.

use std::time::Duration;

use social_core::ErrorKind;
use social_core::domain::{Metric, Metrics, PostKind, TimeSpan};
use social_core::ports::Clock as _;
use social_sim::Network;

use crate::kit::{Kit, MEMBER, ORGANIZATION};

#[tokio::test]
async fn every_number_is_there_or_says_why_not() {
    for (network, account, kind, expected) in [
        (Network::Instagram, None, PostKind::Image, Metric::Reach),
        (Network::Facebook, None, PostKind::Text, Metric::Views),
        (Network::Facebook, None, PostKind::Video, Metric::Likes),
        (Network::Linkedin, Some(MEMBER), PostKind::Text, Metric::Impressions),
        (Network::Linkedin, Some(ORGANIZATION), PostKind::Text, Metric::Impressions),
        (Network::Tiktok, None, PostKind::Video, Metric::Views),
    ] {
        let kit = Kit::new();
        let api = kit.api(network);
        let auth = account.map_or_else(|| kit.first(network), |it| kit.auth(network, it));
        let content = kit.content(network, kind, "Numbers").await;
        let published = kit.publish(&*api, &auth, &content).await.0.published();
        kit.clock.advance(Duration::from_secs(3 * 3600));
        let id = published.remote_id.unwrap();
        let metrics = api.post_analytics(&auth, &id).await.unwrap();
        assert!(metrics.values.contains_key(&expected), "{network:?} {metrics:?}");
        assert!(!metrics.raw.is_empty());
        for metric in Metric::ALL {
            let known = metrics.values.contains_key(&metric);
            assert_ne!(known, metrics.missing.contains_key(&metric), "{network:?} {metric:?}");
        }
    }
}

#[tokio::test]
async fn an_account_has_a_name_and_followers() {
    let kit = Kit::new();
    for network in Network::ALL {
        let api = kit.api(network);
        let info = api.account_info(&kit.first(network)).await.unwrap();
        assert!(!info.name.is_empty(), "{network:?}");
        assert!(info.followers.is_some() || network == Network::Linkedin, "{network:?}");
        assert_eq!(info.posts_left.is_some(), network == Network::Instagram);
    }
    let api = kit.api(Network::Linkedin);
    let info = api.account_info(&kit.auth(Network::Linkedin, ORGANIZATION)).await.unwrap();
    assert_eq!(info.followers, Some(1_220));
}

#[tokio::test]
async fn a_post_can_be_deleted_where_the_network_lets_programs_do_it() {
    for network in Network::ALL {
        let kit = Kit::new();
        let api = kit.api(network);
        let auth = kit.first(network);
        let kind = if network == Network::Tiktok { PostKind::Video } else { PostKind::Image };
        let content = kit.content(network, kind, "Gone soon").await;
        let published = kit.publish(&*api, &auth, &content).await.0.published();
        let id = published.remote_id.unwrap();
        let outcome = api.delete_post(&auth, &id).await;
        if api.capabilities().delete {
            outcome.unwrap();
            assert_eq!(kit.sim.ledger().live().count(), 0, "{network:?}");
        } else {
            let error = outcome.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Unsupported);
            assert!(!error.action.is_empty());
        }
    }
}

#[tokio::test]
async fn an_account_has_numbers_over_a_time_or_says_why_not() {
    for (network, account, kind, told) in [
        (
            Network::Instagram,
            None,
            PostKind::Image,
            &[Metric::Views, Metric::Reach, Metric::Saves, Metric::Clicks][..],
        ),
        (Network::Facebook, None, PostKind::Text, &[Metric::Views, Metric::Likes, Metric::Reach]),
        (
            Network::Linkedin,
            Some(MEMBER),
            PostKind::Text,
            &[Metric::Impressions, Metric::Reach, Metric::Saves, Metric::Clicks],
        ),
        (
            Network::Linkedin,
            Some(ORGANIZATION),
            PostKind::Text,
            &[Metric::Impressions, Metric::Clicks],
        ),
        (Network::Tiktok, None, PostKind::Video, &[]),
    ] {
        let kit = Kit::new();
        let api = kit.api(network);
        // Asked for anew, since some tokens live for a day.
        let sign_in = || account.map_or_else(|| kit.first(network), |it| kit.auth(network, it));
        let content = kit.content(network, kind, "Numbers").await;
        kit.publish(&*api, &sign_in(), &content).await.0.published();
        let posted = kit.clock.now();
        kit.clock.advance(Duration::from_secs(8 * 24 * 3600));
        let auth = sign_in();
        let (day, now) = (Duration::from_secs(24 * 3600), kit.clock.now());
        let read = async |from, to| {
            let metrics = api.account_analytics(&auth, TimeSpan { from, to }).await.unwrap();
            for metric in Metric::ALL {
                let known = metrics.values.contains_key(&metric);
                assert_ne!(known, metrics.missing.contains_key(&metric), "{network:?} {metric:?}");
            }
            assert!(!metrics.raw.is_empty());
            metrics
        };
        let week = read(now - day * 7, now).await;
        assert!(week.get(Metric::Followers).unwrap() > 0, "{network:?}");
        for metric in told {
            assert!(week.get(*metric).is_ok(), "{network:?} {metric:?}: {week:?}");
        }
        // What came before a time is not of it, and the longer one has more.
        let before = read(posted - day * 30, posted - day).await;
        let whole = read(now - day * 45, now).await;
        for metric in told {
            let number = |metrics: &Metrics| metrics.get(*metric).unwrap_or(0);
            assert_eq!(number(&before), 0, "{network:?} {metric:?}");
            if *metric != Metric::Reach {
                assert!(number(&whole) >= number(&week), "{network:?} {metric:?}");
            }
        }
        // People do not add up as views do.
        if network != Network::Tiktok && account != Some(MEMBER) {
            assert!(whole.get(Metric::Reach).unwrap_err().contains("add up"), "{whole:?}");
        }
    }
}

#[tokio::test]
async fn without_the_scope_the_reason_is_told_and_followers_all_the_same() {
    let kit = Kit::new();
    let api = kit.api(Network::Linkedin);
    let auth = kit.auth_with(Network::Linkedin, MEMBER, &["openid", "w_member_social"]);
    let span = TimeSpan { from: kit.clock.now() - Duration::from_secs(3600), to: kit.clock.now() };
    let metrics = api.account_analytics(&auth, span).await.unwrap();
    assert!(metrics.get(Metric::Impressions).unwrap_err().contains("r_member_postAnalytics"));
    assert!(metrics.get(Metric::Followers).unwrap_err().contains("r_member_profileAnalytics"));
}

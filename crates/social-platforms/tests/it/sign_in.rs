//! Signing in, renewing, checking and giving back, by way of the consent page.

use std::collections::HashMap;
use std::time::Duration;

use social_core::ErrorKind;
use social_core::domain::PostKind;
use social_core::ports::{
    AccountAuth, Clock as _, PlatformApi, SignInCode, SignInRequest, SignedIn,
};
use social_sim::{Network, SimConfig};
use url::Url;

use crate::kit::{Kit, MEMBER, ORGANIZATION};

const VERIFIER: &str = "a-verifier-of-more-than-forty-three-characters-0123";

pub(crate) fn back() -> Url {
    "http://127.0.0.1:8080/callback".parse().unwrap()
}

/// The person says yes; what came back.
async fn consent(kit: &Kit, api: &dyn PlatformApi, body: &str) -> HashMap<String, String> {
    let request = SignInRequest {
        redirect_uri: back(),
        state: "fresh".to_owned(),
        verifier: VERIFIER.into(),
    };
    let page = api.sign_in_url(&request).unwrap();
    let shown = http::Request::get(page.as_str()).body(bytes::Bytes::new()).unwrap();
    assert_eq!(kit.sim.handle(shown).await.into_answer().unwrap().status(), 200);
    let posted = http::Request::post(page.as_str()).body(body.to_owned().into()).unwrap();
    let answer = kit.sim.handle(posted).await.into_answer().unwrap();
    assert_eq!(answer.status(), 302);
    let location = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    let pairs: HashMap<_, _> = location.query_pairs().into_owned().collect();
    assert_eq!(pairs["state"], "fresh");
    pairs
}

pub(crate) async fn sign_in(kit: &Kit, api: &dyn PlatformApi, body: &str) -> SignedIn {
    let code = consent(kit, api, body).await.remove("code").unwrap();
    let code = SignInCode { code: code.into(), redirect_uri: back(), verifier: VERIFIER.into() };
    api.authenticate(&code).await.unwrap()
}

#[tokio::test]
async fn a_person_signs_in_everywhere_and_takes_it_back() {
    let kit = Kit::new();
    for network in Network::ALL {
        let api = kit.api(network);
        let signed = sign_in(&kit, &*api, "decision=allow").await;
        assert!(!signed.subject.is_empty());
        assert_eq!(signed.missing_scopes, [""; 0], "{network:?}");
        let expected: Vec<_> = kit
            .sim
            .accounts()
            .into_iter()
            .filter(|account| account.platform == network)
            .map(|account| account.id)
            .collect();
        let found: Vec<_> = signed.accounts.iter().map(|it| it.remote_id.clone()).collect();
        assert_eq!(found, expected, "{network:?}");
        assert!(signed.tokens.expires_at.unwrap() > kit.clock.now());
        assert!(api.validate(&signed.tokens).await.unwrap(), "{network:?}");
        api.revoke(&signed.tokens).await.unwrap();
        assert!(!api.validate(&signed.tokens).await.unwrap(), "{network:?}");
    }
}

#[tokio::test]
async fn a_page_and_its_instagram_account_come_with_the_pages_token() {
    let kit = Kit::new();
    for network in [Network::Instagram, Network::Facebook] {
        let signed = sign_in(&kit, &*kit.api(network), "decision=allow").await;
        assert!(signed.accounts[0].token.is_some(), "{network:?}");
    }
    let signed = sign_in(&kit, &*kit.api(Network::Linkedin), "decision=allow").await;
    let kinds: Vec<_> =
        signed.accounts.iter().map(|it| (it.remote_id.as_str(), it.kind.as_str())).collect();
    assert_eq!(kinds, [(MEMBER, "member"), (ORGANIZATION, "organization")]);
}

#[tokio::test]
async fn what_was_not_granted_is_named() {
    let kit = Kit::new();
    let api = kit.api(Network::Facebook);
    let body = "decision=allow&chosen=1&scope=pages_show_list&scope=pages_read_engagement";
    let signed = sign_in(&kit, &*api, body).await;
    assert_eq!(signed.missing_scopes, ["pages_manage_posts"]);
    let none = sign_in(&kit, &*api, "decision=allow&chosen=1").await;
    assert!(none.accounts.is_empty());
}

#[tokio::test]
async fn a_no_has_no_code() {
    let kit = Kit::new();
    for network in Network::ALL {
        let pairs = consent(&kit, &*kit.api(network), "decision=deny").await;
        assert!(pairs.contains_key("error") && !pairs.contains_key("code"), "{pairs:?}");
    }
}

#[tokio::test]
async fn a_code_works_once() {
    let kit = Kit::new();
    for network in [Network::Linkedin, Network::Tiktok] {
        let api = kit.api(network);
        let code = consent(&kit, &*api, "decision=allow").await.remove("code").unwrap();
        let code =
            SignInCode { code: code.into(), redirect_uri: back(), verifier: VERIFIER.into() };
        api.authenticate(&code).await.unwrap();
        let error = api.authenticate(&code).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Auth, "{network:?} {error}");
        assert!(!error.action.is_empty());
    }
}

#[tokio::test]
async fn tokens_are_renewed() {
    let mut config = SimConfig::default();
    config.linkedin.refresh_tokens = true;
    let kit = Kit::with(config);
    for network in Network::ALL {
        let api = kit.api(network);
        let first = sign_in(&kit, &*api, "decision=allow").await.tokens;
        kit.clock.advance(Duration::from_secs(3600));
        let second = api.refresh(&first).await.unwrap();
        assert!(second.expires_at > first.expires_at, "{network:?}");
        assert_eq!(second.refresh.is_some(), first.refresh.is_some());
        assert_eq!(second.scopes, first.scopes, "{network:?}");
        assert!(api.validate(&second).await.unwrap());
    }
    // TikTok's old refresh token died when it was used.
    let api = kit.api(Network::Tiktok);
    let first = sign_in(&kit, &*api, "decision=allow").await.tokens;
    api.refresh(&first).await.unwrap();
    assert_eq!(api.refresh(&first).await.unwrap_err().kind, ErrorKind::Auth);
}

#[tokio::test]
async fn without_a_refresh_token_linkedin_needs_a_person() {
    let kit = Kit::new();
    let api = kit.api(Network::Linkedin);
    let tokens = sign_in(&kit, &*api, "decision=allow").await.tokens;
    let error = api.refresh(&tokens).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Auth);
    assert_eq!(error.action, "Sign in again.");
}

#[tokio::test]
async fn an_account_of_instagram_login_needs_no_page_and_is_served_on_its_own_host() {
    for nested in [false, true] {
        let mut config = SimConfig::default();
        config.meta.nested_tokens = nested;
        let mut kit = Kit::with(config);
        kit.instagram_login = true;
        let api = kit.api(Network::Instagram);
        let signed = sign_in(&kit, &*api, "decision=allow").await;
        assert_eq!(signed.missing_scopes, [""; 0]);
        let [account] = &signed.accounts[..] else { panic!("{:?}", signed.accounts) };
        assert!(account.token.is_none());
        assert!(api.validate(&signed.tokens).await.unwrap());
        // On the first day it cannot be renewed.
        api.refresh(&signed.tokens).await.unwrap_err();
        kit.clock.advance(Duration::from_secs(25 * 3600));
        let tokens = api.refresh(&signed.tokens).await.unwrap();
        assert!(tokens.expires_at > signed.tokens.expires_at);
        assert_eq!(tokens.scopes, signed.tokens.scopes);
        assert_eq!(api.revoke(&tokens).await.unwrap_err().kind, ErrorKind::Unsupported);

        let auth = AccountAuth {
            remote_id: account.remote_id.clone(),
            kind: account.kind.clone(),
            attributes: account.attributes.clone(),
            token: tokens.access.clone(),
            scopes: tokens.scopes.clone(),
        };
        for kind in [PostKind::Image, PostKind::Carousel, PostKind::Video] {
            let content = kit.content(Network::Instagram, kind, &format!("{kind:?}")).await;
            let (outcome, steps) = kit.publish(&*api, &auth, &content).await;
            assert!(outcome.published().remote_id.is_some());
            assert!(!steps.iter().any(|step| step.contains("rupload")), "{steps:?}");
        }
        assert_eq!(kit.sim.ledger().entries.len(), 3);
        assert!(api.account_info(&auth).await.unwrap().posts_left.is_some());
        let error = api.delete_post(&auth, "1").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported);
    }
}

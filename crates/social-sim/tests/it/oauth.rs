use std::collections::HashMap;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::kit::{Kit, form_of, get, url};

const BACK: &str = "http://127.0.0.1:8080/callback";

/// Opens the consent page, decides, and gives what came back in the redirect.
async fn decide(kit: &Kit, page: &str, decision: &str) -> HashMap<String, String> {
    let shown = kit.send(Request::get(page).body(Bytes::new()).unwrap()).await;
    assert_eq!(shown.status(), 200);
    assert!(std::str::from_utf8(shown.body()).unwrap().contains("Sim App"));
    let form = format!("decision={decision}");
    let answer = kit.send(Request::post(page).body(form.into()).unwrap()).await;
    assert_eq!(answer.status(), 302);
    let location = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    assert!(location.as_str().starts_with(BACK));
    location.query_pairs().into_owned().collect()
}

fn page(path: &str, pairs: &[(&str, &str)]) -> String {
    Url::parse_with_params(&url(path), pairs).unwrap().into()
}

fn facebook(redirect: &str) -> String {
    let scope = "pages_show_list,pages_manage_posts,pages_read_engagement,instagram_basic";
    page(
        "facebook/v26.0/dialog/oauth",
        &[("client_id", "sim-app"), ("redirect_uri", redirect), ("state", "s1"), ("scope", scope)],
    )
}

#[tokio::test]
async fn facebook_gives_pages_for_a_long_lived_token() {
    let kit = Kit::new();
    let back = decide(&kit, &facebook(BACK), "allow").await;
    assert_eq!(back["state"], "s1");
    let exchange = |redirect: &str| {
        page(
            "graph/v26.0/oauth/access_token",
            &[
                ("client_id", "sim-app"),
                ("client_secret", "sim-secret"),
                ("redirect_uri", redirect),
                ("code", &back["code"]),
            ],
        )
    };
    let (status, wrong) = kit.get(&exchange("http://127.0.0.1:8080/callback/"), "").await;
    assert_eq!((status, &wrong["error"]["code"]), (400, &json!(100)), "byte for byte");
    let (_, short) = kit.get(&exchange(BACK), "").await;
    let short = short["access_token"].as_str().unwrap();
    assert_eq!(kit.get(&exchange(BACK), "").await.0, 400, "a code works once");
    let long = page(
        "graph/v26.0/oauth/access_token",
        &[
            ("grant_type", "fb_exchange_token"),
            ("client_id", "sim-app"),
            ("client_secret", "sim-secret"),
            ("fb_exchange_token", short),
        ],
    );
    let (_, long) = kit.get(&long, "").await;
    assert_eq!(long["expires_in"], 5_183_944);
    let long = long["access_token"].as_str().unwrap();
    let fields = "id,name,access_token,instagram_business_account%7Bid,username%7D";
    let (_, pages) = kit.get(&format!("graph/v26.0/me/accounts?fields={fields}"), long).await;
    let first = &pages["data"][0];
    assert_eq!(first["name"], "Harbour Coffee");
    assert_eq!(first["instagram_business_account"]["username"], "harbour.coffee");
    assert_eq!(first["instagram_business_account"].as_object().unwrap().len(), 2);

    let token = first["access_token"].as_str().unwrap();
    let debug = page(
        "graph/v26.0/debug_token",
        &[("input_token", token), ("access_token", "sim-app|sim-secret")],
    );
    let (_, debugged) = kit.get(&debug, "").await;
    assert_eq!(debugged["data"]["expires_at"], 0);
    assert_eq!(debugged["data"]["type"], "PAGE");
    let (_, feed) = kit
        .graph(&format!("{}/feed", first["id"].as_str().unwrap()), token, &[("message", "Hi")])
        .await;
    assert!(feed["id"].is_string(), "{feed}");

    let (_, insights) = kit
        .get(
            &format!("graph/v26.0/{}/insights?metric=post_clicks", feed["id"].as_str().unwrap()),
            token,
        )
        .await;
    assert_eq!(insights["error"]["code"], 10, "the scope was not granted");

    kit.pass(6_000);
    let (status, expired) = kit.get("graph/v26.0/me", short).await;
    assert_eq!((status, &expired["error"]["error_subcode"]), (400, &json!(463)));
    let revoke = Request::delete(url("graph/v26.0/me/permissions"))
        .header("authorization", format!("Bearer {long}"))
        .body(Bytes::new())
        .unwrap();
    assert_eq!(kit.json(revoke).await.1["success"], true);
    assert_eq!(kit.get("graph/v26.0/me", long).await.1["error"]["error_subcode"], 458);
}

#[tokio::test]
async fn a_proof_is_checked_where_it_is_sent() {
    use hmac::{Hmac, KeyInit, Mac};
    let kit = Kit::new();
    let token = kit.token(social_sim::Network::Facebook, crate::kit::PAGE);
    let mut mac = Hmac::<Sha256>::new_from_slice(b"sim-secret").unwrap();
    mac.update(token.as_bytes());
    let proof = hex::encode(mac.finalize().into_bytes());
    let (status, _) = kit.get(&format!("graph/v26.0/me?appsecret_proof={proof}"), &token).await;
    assert_eq!(status, 200);
    let (status, body) = kit.get("graph/v26.0/me?appsecret_proof=00", &token).await;
    assert_eq!((status, &body["error"]["type"]), (400, &json!("GraphMethodException")));
}

#[tokio::test]
async fn denial_and_strangers() {
    let kit = Kit::new();
    let back = decide(&kit, &facebook(BACK), "deny").await;
    assert_eq!(
        (back["error"].as_str(), back["error_reason"].as_str()),
        ("access_denied", "user_denied")
    );
    let stranger = kit.send(get(&facebook("https://evil.example/"), "")).await;
    assert_eq!(stranger.status(), 400);
    let linkedin = page(
        "linkedin/oauth/v2/authorization",
        &[
            ("response_type", "code"),
            ("client_id", "sim-app"),
            ("redirect_uri", BACK),
            ("state", "s2"),
            ("scope", "openid profile w_member_social"),
        ],
    );
    let back = decide(&kit, &linkedin, "deny").await;
    assert_eq!(back["error"], "user_cancelled_authorize");
    let bad_scope = linkedin.replace("w_member_social", "w_nothing");
    let answer = kit.send(Request::post(bad_scope).body("decision=allow".into()).unwrap()).await;
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(location.contains("error=unauthorized_scope_error"));
}

#[tokio::test]
async fn linkedin_answers_scopes_with_commas() {
    let kit = Kit::new();
    let authorize = page(
        "linkedin/oauth/v2/authorization",
        &[
            ("response_type", "code"),
            ("client_id", "sim-app"),
            ("redirect_uri", BACK),
            ("state", "s2"),
            ("scope", "openid profile w_member_social"),
        ],
    );
    let back = decide(&kit, &authorize, "allow").await;
    let form = |code: &str| {
        form_of(
            "linkedin/oauth/v2/accessToken",
            &[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", BACK),
                ("client_id", "sim-app"),
                ("client_secret", "sim-secret"),
            ],
            None,
        )
    };
    let (_, body) = kit.json(form(&back["code"])).await;
    assert_eq!(body["scope"], "openid,profile,w_member_social");
    assert_eq!(body["expires_in"], 5_184_000);
    assert!(body.get("refresh_token").is_none());
    let token = body["access_token"].as_str().unwrap();
    assert!(token.len() > 400);
    assert_eq!(kit.json(form(&back["code"])).await.1["error"], "invalid_redirect_uri");
    assert_eq!(kit.json(form("nonsense")).await.0, 401);
    let (_, me) = kit.get("linkedin-api/v2/userinfo", token).await;
    assert_eq!((me["sub"].as_str(), me.get("email")), (Some("Rb7hQ2sim1"), None));
    let introspect = form_of(
        "linkedin/oauth/v2/introspectToken",
        &[("client_id", "sim-app"), ("client_secret", "sim-secret"), ("token", token)],
        None,
    );
    let (_, body) = kit.json(introspect).await;
    assert_eq!((&body["active"], &body["auth_type"]), (&json!(true), &json!("3L")));
}

fn tiktok(challenge: &str) -> String {
    page(
        "tiktok/v2/auth/authorize/",
        &[
            ("client_key", "sim-app"),
            ("response_type", "code"),
            ("redirect_uri", BACK),
            ("scope", "user.info.basic,video.publish"),
            ("state", "s3"),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ],
    )
}

async fn tiktok_token(kit: &Kit, pairs: &[(&str, &str)]) -> (u16, Value) {
    let mut form = vec![("client_key", "sim-app"), ("client_secret", "sim-secret")];
    form.extend_from_slice(pairs);
    kit.json(form_of("tiktok-api/v2/oauth/token/", &form, None)).await
}

#[tokio::test]
async fn tiktok_wants_its_challenge_in_hex_and_errs_with_200() {
    let kit = Kit::new();
    let verifier = "v".repeat(50);
    let back = decide(&kit, &tiktok(&hex::encode(Sha256::digest(&verifier))), "allow").await;
    assert_eq!(back["scopes"], "user.info.basic,video.publish");
    let with = |verifier: &str| {
        [
            ("grant_type", "authorization_code".to_owned()),
            ("code", back["code"].clone()),
            ("redirect_uri", BACK.to_owned()),
            ("code_verifier", verifier.to_owned()),
        ]
    };
    let wrong = with("other");
    let pairs: Vec<(&str, &str)> = wrong.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let (status, body) = tiktok_token(&kit, &pairs).await;
    assert_eq!((status, &body["error"]), (200, &json!("invalid_grant")));
    let right = with(&verifier);
    let pairs: Vec<(&str, &str)> = right.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let (_, body) = tiktok_token(&kit, &pairs).await;
    assert_eq!(body["expires_in"], 86_400);
    let old = body["refresh_token"].as_str().unwrap();
    assert!(old.starts_with("rft."));

    let refresh = [("grant_type", "refresh_token"), ("refresh_token", old)];
    let (_, new) = tiktok_token(&kit, &refresh).await;
    assert_ne!(new["refresh_token"], old);
    let (_, dead) = tiktok_token(&kit, &refresh).await;
    assert_eq!(dead["error"], "invalid_grant");

    let access = new["access_token"].as_str().unwrap();
    let (_, user) = kit.get("tiktok-api/v2/user/info/?fields=open_id,display_name", access).await;
    assert_eq!(user["data"]["user"]["display_name"], "Harbour Coffee");
    let (status, user) = kit.get("tiktok-api/v2/user/info/?fields=follower_count", access).await;
    assert_eq!((status, &user["error"]["code"]), (400, &json!("scope_permission_missed")));
    kit.pass(86_400);
    let (status, _) = kit.get("tiktok-api/v2/user/info/?fields=open_id", access).await;
    assert_eq!(status, 401);
}

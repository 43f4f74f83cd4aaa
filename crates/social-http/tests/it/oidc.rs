//! Signing in by an OpenID provider that is played here, so that it can say what none should.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use social::core::domain::{Role, Scope};
use social::core::engine::Newcomers;
use social::core::ports::{Clock, ManualClock, Request, Response, Transport, TransportError};
use social_http::OidcConfig;
use url::Url;

use crate::house::{Answer, House, PASSWORD, START, ask};

const ISSUER: &str = "https://login.example";
const CLIENT: &str = "social-client";
const SECRET: &str = "s3cret:of the client";

/// Keys of the curve P-256 (PKCS#8), made for these tests.
const KEYS: [&str; 2] = [
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgl9vS7XbDORFDfIZD+YCa1URQcBZyhChTtLwVJWNZIFahRANCAAS/BrpUHiptdhwHwgXqCitbkgG2XDktPiNCFJF3ZkAZ2I11BOJHQ8z3pw5I58t/KR82QuKruLL7M1DM/dO5ZoQB",
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgc+47kOz6WASjPrfa+y+kbocom36LW+4raXsIqaWR7M2hRANCAATxk0eRciiOTmCPBOYpXcNz0uxCcD2rxBSBkM+C9UdOxdKS8+clTqHdJufPQvLW5ZqERNh3oiAEH3uxYM5ljGos",
];

fn key(at: usize) -> EncodingKey {
    EncodingKey::from_ec_der(&STANDARD.decode(KEYS[at]).unwrap())
}

fn kid(at: usize) -> String {
    format!("key-{at}")
}

/// How an ID token is made.
#[derive(Debug, Clone)]
enum Made {
    /// Signed by this key.
    By(usize),
    /// Not signed.
    Unsigned,
    /// Signed by what both sides know: the client's secret.
    BySecret,
    /// Signed by what everybody knows: the bytes of the public key.
    ByPublicKey,
}

#[derive(Debug)]
struct State {
    document: Value,
    /// What is told besides the ID token.
    userinfo: Value,
    published: Vec<usize>,
    asked_for_keys: u32,
    /// What the ID token says besides what it must.
    claims: Value,
    made: Made,
    /// The queries of those who were sent here, by their code.
    waiting: HashMap<String, HashMap<String, String>>,
}

/// The provider.
#[derive(Debug)]
struct Provider(Mutex<State>, Arc<ManualClock>);

impl Provider {
    fn new(clock: Arc<ManualClock>) -> Arc<Self> {
        let document = json!({
            "issuer": ISSUER,
            "authorization_endpoint": format!("{ISSUER}/authorize"),
            "token_endpoint": format!("{ISSUER}/token"),
            "jwks_uri": format!("{ISSUER}/keys"),
        });
        let state = State {
            document,
            userinfo: Value::Null,
            published: vec![0],
            asked_for_keys: 0,
            claims: json!({}),
            made: Made::By(0),
            waiting: HashMap::new(),
        };
        Arc::new(Self(Mutex::new(state), clock))
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.lock().unwrap());
    }

    /// A person signs in here; where they are sent back to.
    fn visit(&self, url: &str) -> String {
        let url: Url = url.parse().unwrap();
        assert!(url.as_str().starts_with(&format!("{ISSUER}/authorize?")), "{url}");
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], CLIENT);
        assert_eq!(query["code_challenge_method"], "S256");
        assert!(query["scope"].contains("openid") && query["scope"].contains("email"));
        assert!(query["state"].len() >= 32 && query["nonce"].len() >= 32);
        let mut state = self.0.lock().unwrap();
        let code = format!("code-{}", state.waiting.len());
        let back = format!("{}?code={code}&state={}", query["redirect_uri"], query["state"]);
        state.waiting.insert(code, query);
        back.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned()
    }

    fn token(&self, form: &HashMap<String, String>) -> Value {
        let mut state = self.0.lock().unwrap();
        let asked = state.waiting.remove(&form["code"]).unwrap();
        assert_eq!(form["grant_type"], "authorization_code");
        assert_eq!(form["redirect_uri"], asked["redirect_uri"]);
        let verifier = oauth2::PkceCodeVerifier::new(form["code_verifier"].clone());
        let challenge = oauth2::PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        assert_eq!(challenge.as_str(), asked["code_challenge"]);
        let now = self.1.now().as_secs();
        let mut claims = json!({
            "iss": ISSUER, "sub": "subject-1", "aud": CLIENT, "exp": now + 300, "iat": now,
            "nonce": asked["nonce"], "email": "ann@example.com", "email_verified": true,
            "name": "Ann Lee",
        });
        let more = state.claims.as_object().unwrap().clone();
        claims.as_object_mut().unwrap().extend(more);
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = |algorithm, at| {
            let mut header = Header::new(algorithm);
            header.kid = Some(kid(at));
            header
        };
        let by = |algorithm, key: &EncodingKey, at| {
            jsonwebtoken::encode(&header(algorithm, at), &claims, key).unwrap()
        };
        let id_token = match state.made {
            Made::By(at) => by(Algorithm::ES256, &key(at), at),
            Made::BySecret => by(Algorithm::HS256, &EncodingKey::from_secret(SECRET.as_bytes()), 0),
            Made::ByPublicKey => {
                let jwk = Jwk::from_encoding_key(&key(0), Algorithm::ES256).unwrap();
                let public = serde_json::to_vec(&jwk).unwrap();
                by(Algorithm::HS256, &EncodingKey::from_secret(&public), 0)
            }
            Made::Unsigned => {
                let header = json!({ "alg": "none", "kid": kid(0) });
                format!("{}.{}.", part(&header), part(&claims))
            }
        };
        json!({ "access_token": "a", "token_type": "Bearer", "id_token": id_token })
    }

    fn keys(&self) -> Value {
        let mut state = self.0.lock().unwrap();
        state.asked_for_keys += 1;
        let key = |at: &usize| {
            let mut jwk = Jwk::from_encoding_key(&key(*at), Algorithm::ES256).unwrap();
            jwk.common.key_id = Some(kid(*at));
            json!(jwk)
        };
        let mut keys: Vec<Value> = state.published.iter().map(key).collect();
        keys.push(json!({ "kty": "of tomorrow", "kid": "odd" }));
        json!({ "keys": keys })
    }
}

#[async_trait]
impl Transport for Provider {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let (parts, body) = request.into_parts();
        let body: Vec<u8> = body
            .parts
            .into_iter()
            .flat_map(|part| match part {
                social::core::ports::BodyPart::Bytes(bytes) => bytes.to_vec(),
                part => panic!("{part:?}"),
            })
            .collect();
        let answer = match parts.uri.path() {
            "/.well-known/openid-configuration" => self.0.lock().unwrap().document.clone(),
            "/keys" => self.keys(),
            "/userinfo" => {
                assert_eq!(parts.headers["authorization"], "Bearer a");
                self.0.lock().unwrap().userinfo.clone()
            }
            "/token" => {
                let basic = parts.headers["authorization"].to_str().unwrap();
                let encode = |text: &str| -> String {
                    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
                };
                let expected = format!("{}:{}", encode(CLIENT), encode(SECRET));
                assert_eq!(basic, format!("Basic {}", STANDARD.encode(expected)));
                self.token(&url::form_urlencoded::parse(&body).into_owned().collect())
            }
            path => panic!("nothing is asked for at {path}"),
        };
        Ok(http::Response::new(answer.to_string().into()))
    }
}

struct Stage {
    house: House,
    provider: Arc<Provider>,
}

impl Stage {
    async fn new(newcomers: Newcomers, domains: &[&str]) -> Self {
        // The house's clock begins here too; the two are moved together.
        let clock = Arc::new(ManualClock::new(social::Timestamp::from_secs(START)));
        let provider = Provider::new(clock);
        let domains = domains.iter().map(|&domain| domain.to_owned()).collect();
        let transport: Arc<dyn Transport> = provider.clone();
        let house = House::built(
            |_| {},
            |social, api| {
                let config = OidcConfig {
                    name: "Example".into(),
                    issuer: ISSUER.into(),
                    client_id: CLIENT.into(),
                    client_secret: SECRET.into(),
                    workspace: social.workspace(),
                    newcomers,
                    domains,
                };
                api.oidc(config, transport)
            },
        )
        .await;
        Self { house, provider }
    }

    fn advance(&self, by: Duration) {
        self.house.clock.advance(by);
        self.provider.1.advance(by);
    }

    /// Begins; where the provider is, and the cookie.
    async fn start(&self, next: &str) -> (String, String) {
        let start = ask("GET", &format!("/api/auth/oidc/start?next={next}"));
        let begun = self.house.send(start).await;
        assert_eq!(begun.status, 303, "{}", begun.text);
        let cookie = begun.header("set-cookie").unwrap();
        let rules = "; Path=/api/auth/oidc; Max-Age=600; HttpOnly; SameSite=Lax";
        assert!(cookie.contains(rules), "{cookie}");
        let cookie = cookie.split(';').next().unwrap().to_owned();
        (begun.header("location").unwrap().to_owned(), cookie)
    }

    async fn back(&self, path: &str, cookie: &str) -> Answer {
        self.house.send(ask("GET", path).header("cookie", cookie)).await
    }

    /// All of it.
    async fn come_in(&self) -> Answer {
        let (url, cookie) = self.start("").await;
        self.back(&self.provider.visit(&url), &cookie).await
    }

    /// All of it, by a provider that says this.
    async fn come_in_with(&self, claims: Value) -> Answer {
        self.provider.change(|state| state.claims = claims);
        let answer = self.come_in().await;
        self.provider.change(|state| state.claims = json!({}));
        answer
    }

    /// Who is signed in by an answer's cookies.
    async fn who(&self, answer: &Answer) -> Value {
        assert_eq!(answer.status, 303, "{}", answer.text);
        let cookies = answer.headers.get_all("set-cookie").iter();
        let cookies = cookies.map(|cookie| cookie.to_str().unwrap().to_owned());
        let refresh = cookies.into_iter().find(|cookie| cookie.starts_with("social_refresh="));
        let refresh = refresh.unwrap();
        assert!(refresh.contains("HttpOnly; SameSite=Strict"), "{refresh}");
        let ask = ask("POST", "/api/auth/refresh").header("origin", "http://localhost");
        let ask = ask.header("cookie", refresh.split(';').next().unwrap());
        self.house.send(ask).await.is(200)["person"].clone()
    }
}

#[track_caller]
fn refused(answer: &Answer, why: &str) {
    assert_eq!(answer.status, 403, "{}", answer.text);
    assert!(answer.text.contains(why), "{}", answer.text);
    let cookies = answer.headers.get_all("set-cookie").iter();
    for cookie in cookies {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("social_oidc=; ") && cookie.contains("Max-Age=0"), "{cookie}");
    }
}

#[tokio::test]
async fn who_is_vouched_for_comes_in_and_goes_on() {
    let stage = Stage::new(Newcomers::As(Role::Client), &["example.com"]).await;
    let (url, cookie) = stage.start("approvals/post_1").await;
    let answer = stage.back(&stage.provider.visit(&url), &cookie).await;
    assert_eq!(answer.header("location"), Some("/approvals/post_1"));
    let person = stage.who(&answer).await;
    assert_eq!((&person["role"], &person["name"]), (&json!("client"), &json!("Ann Lee")));
    assert_eq!((&person["provider"], &person["password"]), (&json!(ISSUER), &json!(false)));

    // The subject is who they are, whatever their address has become.
    let again = stage.come_in_with(json!({ "email": "lee@example.com" })).await;
    assert_eq!(stage.who(&again).await["id"], person["id"]);
    // Their address may be another's at the provider by now: that one is not them.
    let other = stage.come_in_with(json!({ "sub": "subject-2" })).await;
    refused(&other, "ask an Admin");
    let login = json!({ "email": "ann@example.com", "password": PASSWORD });
    let login = stage.house.send(ask("POST", "/api/auth/login").json(&login)).await;
    login.is_problem(401, "login_failed");
    let said = stage.house.social.audit().latest(stage.house.social.workspace(), 9).await.unwrap();
    let said: Vec<_> = said.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(said, ["session.login_oidc", "session.login_oidc", "person.join"]);
}

#[tokio::test]
async fn an_id_token_that_is_not_right_in_every_way_lets_nobody_in() {
    let stage = Stage::new(Newcomers::As(Role::Admin), &[]).await;
    let now = START;
    for (claims, why) in [
        (json!({ "nonce": "another" }), "its nonce is of another sign-in"),
        (json!({ "nonce": null }), "its nonce is of another sign-in"),
        (json!({ "aud": "another" }), "it is for another audience"),
        (json!({ "aud": [CLIENT, "another"] }), "it is for another audience"),
        (json!({ "aud": [CLIENT], "azp": "another" }), "it is for another audience"),
        (json!({ "iss": "https://evil.example" }), "another issuer made it"),
        (json!({ "exp": now - 60 }), "it has expired"),
        (json!({ "iat": now + 60 }), "it is of the future"),
        (json!({ "sub": "" }), "it names nobody"),
        (json!({ "sub": null }), "not"),
        (json!({ "email_verified": false }), "does not vouch for your e-mail address"),
        (json!({ "email_verified": null }), "does not vouch for your e-mail address"),
        (json!({ "email": null }), "does not vouch for your e-mail address"),
        (json!({ "email": "no address" }), "does not vouch for your e-mail address"),
    ] {
        refused(&stage.come_in_with(claims.clone()).await, why);
    }
    for (made, why) in [
        (Made::Unsigned, "its header is not readable"),
        (Made::BySecret, "not signed in a way that is allowed"),
        (Made::ByPublicKey, "not signed in a way that is allowed"),
    ] {
        stage.provider.change(|state| state.made = made);
        refused(&stage.come_in().await, why);
    }
    let people = stage.house.social.people();
    assert_eq!(people.list(stage.house.social.workspace()).await.unwrap(), []);
    stage.provider.change(|state| state.made = Made::By(0));
    // A clock that is a little off is forgiven, and what some providers write for true.
    let odd = json!({
        "exp": now - 59, "iat": now + 59, "aud": [CLIENT], "email_verified": "true",
    });
    stage.who(&stage.come_in_with(odd).await).await;
    let several = json!({ "aud": [CLIENT, "another"], "azp": CLIENT });
    stage.who(&stage.come_in_with(several).await).await;
}

#[tokio::test]
async fn a_provider_may_change_its_keys() {
    let stage = Stage::new(Newcomers::As(Role::Client), &[]).await;
    stage.who(&stage.come_in().await).await;
    let asked = || stage.provider.0.lock().unwrap().asked_for_keys;
    stage.who(&stage.come_in().await).await;
    assert_eq!(asked(), 1, "keys are kept");
    // A key that is not published is nobody's, and is not asked for over and over.
    stage.provider.change(|state| state.made = Made::By(1));
    for _ in 0..3 {
        refused(&stage.come_in().await, "a key that it does not publish");
    }
    assert_eq!(asked(), 2);
    stage.provider.change(|state| state.published = vec![1]);
    stage.advance(Duration::from_secs(30));
    stage.who(&stage.come_in().await).await;
    assert_eq!(asked(), 3);
    // The one that was taken away is good no more.
    stage.provider.change(|state| state.made = Made::By(0));
    stage.advance(Duration::from_secs(30));
    refused(&stage.come_in().await, "a key that it does not publish");
}

#[tokio::test]
async fn a_provider_may_tell_the_address_besides_the_token() {
    let stage = Stage::new(Newcomers::As(Role::Client), &[]).await;
    stage.provider.change(|state| {
        state.document["userinfo_endpoint"] = json!(format!("{ISSUER}/userinfo"));
    });
    let told = |sub: &str, verified: bool| json!({ "sub": sub, "email": "lee@example.com", "email_verified": verified, "name": "Lee" });
    let thin = || json!({ "email": null, "email_verified": null, "name": null });
    for (userinfo, why) in [
        (told("subject-2", true), "what is told besides is of somebody else"),
        (told("subject-1", false), "does not vouch for your e-mail address"),
    ] {
        stage.provider.change(|state| state.userinfo = userinfo);
        refused(&stage.come_in_with(thin()).await, why);
    }
    stage.provider.change(|state| state.userinfo = told("subject-1", true));
    let person = stage.who(&stage.come_in_with(thin()).await).await;
    assert_eq!((&person["email"], &person["name"]), (&json!("lee@example.com"), &json!("Lee")));
}

#[tokio::test]
async fn who_was_not_invited_stays_out() {
    let stage = Stage::new(Newcomers::Invited, &[]).await;
    refused(&stage.come_in().await, "ask an Admin");
    let admin = stage.house.key_with(Scope::ALL).await;
    let invite = json!({ "email": "ann@example.com", "role": "manager" });
    let made = stage.house.send(ask("POST", "/api/people").key(&admin).json(&invite)).await;
    made.is(201);
    let person = stage.who(&stage.come_in().await).await;
    assert_eq!(person["role"], "manager");
    let people = stage.house.send(ask("GET", "/api/people").key(&admin)).await;
    assert_eq!(people.is(200)["invited"], json!([]), "the invitation is used up");

    let path = format!("/api/people/{}", person["id"].as_str().unwrap());
    let disable = json!({ "disabled": true });
    stage.house.send(ask("PATCH", &path).key(&admin).json(&disable)).await.is(200);
    refused(&stage.come_in().await, "ask an Admin");
}

#[tokio::test]
async fn who_has_a_password_may_come_by_the_provider_too() {
    let stage = Stage::new(Newcomers::Invited, &[]).await;
    let ws = stage.house.social.workspace();
    let known = stage.house.person(ws, "ann@example.com", Role::Admin).await;
    let unsure = stage.come_in_with(json!({ "email_verified": false })).await;
    refused(&unsure, "does not vouch");
    let person = stage.who(&stage.come_in().await).await;
    assert_eq!(person["id"], known.id.to_string());
    assert_eq!(person["role"], "admin");
    stage.house.sign_in_as("ann@example.com").await;
}

#[tokio::test]
async fn people_of_other_domains_stay_out() {
    let stage = Stage::new(Newcomers::As(Role::Manager), &["Example.com"]).await;
    for email in ["ann@example.org", "ann@example.com.evil.example", "ann@sub.example.com"] {
        refused(&stage.come_in_with(json!({ "email": email })).await, "may not sign in here");
    }
    stage.who(&stage.come_in().await).await;
}

#[tokio::test]
async fn a_sign_in_ends_in_the_browser_that_began_it() {
    let stage = Stage::new(Newcomers::As(Role::Client), &[]).await;
    let (url, cookie) = stage.start("").await;
    let (_, other) = stage.start("").await;
    let back = stage.provider.visit(&url);
    for (path, cookie) in [
        (back.clone(), ""),
        (back.clone(), other.as_str()),
        (back.clone(), "social_oidc=a.b.c"),
        (back.replace("state=", "state=x"), &cookie),
        (format!("{back}&iss=https://evil.example"), &cookie),
        (back.split('&').nth(1).map(|s| format!("/api/auth/oidc/callback?{s}")).unwrap(), &cookie),
    ] {
        refused(&stage.back(&path, cookie).await, "was not begun here");
    }
    let no = back.replace("code=code-0", "error=access_denied");
    refused(&stage.back(&no, &cookie).await, "access_denied");
    stage.advance(Duration::from_secs(600));
    refused(&stage.back(&back, &cookie).await, "was not begun here");
    let (url, cookie) = stage.start("//evil.example").await;
    let back = format!("{}&iss={ISSUER}", stage.provider.visit(&url));
    assert_eq!(stage.back(&back, &cookie).await.header("location"), Some("/"));
}

#[tokio::test]
async fn a_provider_that_is_not_who_it_says_is_not_asked() {
    for (name, value) in [
        ("issuer", "https://evil.example"),
        ("token_endpoint", "http://login.example/token"),
        ("jwks_uri", "http://login.example/keys"),
    ] {
        let stage = Stage::new(Newcomers::As(Role::Client), &[]).await;
        stage.provider.change(|state| state.document[name] = json!(value));
        let answer = stage.house.send(ask("GET", "/api/auth/oidc/start")).await;
        assert_eq!(answer.status, 502, "{}", answer.text);
        assert!(answer.header("set-cookie").is_none());
    }
    let without = House::new().await;
    for path in ["/api/auth/oidc/start", "/api/auth/oidc/callback"] {
        without.send(ask("GET", path)).await.is_problem(404, "not_found");
    }
}

//! What networks tell by themselves, and the proof that it is they who tell it.
//!
//! Meta, "Parsing the signed request"; TikTok for Developers, "Webhooks: verification".

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use sha2::Sha256;
use social_core::domain::Platform;
use social_core::ports::Callback;
use social_core::{ErrorKind, PlatformError, Timestamp};

use crate::config::AppCredentials;
use crate::meta::endpoints::id;

/// TikTok tries for three days; what is older was recorded and sent again by somebody else.
const TIKTOK_LIFE: Duration = Duration::from_secs(73 * 3600);

fn forged(platform: &Platform, detail: &str) -> PlatformError {
    PlatformError::new(platform.clone(), ErrorKind::Rejected, detail)
        .action("Check the app's secret in the configuration: it is what such calls are signed by.")
}

/// Whether `signature` is the one of `message`, in the time that all comparisons take.
fn is_signed(app: &AppCredentials, message: &[u8], signature: &[u8]) -> bool {
    let secret = app.client_secret.expose_secret().as_bytes();
    Hmac::<Sha256>::new_from_slice(secret).is_ok_and(|mut mac| {
        mac.update(message);
        mac.verify_slice(signature).is_ok()
    })
}

#[derive(Debug, Deserialize)]
struct Signed {
    #[serde(default)]
    algorithm: String,
    #[serde(deserialize_with = "id")]
    user_id: String,
}

/// A form with `signed_request`: a person took the grant back, or wants their data gone.
pub(crate) fn meta(
    platform: &Platform,
    app: &AppCredentials,
    body: &[u8],
) -> Result<Callback, PlatformError> {
    let field = form_urlencoded::parse(body).find(|(name, _)| name == "signed_request");
    let text = field.map(|(_, value)| value.into_owned());
    let text = text.ok_or_else(|| forged(platform, "the call has no `signed_request`"))?;
    let unreadable = || forged(platform, "the `signed_request` cannot be read");
    let (signature, payload) = text.split_once('.').ok_or_else(unreadable)?;
    let decode = |text: &str| {
        URL_SAFE_NO_PAD.decode(text).or_else(|_| URL_SAFE.decode(text)).map_err(|_| unreadable())
    };
    // The signature is of the payload as it came, not of what it says.
    if !is_signed(app, payload.as_bytes(), &decode(signature)?) {
        return Err(forged(platform, "the `signed_request` was not signed by this app's secret"));
    }
    let signed: Signed = serde_json::from_slice(&decode(payload)?).map_err(|_| unreadable())?;
    if !signed.algorithm.eq_ignore_ascii_case("HMAC-SHA256") {
        return Err(forged(platform, "the `signed_request` is signed by another algorithm"));
    }
    Ok(Callback::Deauthorized { subject: signed.user_id })
}

#[derive(Debug, Deserialize)]
struct Webhook {
    event: String,
    #[serde(default)]
    user_openid: String,
    #[serde(default)]
    content: String,
}

#[derive(Debug, Default, Deserialize)]
struct Content {
    #[serde(default)]
    publish_id: String,
}

/// A webhook with `TikTok-Signature: t=…,s=…`.
pub(crate) fn tiktok(
    platform: &Platform,
    app: &AppCredentials,
    headers: &http::HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<Callback, PlatformError> {
    let header = headers.get("tiktok-signature").and_then(|value| value.to_str().ok());
    let header = header.ok_or_else(|| forged(platform, "the call has no `TikTok-Signature`"))?;
    let part = |name: &str| {
        header.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
    };
    let unreadable = || forged(platform, "the `TikTok-Signature` cannot be read");
    let (time, signature) = part("t").zip(part("s")).ok_or_else(unreadable)?;
    let sent = Timestamp::from_secs(time.parse().map_err(|_| unreadable())?);
    let signature = hex::decode(signature).map_err(|_| unreadable())?;
    let message = [time.as_bytes(), b".", body].concat();
    if !is_signed(app, &message, &signature) {
        return Err(forged(platform, "the call was not signed by this app's secret"));
    }
    if now.since(sent) > TIKTOK_LIFE {
        return Err(forged(platform, "the call was signed days ago"));
    }
    let told: Webhook = serde_json::from_slice(body)
        .map_err(|_| forged(platform, "the call is not as documented"))?;
    Ok(match told.event.as_str() {
        "authorization.removed" => Callback::Deauthorized { subject: told.user_openid },
        event if event.starts_with("post.publish.") => {
            let content: Content = serde_json::from_str(&told.content).unwrap_or_default();
            Callback::Publish { id: content.publish_id, event: told.event }
        }
        _ => Callback::Other { event: told.event },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn app() -> AppCredentials {
        AppCredentials::new("app", "app-secret")
    }

    fn sign(message: &[u8]) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"app-secret").unwrap();
        mac.update(message);
        mac.finalize().into_bytes().to_vec()
    }

    fn signed_request(payload: &str, signature: Option<Vec<u8>>) -> Vec<u8> {
        let payload = URL_SAFE_NO_PAD.encode(payload);
        let signature = signature.unwrap_or_else(|| sign(payload.as_bytes()));
        format!("signed_request={}.{payload}", URL_SAFE_NO_PAD.encode(signature)).into_bytes()
    }

    #[test]
    fn a_signed_request_is_believed_only_with_its_signature() {
        let payload = r#"{"algorithm":"HMAC-SHA256","issued_at":1,"user_id":"218471"}"#;
        let read = |body: Vec<u8>| meta(&Platform::FACEBOOK, &app(), &body);
        let told = read(signed_request(payload, None)).unwrap();
        assert_eq!(told, Callback::Deauthorized { subject: "218471".into() });
        for bad in [
            signed_request(payload, Some(vec![0; 32])),
            signed_request(r#"{"algorithm":"none","user_id":"1"}"#, None),
            b"signed_request=nothing".to_vec(),
            b"x=1".to_vec(),
        ] {
            assert_eq!(read(bad).unwrap_err().kind, ErrorKind::Rejected);
        }
    }

    #[test]
    fn a_webhook_of_tiktok_is_believed_only_with_its_signature_and_in_time() {
        let body = r#"{"client_key":"k","event":"authorization.removed","create_time":1,"user_openid":"open-1","content":"{\"reason\":1}"}"#;
        let read = |time: i64, body: &str, now: i64| {
            let message = format!("{time}.{body}");
            let signature = hex::encode(sign(message.as_bytes()));
            let mut headers = http::HeaderMap::new();
            headers.insert("tiktok-signature", format!("t={time},s={signature}").parse().unwrap());
            let now = Timestamp::from_secs(now);
            tiktok(&Platform::TIKTOK, &app(), &headers, body.as_bytes(), now)
        };
        let told = read(NOW, body, NOW + 5).unwrap();
        assert_eq!(told, Callback::Deauthorized { subject: "open-1".into() });
        read(NOW, body, NOW + 80 * 3600).unwrap_err();

        let mut headers = http::HeaderMap::new();
        headers.insert("tiktok-signature", format!("t={NOW},s=00ff").parse().unwrap());
        let now = Timestamp::from_secs(NOW);
        tiktok(&Platform::TIKTOK, &app(), &headers, body.as_bytes(), now).unwrap_err();

        let done = r#"{"event":"post.publish.complete","content":"{\"publish_id\":\"v1\"}"}"#;
        let told = read(NOW, done, NOW).unwrap();
        assert_eq!(
            told,
            Callback::Publish { id: "v1".into(), event: "post.publish.complete".into() }
        );
    }
}

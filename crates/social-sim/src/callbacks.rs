//! What networks call apps with by themselves, signed.
//! <https://developers.facebook.com/docs/facebook-login/guides/advanced/oauth/deauthorize-callback>
//! <https://developers.tiktok.com/doc/webhooks-verification>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use serde_json::json;
use sha2::Sha256;
use social_core::Timestamp;

use crate::network::Network;
use crate::state::State;
use crate::tokens::Issuer;

/// A call that a network makes to an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCall {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// The person behind an account removes the app: their tokens end, and the app is told. `None` for
/// an unknown account, and on LinkedIn, which tells nobody.
pub(crate) fn removed(
    state: &mut State,
    network: Network,
    account: &str,
    now: Timestamp,
) -> Option<SignedCall> {
    let client = state.cfg.clients.first()?.clone();
    match network {
        Network::Linkedin => None,
        Network::Facebook | Network::Instagram => {
            let owns = |page: &crate::people::FacebookPage| {
                page.id == account || page.instagram.as_ref().is_some_and(|ig| ig.id == account)
            };
            let users = &state.cfg.meta.users;
            let user = users.iter().find(|user| user.pages.iter().any(owns))?.id.clone();
            state.tokens.revoke_user(Issuer::Meta, &client.id, &user);
            let payload = json!({
                "algorithm": "HMAC-SHA256", "issued_at": now.as_secs(), "user_id": user,
            });
            let payload = URL_SAFE_NO_PAD.encode(payload.to_string());
            let signature = URL_SAFE_NO_PAD.encode(sign(&client.secret, payload.as_bytes()));
            let body = format!("signed_request={signature}.{payload}");
            let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
            Some(call([("content-type", kind)], body))
        }
        Network::Tiktok => {
            let creators = &state.cfg.tiktok.creators;
            let user = creators.iter().find(|creator| creator.open_id == account)?.open_id.clone();
            state.tokens.revoke_user(Issuer::Tiktok, &client.id, &user);
            let body = json!({
                "client_key": client.id,
                "event": "authorization.removed",
                "create_time": now.as_secs(),
                "user_openid": user,
                "content": "{\"reason\":1}",
            })
            .to_string();
            let message = format!("{}.{body}", now.as_secs());
            let signature = hex::encode(sign(&client.secret, message.as_bytes()));
            let signed = format!("t={},s={signature}", now.as_secs());
            let kind = HeaderValue::from_static("application/json");
            let signed = HeaderValue::from_str(&signed).ok()?;
            Some(call([("content-type", kind), ("tiktok-signature", signed)], body))
        }
    }
}

fn call<const N: usize>(headers: [(&'static str, HeaderValue); N], body: String) -> SignedCall {
    let headers = headers.map(|(name, value)| (http::HeaderName::from_static(name), value));
    SignedCall { headers: headers.into_iter().collect(), body: body.into() }
}

fn sign(secret: &str, message: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map(|mut mac| {
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        })
        .unwrap_or_default()
}

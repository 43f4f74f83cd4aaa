//! Signing, as the Standard Webhooks specification says.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::ports::IdSource;

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// How many random bytes a secret has; the specification asks for 24 to 64.
const LEN: usize = 32;

/// A fresh secret: `whsec_` and base 64.
pub(super) fn new_secret(ids: &dyn IdSource) -> SecretString {
    let mut bytes = Zeroizing::new([0_u8; LEN]);
    ids.fill(&mut *bytes);
    format!("{PREFIX}{}", STANDARD.encode(*bytes)).into()
}

/// `v1,…` for a message of this id, sent at this second with this body. `None` where the secret is
/// no secret of this kind.
pub(super) fn signature(
    secret: &SecretString,
    id: &str,
    seconds: i64,
    body: &str,
) -> Option<String> {
    let key = secret.expose_secret().strip_prefix(PREFIX)?;
    let key = Zeroizing::new(STANDARD.decode(key).ok()?);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::SeededIds;

    /// The vector of the specification's own libraries.
    #[test]
    fn the_signature_is_the_specifications() {
        let secret = SecretString::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signed = signature(
            &secret,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            "{\"test\": 2432232314}",
        );
        assert_eq!(signed.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(signature(&"sk_1".into(), "msg_1", 1, ""), None);
    }

    #[test]
    fn a_secret_is_of_the_length_that_is_asked_for_and_never_the_same() {
        let ids = SeededIds::new(1);
        let (one, two) = (new_secret(&ids), new_secret(&ids));
        assert_ne!(one.expose_secret(), two.expose_secret());
        let bytes = STANDARD.decode(one.expose_secret().strip_prefix("whsec_").unwrap()).unwrap();
        assert_eq!(bytes.len(), 32);
    }
}

//! What every hasher of passwords does.

use std::sync::Arc;

use secrecy::SecretString;

use crate::domain::PasswordHash;
use crate::ports::{HashError, PasswordHasher};

/// A password is that of its own hash, and no other is.
pub async fn a_password_fits_its_hash_alone(hasher: Arc<dyn PasswordHasher>) {
    let password = SecretString::from("pass \u{1f511} word");
    let hash = hasher.hash(&password).await.expect("hash");
    assert!(hasher.verify(&password, Some(&hash)).await.expect("verify"));
    for other in ["", "pass \u{1f511} Word", "pass \u{1f511} word "] {
        assert!(!hasher.verify(&other.into(), Some(&hash)).await.expect("verify"), "{other}");
    }
}

/// Two hashes of one password differ, so that nobody sees who has the same.
pub async fn the_same_password_never_hashes_alike(hasher: Arc<dyn PasswordHasher>) {
    let password = SecretString::from("password");
    let one = hasher.hash(&password).await.expect("hash");
    let two = hasher.hash(&password).await.expect("hash");
    assert_ne!(one, two);
    assert!(hasher.verify(&password, Some(&one)).await.expect("verify"));
    assert!(hasher.verify(&password, Some(&two)).await.expect("verify"));
}

/// Of no hash it is no password at all.
pub async fn no_password_fits_no_hash(hasher: Arc<dyn PasswordHasher>) {
    assert!(!hasher.verify(&"".into(), None).await.expect("verify"));
    assert!(!hasher.verify(&"password".into(), None).await.expect("verify"));
}

/// What is no hash is told apart from a wrong password.
pub async fn what_is_no_hash_is_told(hasher: Arc<dyn PasswordHasher>) {
    for bad in ["", "password", "$argon2id$v=19$m=8,t=1,p=1$c2FsdA"] {
        let hash = PasswordHash(bad.to_owned());
        let told = hasher.verify(&"password".into(), Some(&hash)).await;
        assert!(matches!(told, Err(HashError::Unreadable(_))), "{bad}: {told:?}");
    }
}

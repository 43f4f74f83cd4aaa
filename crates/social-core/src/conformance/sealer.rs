//! What every sealer does.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};

use crate::ports::{SealError, Sealed, Sealer, WrappedKey};

const PLACE: &str = "grant_01/access";

fn secret() -> SecretString {
    "EAAG-token-\u{1f511}".to_owned().into()
}

/// What was sealed opens again; an empty secret too.
pub async fn a_secret_opens_again(sealer: Arc<dyn Sealer>) {
    let key = sealer.new_data_key().expect("a data key");
    for secret in [secret(), SecretString::from(String::new())] {
        let sealed = sealer.seal(&key, PLACE, &secret).expect("seal");
        let opened = sealer.open(&key, PLACE, &sealed).expect("open");
        assert_eq!(opened.expose_secret(), secret.expose_secret());
    }
}

/// What was sealed for one place does not open for another.
pub async fn a_secret_opens_at_its_place_alone(sealer: Arc<dyn Sealer>) {
    let key = sealer.new_data_key().expect("a data key");
    let sealed = sealer.seal(&key, PLACE, &secret()).expect("seal");
    for other in ["grant_02/access", "grant_01/refresh", "", "grant_01/access "] {
        let error = sealer.open(&key, other, &sealed).expect_err("it opened at another place");
        assert_eq!(error, SealError::Broken);
    }
}

/// What was sealed for one workspace does not open for another.
pub async fn a_secret_opens_with_its_key_alone(sealer: Arc<dyn Sealer>) {
    let key = sealer.new_data_key().expect("a data key");
    let other = sealer.new_data_key().expect("a data key");
    assert_ne!(key, other, "two workspaces got the same key");
    let sealed = sealer.seal(&key, PLACE, &secret()).expect("seal");
    sealer.open(&other, PLACE, &sealed).expect_err("it opened with another workspace's key");
}

/// Sealing the same secret twice gives different bytes.
pub async fn the_same_secret_never_seals_alike(sealer: Arc<dyn Sealer>) {
    let key = sealer.new_data_key().expect("a data key");
    let one = sealer.seal(&key, PLACE, &secret()).expect("seal");
    let two = sealer.seal(&key, PLACE, &secret()).expect("seal");
    assert_ne!(one, two);
}

/// Sealed bytes and wrapped keys that were changed, cut or lengthened do not open.
pub async fn changed_bytes_do_not_open(sealer: Arc<dyn Sealer>) {
    let key = sealer.new_data_key().expect("a data key");
    let sealed = sealer.seal(&key, PLACE, &secret()).expect("seal");
    for changed in changes(&sealed.0) {
        let opened = sealer.open(&key, PLACE, &Sealed(changed));
        assert!(opened.is_err(), "changed bytes opened");
    }
    for changed in changes(&key.0) {
        let opened = sealer.open(&WrappedKey(changed), PLACE, &sealed);
        assert!(opened.is_err(), "a changed key opened");
    }
}

fn changes(bytes: &[u8]) -> Vec<Vec<u8>> {
    let flipped = (0..bytes.len()).map(|at| {
        let mut changed = bytes.to_vec();
        changed[at] ^= 1;
        changed
    });
    let cut = (0..bytes.len()).map(|len| bytes[..len].to_vec());
    flipped.chain(cut).chain([[bytes, &[0]].concat()]).collect()
}

/// No secret shows in the sealed bytes or in any `Debug`.
pub async fn nothing_is_shown(sealer: Arc<dyn Sealer>) {
    let key = sealer.new_data_key().expect("a data key");
    let sealed = sealer.seal(&key, PLACE, &secret()).expect("seal");
    let token = secret().expose_secret().as_bytes().to_vec();
    assert!(!sealed.0.windows(token.len()).any(|part| part == token), "the secret stands there");
    let shown = format!("{sealer:?} {key:?} {sealed:?}");
    assert!(!shown.contains("EAAG"), "{shown}");
}

/// A data key that the newest key wrapped needs no new wrap.
pub async fn the_newest_key_needs_no_new_wrap(sealer: Arc<dyn Sealer>) {
    let key = sealer.new_data_key().expect("a data key");
    assert_eq!(sealer.rewrap(&key).expect("rewrap"), None);
}

//! Sealing beyond the contract of its port.

use std::sync::Arc;

use proptest::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};
use social_core::ports::{SealError, Sealed, Sealer as _, SeededIds, SystemIds, WrappedKey};
use social_store::{KeyRing, RingSealer};

fn sealer(ring: &KeyRing) -> RingSealer {
    RingSealer::new(ring.clone(), Arc::new(SystemIds)).unwrap()
}

#[test]
fn an_empty_ring_seals_nothing() {
    RingSealer::new(KeyRing::default(), Arc::new(SystemIds)).unwrap_err();
}

#[test]
fn a_blob_is_a_version_a_nonce_and_a_ciphertext() {
    let sealer = sealer(&KeyRing::generate(&SystemIds));
    let key = sealer.new_data_key().unwrap();
    assert_eq!(key.0.len(), 4 + 24 + 32 + 16);
    let sealed = sealer.seal(&key, "p", &SecretString::from("12345".to_owned())).unwrap();
    assert_eq!((sealed.0[0], sealed.0.len()), (1, 1 + 24 + 5 + 16));
}

#[test]
fn keys_rotate_without_touching_what_is_sealed() {
    let ids = SeededIds::new(1);
    let mut ring = KeyRing::generate(&ids);
    let before = sealer(&ring);
    let old_key = before.new_data_key().unwrap();
    let secret = SecretString::from("token".to_owned());
    let sealed = before.seal(&old_key, "p", &secret).unwrap();

    ring.rotate(&ids);
    let after = sealer(&ring);
    assert_eq!(after.open(&old_key, "p", &sealed).unwrap().expose_secret(), "token");
    let new_key = after.rewrap(&old_key).unwrap().expect("an older key wrapped it");
    assert_ne!(new_key.0[..4], old_key.0[..4]);
    assert_eq!(after.open(&new_key, "p", &sealed).unwrap().expose_secret(), "token");
    assert_eq!(after.rewrap(&new_key).unwrap(), None);
    let unknown = before.open(&new_key, "p", &sealed).unwrap_err();
    assert_eq!(unknown, SealError::UnknownKey(hex::encode(&new_key.0[..4])));

    ring.retire_old();
    let retired = sealer(&ring);
    assert_eq!(retired.open(&new_key, "p", &sealed).unwrap().expose_secret(), "token");
    let gone = retired.open(&old_key, "p", &sealed).unwrap_err();
    assert_eq!(gone, SealError::UnknownKey(hex::encode(&old_key.0[..4])));
}

#[test]
fn a_ring_shows_no_key() {
    let ring = KeyRing::generate(&SeededIds::new(1));
    assert_eq!(format!("{ring:?}"), "KeyRing(1 keys)");
    assert!(!format!("{:?}", sealer(&ring)).contains('['));
}

proptest! {
    #[test]
    fn whatever_was_changed_does_not_open(
        secret in ".{0,40}",
        place in "[a-z0-9_/]{0,20}",
        at in any::<prop::sample::Index>(),
        flip in 1_u8..,
        of_key in any::<bool>(),
    ) {
        let sealer = sealer(&KeyRing::generate(&SystemIds));
        let mut key = sealer.new_data_key().unwrap();
        let mut sealed = sealer.seal(&key, &place, &SecretString::from(secret.clone())).unwrap();
        let opened = sealer.open(&key, &place, &sealed).unwrap();
        prop_assert_eq!(opened.expose_secret(), &secret);
        let bytes = if of_key { &mut key.0 } else { &mut sealed.0 };
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(sealer.open(&key, &place, &sealed).is_err());
    }

    #[test]
    fn rubbish_does_not_open(key in any::<Vec<u8>>(), sealed in any::<Vec<u8>>()) {
        let sealer = sealer(&KeyRing::generate(&SystemIds));
        let good = sealer.new_data_key().unwrap();
        prop_assert!(sealer.open(&good, "p", &Sealed(sealed.clone())).is_err());
        prop_assert!(sealer.open(&WrappedKey(key.clone()), "p", &Sealed(sealed)).is_err());
        prop_assert!(sealer.rewrap(&WrappedKey(key)).is_err());
    }
}

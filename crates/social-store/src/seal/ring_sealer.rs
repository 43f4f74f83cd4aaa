//! A sealer that lives by a key ring.

use std::path::Path;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretString};
use social_core::ports::{IdSource, SealError, Sealed, Sealer, WrappedKey};
use zeroize::{Zeroize as _, Zeroizing};

use super::key_ring::{Key, KeyId, KeyRing, KeyRingError};

/// The first byte of whatever is sealed: how the rest is to be read.
const VERSION: u8 = 1;
const NONCE: usize = 24;
/// What a data key is wrapped for, so that no sealed secret ever passes for one.
const DATA_KEY: &[u8] = b"social data key 1";

/// Seals with XChaCha20-Poly1305.
///
/// A sealed secret is a version byte, a nonce of 24 bytes and the ciphertext; the place it belongs
/// to is its associated data. A wrapped data key is the id of the ring's key that wrapped it, a
/// nonce and the ciphertext. Nonces are drawn at random, which their length makes safe.
#[derive(Debug)]
pub struct RingSealer {
    ring: KeyRing,
    ids: Arc<dyn IdSource>,
}

impl RingSealer {
    /// A sealer that lives by `ring`.
    ///
    /// # Errors
    /// [`KeyRingError::Empty`] where the ring holds no key.
    pub fn new(ring: KeyRing, ids: Arc<dyn IdSource>) -> Result<Self, KeyRingError> {
        if ring.newest().is_none() {
            return Err(KeyRingError::Empty);
        }
        Ok(Self { ring, ids })
    }

    /// A sealer that lives by the key file at `path`, which is made where there is none.
    ///
    /// # Errors
    /// [`KeyRingError`] where the file cannot be read or made, or is none of ours.
    pub fn from_file(path: impl AsRef<Path>, ids: Arc<dyn IdSource>) -> Result<Self, KeyRingError> {
        let path = path.as_ref();
        if !path.exists() {
            let made = KeyRing::generate(&*ids).create(path);
            // Where another process made one at the same time, its file counts.
            if made.is_err() && !path.exists() {
                made?;
            }
        }
        Self::new(KeyRing::read(path)?, ids)
    }

    fn unwrap_key(&self, wrapped: &WrappedKey) -> Result<Key, SealError> {
        let (id, sealed) = wrapped.0.split_first_chunk().ok_or(SealError::Broken)?;
        let ring_key = self.ring.key(*id).ok_or_else(|| SealError::UnknownKey(hex::encode(id)))?;
        let mut bytes = decrypt(ring_key, DATA_KEY, sealed)?;
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map(Zeroizing::new);
        bytes.zeroize();
        key.map_err(|_| SealError::Broken)
    }

    fn wrap_key(&self, key: &Key) -> Result<WrappedKey, SealError> {
        let (id, ring_key) = self.newest()?;
        let sealed = self.encrypt(ring_key, DATA_KEY, &**key)?;
        Ok(WrappedKey([id.as_slice(), &sealed].concat()))
    }

    fn newest(&self) -> Result<(KeyId, &Key), SealError> {
        self.ring.newest().ok_or_else(|| SealError::NoKey("the key ring is empty".to_owned()))
    }

    /// A fresh nonce and the ciphertext.
    fn encrypt(&self, key: &Key, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0_u8; NONCE];
        self.ids.fill(&mut nonce);
        let text = XChaCha20Poly1305::new((&**key).into())
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: place })
            .map_err(|_| SealError::Broken)?;
        Ok([nonce.as_slice(), &text].concat())
    }
}

fn decrypt(key: &Key, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or(SealError::Broken)?;
    XChaCha20Poly1305::new((&**key).into())
        .decrypt(&XNonce::from(*nonce), Payload { msg: text, aad: place })
        .map_err(|_| SealError::Broken)
}

impl Sealer for RingSealer {
    fn new_data_key(&self) -> Result<WrappedKey, SealError> {
        let mut key = Key::default();
        self.ids.fill(&mut *key);
        self.wrap_key(&key)
    }

    fn seal(
        &self,
        key: &WrappedKey,
        place: &str,
        secret: &SecretString,
    ) -> Result<Sealed, SealError> {
        let key = self.unwrap_key(key)?;
        let sealed = self.encrypt(&key, place.as_bytes(), secret.expose_secret().as_bytes())?;
        Ok(Sealed([[VERSION].as_slice(), &sealed].concat()))
    }

    fn open(
        &self,
        key: &WrappedKey,
        place: &str,
        sealed: &Sealed,
    ) -> Result<SecretString, SealError> {
        let key = self.unwrap_key(key)?;
        let Some((&VERSION, sealed)) = sealed.0.split_first() else {
            return Err(SealError::Broken);
        };
        let plain = decrypt(&key, place.as_bytes(), sealed)?;
        match String::from_utf8(plain) {
            Ok(text) => Ok(text.into()),
            Err(error) => {
                error.into_bytes().zeroize();
                Err(SealError::Broken)
            }
        }
    }

    fn rewrap(&self, key: &WrappedKey) -> Result<Option<WrappedKey>, SealError> {
        let (newest, _) = self.newest()?;
        let data_key = self.unwrap_key(key)?;
        if key.0.starts_with(&newest) {
            return Ok(None);
        }
        self.wrap_key(&data_key).map(Some)
    }
}

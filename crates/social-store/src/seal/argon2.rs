//! Hashing of passwords by Argon2id.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{self, CustomizedPasswordHasher as _, PasswordVerifier as _};
use argon2::{Argon2, Params};
use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use social_core::domain::PasswordHash;
use social_core::ports::{HashError, IdSource, PasswordHasher};
use tokio::sync::Semaphore;

/// So many hashes run at once. Each takes 19 MiB and a core for some ten milliseconds; who asks
/// has not signed in yet.
const AT_ONCE: usize = 2;

const SALT: usize = 16;

/// Hashes passwords by Argon2id, 19 MiB and two passes: what OWASP's Password Storage Cheat Sheet
/// asks for at least. The numbers stand in each hash, so that they can grow.
pub struct Argon2Hasher {
    ids: Arc<dyn IdSource>,
    params: Params,
    turns: Arc<Semaphore>,
}

impl Argon2Hasher {
    /// A hasher whose salts come from `ids`.
    #[must_use]
    pub fn new(ids: Arc<dyn IdSource>) -> Self {
        Self::with_params(ids, Params::default())
    }

    /// A hasher that costs next to nothing and protects nothing: for tests.
    ///
    /// # Panics
    /// Never: the numbers are the least that there are.
    #[must_use]
    #[allow(clippy::expect_used, reason = "the numbers are the least that there are")]
    pub fn weak_for_tests(ids: Arc<dyn IdSource>) -> Self {
        let params = Params::new(Params::MIN_M_COST, Params::MIN_T_COST, Params::MIN_P_COST, None);
        Self::with_params(ids, params.expect("the least parameters are allowed"))
    }

    fn with_params(ids: Arc<dyn IdSource>, params: Params) -> Self {
        Self { ids, params, turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Does something slow away from the threads that serve, when its turn comes.
    async fn slowly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        // It goes with the work, which goes on where nobody waits for it any more.
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(failed)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await.map_err(failed)?
    }

    fn salted(
        &self,
        password: &SecretString,
    ) -> impl FnOnce() -> Result<String, HashError> + use<> {
        let (password, params) = (password.clone(), self.params.clone());
        let mut salt = [0; SALT];
        self.ids.fill(&mut salt);
        move || {
            let bytes = password.expose_secret().as_bytes();
            let hash: Phc = Argon2::default()
                .hash_password_with_params(bytes, &salt, params)
                .map_err(failed)?;
            Ok(hash.to_string())
        }
    }
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, password: &SecretString) -> Result<PasswordHash, HashError> {
        self.slowly(self.salted(password)).await.map(PasswordHash)
    }

    async fn verify(
        &self,
        password: &SecretString,
        hash: Option<&PasswordHash>,
    ) -> Result<bool, HashError> {
        let Some(hash) = hash.cloned() else {
            self.slowly(self.salted(password)).await?;
            return Ok(false);
        };
        let password = password.clone();
        self.slowly(move || {
            let hash = Phc::new(&hash.0).map_err(|error| HashError::Unreadable(error.into()))?;
            match Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash) {
                Ok(()) => Ok(true),
                Err(password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(HashError::Unreadable(error.into())),
            }
        })
        .await
    }
}

impl fmt::Debug for Argon2Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Argon2Hasher").field("params", &self.params).finish_non_exhaustive()
    }
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> HashError {
    HashError::Failed(error.into())
}

#[cfg(test)]
mod tests {
    use social_core::ports::SystemIds;

    use super::*;

    /// <https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id>
    #[tokio::test]
    async fn what_is_kept_costs_what_owasp_asks_for() {
        let hasher = Argon2Hasher::new(Arc::new(SystemIds));
        let hash = hasher.hash(&"correct horse battery".into()).await.unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
    }
}

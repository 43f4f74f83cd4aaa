//! One at a time for each name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// Lets one at a time do what goes by a name, within this process. A name that nobody waits for
/// takes no room.
#[derive(Debug, Clone, Default)]
pub struct Flights(Arc<Mutex<HashMap<String, Weak<AsyncMutex<()>>>>>);

impl Flights {
    /// Waits until nobody else is at `name`, and keeps others out while the guard lives.
    pub async fn enter(&self, name: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            names.retain(|_, lock| lock.strong_count() > 0);
            let known = names.get(name).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let fresh = Arc::new(AsyncMutex::new(()));
                names.insert(name.to_owned(), Arc::downgrade(&fresh));
                fresh
            })
        };
        lock.lock_owned().await
    }
}

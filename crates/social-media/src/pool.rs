//! Threads for heavy work, in bounds.

use std::sync::Arc;

use social_core::ports::MediaError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::errors::{Result, cancelled, corrupt};

/// Runs work on tokio's blocking threads, but never more pieces at once than it has slots, nor more
/// than fit into its memory: the blocking pool alone would start hundreds, and every one may hold
/// a decoded picture.
#[derive(Debug, Clone)]
pub(crate) struct Pool {
    slots: Arc<Semaphore>,
    room: Arc<Semaphore>,
    megabytes: u32,
}

/// A place in a pool, free again when it is dropped.
pub(crate) struct Slot {
    _slot: OwnedSemaphorePermit,
    _room: OwnedSemaphorePermit,
}

impl Pool {
    /// At least one slot; work that takes more than all of the memory runs alone.
    pub(crate) fn new(slots: usize, memory: u64) -> Self {
        let megabytes = u32::try_from(memory >> 20).unwrap_or(u32::MAX).clamp(1, 1 << 20);
        Self {
            slots: Arc::new(Semaphore::new(slots.max(1))),
            room: Arc::new(Semaphore::new(megabytes as usize)),
            megabytes,
        }
    }

    /// Waits for a slot and for room for `bytes`.
    pub(crate) async fn enter(&self, cancel: &CancellationToken, bytes: u64) -> Result<Slot> {
        let megabytes =
            u32::try_from(bytes.div_ceil(1 << 20)).unwrap_or(u32::MAX).min(self.megabytes);
        let both = async {
            // Room first: a large picture that waits for it keeps no small one from a slot.
            let room = self.room.clone().acquire_many_owned(megabytes).await;
            (self.slots.clone().acquire_owned().await, room)
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(cancelled()),
            (slot, room) = both => Ok(Slot {
                _slot: slot.map_err(|_| cancelled())?,
                _room: room.map_err(|_| cancelled())?,
            }),
        }
    }

    /// Runs `work`, and tells it by its token when `cancel` fires or nobody waits any more.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        cancel: &CancellationToken,
        bytes: u64,
        work: impl FnOnce(&CancellationToken) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let slot = self.enter(cancel, bytes).await?;
        let token = cancel.child_token();
        // A caller that stops waiting drops this future, and with it this guard.
        let _stop = token.clone().drop_guard();
        let task = tokio::task::spawn_blocking(move || {
            // Held by the work and not by the waiting: a dropped call still keeps its thread busy.
            let _slot = slot;
            work(&token)
        });
        match task.await {
            Ok(done) => done,
            Err(error) if error.is_panic() => Err(panicked(error)),
            Err(_) => Err(cancelled()),
        }
    }
}

/// Decoders are fed what strangers made; one that panics says that the file is broken.
fn panicked(error: tokio::task::JoinError) -> MediaError {
    corrupt("this file breaks the decoder: it is damaged; export it again").because(error)
}

#[cfg(test)]
mod tests {
    use social_core::ports::MediaErrorKind;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_told_to_stop() {
        let pool = Pool::new(1, 1 << 20);
        let cancel = CancellationToken::new();
        let (started, running) = oneshot::channel();
        let (stopped, end) = oneshot::channel();
        {
            let work = pool.run(&cancel, 0, move |token| {
                started.send(()).unwrap();
                while !token.is_cancelled() {
                    std::thread::yield_now();
                }
                stopped.send(()).unwrap();
                Ok(())
            });
            tokio::select! {
                _ = work => unreachable!("it runs until it is told"),
                begun = running => begun.unwrap(),
            }
        }
        end.await.unwrap();
        assert!(!cancel.is_cancelled(), "the caller's own token is left alone");
    }

    #[tokio::test]
    async fn no_more_runs_than_there_are_slots() {
        let pool = Pool::new(1, 1 << 20);
        let cancel = CancellationToken::new();
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let (started, running) = oneshot::channel();
        let mut first = Box::pin(pool.run(&cancel, 0, move |_| {
            started.send(()).unwrap();
            wait.recv().unwrap();
            Ok(())
        }));
        tokio::select! {
            _ = &mut first => unreachable!("it waits"),
            begun = running => begun.unwrap(),
        }
        assert_eq!(pool.slots.available_permits(), 0);
        release.send(()).unwrap();
        first.await.unwrap();
        pool.run(&cancel, 0, |_| Ok(())).await.unwrap();
        assert_eq!(pool.slots.available_permits(), 1);
    }

    #[tokio::test]
    async fn what_takes_more_than_all_of_the_memory_runs_alone() {
        let pool = Pool::new(2, 100 << 20);
        let cancel = CancellationToken::new();
        let large = pool.enter(&cancel, 1 << 40).await.unwrap();
        assert_eq!(pool.room.available_permits(), 0);
        let mut small = Box::pin(pool.enter(&cancel, 1 << 20));
        assert!(futures_now(&mut small).await.is_none(), "there is no room beside it");
        drop(large);
        assert!(small.await.is_ok());
    }

    async fn futures_now<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        tokio::select! {
            biased;
            done = future => Some(done),
            () = std::future::ready(()) => None,
        }
    }

    #[tokio::test]
    async fn a_panic_is_a_broken_file() {
        let pool = Pool::new(1, 1 << 20);
        let cancel = CancellationToken::new();
        let broken = pool.run(&cancel, 0, |_| -> Result<()> {
            std::panic::resume_unwind(Box::new("no such table"))
        });
        assert_eq!(broken.await.unwrap_err().kind, MediaErrorKind::Corrupt);
    }
}

//! What the pipeline is busy with, to be shown to people.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use social_core::ports::{MediaWork, MediaWorkKind};

/// All work, in the order in which it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Queue {
    entries: Arc<Mutex<(u64, BTreeMap<u64, Entry>)>>,
}

#[derive(Debug)]
struct Entry {
    kind: MediaWorkKind,
    began: Option<Instant>,
    done: f64,
}

/// A piece of work in the queue, which it leaves when this is dropped.
#[derive(Debug)]
pub(crate) struct Ticket {
    queue: Queue,
    number: u64,
}

impl Queue {
    pub(crate) fn enter(&self, kind: MediaWorkKind) -> Arc<Ticket> {
        let mut entries = self.locked();
        let number = entries.0;
        entries.0 += 1;
        entries.1.insert(number, Entry { kind, began: None, done: 0.0 });
        Arc::new(Ticket { queue: self.clone(), number })
    }

    pub(crate) fn show(&self) -> Vec<MediaWork> {
        let entries = self.locked();
        let mut waiting = [0, 0];
        let shown = entries.1.values().map(|entry| {
            let before = &mut waiting[usize::from(entry.kind == MediaWorkKind::Clip)];
            let Some(began) = entry.began else {
                let ahead = *before;
                *before += 1;
                return MediaWork { kind: entry.kind, ahead, done: None, left: None };
            };
            // Under a hundredth, a guess would only jump about.
            let left = (entry.done >= 0.01)
                .then(|| began.elapsed().mul_f64((1.0 - entry.done).max(0.0) / entry.done));
            MediaWork { kind: entry.kind, ahead: 0, done: Some(entry.done), left }
        });
        shown.collect()
    }

    fn locked(&self) -> MutexGuard<'_, (u64, BTreeMap<u64, Entry>)> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    /// It runs from now on.
    pub(crate) fn begin(&self) {
        if let Some(entry) = self.queue.locked().1.get_mut(&self.number) {
            entry.began = Some(Instant::now());
        }
    }

    /// The part `done` is done.
    pub(crate) fn at(&self, done: f64) {
        if let Some(entry) = self.queue.locked().1.get_mut(&self.number) {
            entry.done = done;
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.queue.locked().1.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_shows_what_runs_and_what_waits_for_it() {
        let queue = Queue::default();
        let first = queue.enter(MediaWorkKind::Clip);
        let second = queue.enter(MediaWorkKind::Clip);
        let third = queue.enter(MediaWorkKind::Clip);
        let picture = queue.enter(MediaWorkKind::Picture);
        first.begin();
        first.at(0.5);
        let shown = queue.show();
        assert_eq!(shown.iter().map(|work| work.ahead).collect::<Vec<_>>(), [0, 0, 1, 0]);
        assert_eq!(shown[0].done, Some(0.5));
        assert!(shown[0].left.is_some() && shown[1].done.is_none());
        assert_eq!(shown[3].kind, MediaWorkKind::Picture);
        drop((first, second, third, picture));
        assert!(queue.show().is_empty());
    }
}

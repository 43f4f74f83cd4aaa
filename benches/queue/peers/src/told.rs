//! What a phase is asked, and what it measured.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Result;

/// How long jobs may take in all.
const PATIENCE: Duration = Duration::from_secs(300);

/// What a phase is asked.
#[derive(Clone, Copy)]
pub(crate) struct Options {
    pub(crate) n: usize,
    /// Milliseconds from now.
    pub(crate) due: i64,
    /// Milliseconds over which the jobs are due.
    pub(crate) spread: i64,
    pub(crate) conc: usize,
    pub(crate) start: i64,
}

/// How many jobs are put in at once.
pub(crate) const BATCH: usize = 1000;

impl Options {
    pub(crate) fn read(args: &[String]) -> Result<Self> {
        let mut options = Self { n: 20_000, due: 0, spread: 0, conc: 50, start: now() };
        for pair in args.chunks(2) {
            let [name, value] = pair else { return Err("a value is missing".into()) };
            match name.as_str() {
                "--n" => options.n = value.parse()?,
                "--due" => options.due = value.parse()?,
                "--spread" => options.spread = value.parse()?,
                "--conc" => options.conc = value.parse()?,
                other => return Err(format!("{other} is unknown").into()),
            }
        }
        Ok(options)
    }

    pub(crate) fn job(&self, seq: usize) -> Payload {
        let place = seq as i64 * self.spread / self.n as i64;
        let post = format!("00000000-0000-4000-8000-{seq:012}");
        Payload { seq, due: self.start + self.due + place, post }
    }
}

/// What a job carries: as much as one of ours.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub(crate) struct Payload {
    pub(crate) seq: usize,
    pub(crate) due: i64,
    pub(crate) post: String,
}

pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Which jobs ran, and how late.
#[derive(Clone, Default)]
pub(crate) struct Record(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    jobs: std::collections::HashSet<usize>,
    late: Vec<i64>,
}

impl Record {
    pub(crate) fn ran(&self, job: &Payload) {
        let late = now() - job.due;
        let mut seen = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        seen.jobs.insert(job.seq);
        seen.late.push(late);
    }

    fn got(&self) -> usize {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).jobs.len()
    }

    /// Waits until all ran and `settled` says that the store knows.
    pub(crate) async fn all(
        &self,
        options: &Options,
        mut settled: impl AsyncFnMut() -> bool,
    ) -> Value {
        let start = Instant::now();
        let nap = || tokio::time::sleep(Duration::from_millis(3));
        while self.got() < options.n && start.elapsed() < PATIENCE {
            nap().await;
        }
        while start.elapsed() < PATIENCE && !settled().await {
            nap().await;
        }
        let secs = start.elapsed().as_secs_f64();
        let mut seen = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        seen.late.sort_unstable();
        let (got, runs) = (seen.jobs.len(), seen.late.len());
        json!({
            "got": got, "twice": runs - got, "rate": got as f64 / secs,
            "late_p99": seen.late.get(runs * 99 / 100),
            "early": seen.late.iter().filter(|late| **late < 0).count(),
        })
    }
}

/// Jobs a second that were put in.
pub(crate) fn put_in(options: &Options, start: Instant) -> Value {
    json!({ "rate": options.n as f64 / start.elapsed().as_secs_f64() })
}

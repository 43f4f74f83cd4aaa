//! What is counted and timed, through the facade `metrics`: nothing of it is kept here, and where an
//! app installs no recorder it costs nothing.
//!
//! Names begin with `social_` and end with their unit. Labels have few values: networks, kinds of
//! work, steps by their names. Never an id.

use std::time::{Duration, Instant};

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use serde::Serialize;

use crate::Timestamp;
use crate::domain::{DeliveryStatus, Metric, Platform};
use crate::ports::{Backlog, Response, TransportError};

/// Tells the recorder what each number means. Once, after it is installed.
pub fn describe() {
    use Unit::{Bytes, Count, Seconds};
    let counters = [
        ("social_publishes_total", Count, "Deliveries settled, by network and outcome."),
        ("social_platform_requests_total", Count, "Requests to networks, by step and outcome."),
        ("social_jobs_total", Count, "Jobs worked, by kind and outcome."),
        ("social_media_bytes_total", Bytes, "Media worked, in and out, by kind."),
        ("social_webhook_deliveries_total", Count, "Webhooks sent, by outcome."),
    ];
    for (name, unit, text) in counters {
        describe_counter!(name, unit, text);
    }
    let histograms = [
        ("social_publish_lateness_seconds", "From the due time of a post until it was visible."),
        ("social_platform_request_seconds", "How long networks took to answer, by step."),
        ("social_queue_lag_seconds", "From the due time of a job until a worker began it."),
        ("social_media_processing_seconds", "How long media took to be made fit, by kind."),
        ("social_webhook_seconds", "How long receivers of webhooks took to answer."),
    ];
    for (name, text) in histograms {
        describe_histogram!(name, Seconds, text);
    }
    let gauges = [
        ("social_queue_jobs", Count, "Jobs in the queue: waiting (of which due) and running."),
        ("social_queue_oldest_due_seconds", Seconds, "For how long the oldest due job waits."),
        ("social_worker_last_claim_timestamp_seconds", Seconds, "When a worker last asked."),
        ("social_engagement", Count, "What the posts of the last 30 days came to, by network."),
    ];
    for (name, unit, text) in gauges {
        describe_gauge!(name, unit, text);
    }
}

/// A request to a network under way.
#[derive(Debug)]
pub struct PlatformRequest {
    platform: String,
    endpoint: &'static str,
    start: Instant,
}

impl PlatformRequest {
    /// It leaves now. `endpoint` is the step's name, never an address.
    #[must_use]
    pub fn begin(platform: &Platform, endpoint: &'static str) -> Self {
        Self { platform: platform.to_string(), endpoint, start: Instant::now() }
    }

    /// This came back.
    pub fn end(self, answer: Result<&Response, &TransportError>) {
        let Self { platform, endpoint, start } = self;
        let outcome = match answer {
            Ok(answer) => match answer.status().as_u16() {
                429 => "rate_limited",
                500.. => "server_error",
                400.. => "client_error",
                _ => "ok",
            },
            Err(_) => "no_answer",
        };
        let seconds = start.elapsed();
        histogram!("social_platform_request_seconds",
            "platform" => platform.clone(), "endpoint" => endpoint)
        .record(seconds);
        counter!("social_platform_requests_total",
            "platform" => platform, "endpoint" => endpoint, "outcome" => outcome)
        .increment(1);
    }
}

/// A delivery came to its end; `late` is by how much a published one missed its time.
pub(crate) fn settled(platform: &Platform, status: DeliveryStatus, late: Option<Duration>) {
    let outcome = word(&status);
    counter!("social_publishes_total", "platform" => platform.to_string(), "outcome" => outcome)
        .increment(1);
    if let Some(late) = late {
        histogram!("social_publish_lateness_seconds", "platform" => platform.to_string())
            .record(late);
    }
}

/// A worker began a job, so long after it was due.
pub(crate) fn job_begun(kind: &'static str, lag: Duration) {
    histogram!("social_queue_lag_seconds", "kind" => kind).record(lag);
}

/// A worker ended a job.
pub(crate) fn job_ended(kind: &'static str, fine: bool) {
    let outcome = if fine { "ok" } else { "failed" };
    counter!("social_jobs_total", "kind" => kind, "outcome" => outcome).increment(1);
}

/// Media was made fit.
pub(crate) fn rendered(kind: &'static str, took: Duration, bytes_in: u64, bytes_out: u64) {
    histogram!("social_media_processing_seconds", "kind" => kind).record(took);
    for (direction, bytes) in [("in", bytes_in), ("out", bytes_out)] {
        counter!("social_media_bytes_total", "kind" => kind, "direction" => direction)
            .increment(bytes);
    }
}

/// A webhook was sent: `outcome` is `delivered`, `refused` or `no_answer`.
pub fn webhook(outcome: &'static str, took: Duration) {
    counter!("social_webhook_deliveries_total", "outcome" => outcome).increment(1);
    histogram!("social_webhook_seconds").record(took);
}

/// The queue as it is now.
pub fn queue(backlog: &Backlog, last_claim: Option<Timestamp>, now: Timestamp) {
    let states = [("waiting", backlog.waiting), ("due", backlog.due), ("running", backlog.running)];
    for (state, jobs) in states {
        #[allow(clippy::cast_precision_loss, reason = "a number to look at")]
        gauge!("social_queue_jobs", "state" => state).set(jobs as f64);
    }
    let oldest = backlog.oldest_due.map_or(Duration::ZERO, |due| now.since(due));
    gauge!("social_queue_oldest_due_seconds").set(oldest.as_secs_f64());
    if let Some(at) = last_claim {
        #[allow(clippy::cast_precision_loss, reason = "a number to look at")]
        gauge!("social_worker_last_claim_timestamp_seconds").set(at.as_millis() as f64 / 1000.0);
    }
}

/// What published posts came to on a network.
pub fn engagement(platform: &Platform, metric: Metric, total: u64) {
    #[allow(clippy::cast_precision_loss, reason = "a number to look at")]
    gauge!("social_engagement", "platform" => platform.to_string(), "metric" => word(&metric))
        .set(total as f64);
}

/// A value that is written as one word.
fn word(value: &impl Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

//! How much is taken on, by `[limits]`.

use std::num::NonZeroU32;
use std::time::Duration;

use serde_json::Value;

use super::reader::Reader;

/// How much is taken on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connections: usize,
    pub(crate) header: Duration,
    pub(crate) body: Duration,
    pub(crate) request: Duration,
    pub(crate) json_bytes: usize,
    pub(crate) upload_bytes: u64,
    pub(crate) uploads_bytes: u64,
    pub(crate) requests_at_once: usize,
    pub(crate) requests_per_minute: NonZeroU32,
    pub(crate) address_requests_per_minute: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            header: Duration::from_secs(15),
            body: Duration::from_secs(30),
            request: Duration::from_secs(30),
            json_bytes: 1 << 20,
            upload_bytes: 1 << 30,
            uploads_bytes: 4 << 30,
            requests_at_once: 512,
            requests_per_minute: NonZeroU32::MIN.saturating_add(299),
            address_requests_per_minute: NonZeroU32::MIN.saturating_add(599),
        }
    }
}

impl Limits {
    pub(super) fn read(value: Value, problems: &mut Vec<String>) -> Self {
        let mut limits = Self::default();
        let mut reader = Reader::new("limits", value, problems);
        count(&mut reader, "connections", &mut limits.connections);
        seconds(&mut reader, "header_seconds", &mut limits.header);
        seconds(&mut reader, "body_seconds", &mut limits.body);
        seconds(&mut reader, "request_seconds", &mut limits.request);
        count(&mut reader, "json_bytes", &mut limits.json_bytes);
        bytes(&mut reader, "upload_bytes", &mut limits.upload_bytes);
        bytes(&mut reader, "uploads_bytes", &mut limits.uploads_bytes);
        count(&mut reader, "requests_at_once", &mut limits.requests_at_once);
        rate(&mut reader, "requests_per_minute", &mut limits.requests_per_minute);
        rate(&mut reader, "address_requests_per_minute", &mut limits.address_requests_per_minute);
        reader.end();
        limits
    }
}

fn count(reader: &mut Reader<'_>, field: &'static str, limit: &mut usize) {
    if let Some(count) = reader.count(field) {
        *limit = count;
    }
}

fn bytes(reader: &mut Reader<'_>, field: &'static str, limit: &mut u64) {
    if let Some(count) = reader.count(field) {
        *limit = count as u64;
    }
}

fn seconds(reader: &mut Reader<'_>, field: &'static str, limit: &mut Duration) {
    if let Some(count) = reader.count(field) {
        *limit = Duration::from_secs(count as u64);
    }
}

fn rate(reader: &mut Reader<'_>, field: &'static str, limit: &mut NonZeroU32) {
    if let Some(count) = reader.count(field) {
        *limit = u32::try_from(count).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MAX);
    }
}

//! The API as clients meet it, over simulated networks and a clock that is moved.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod access;
mod accounts;
mod analytics;
mod bytes;
mod choices;
mod confirming;
mod content;
mod documents;
mod edge;
mod editing;
mod events;
mod fetch;
mod house;
mod idempotency;
mod keys;
mod limits;
mod mcp;
mod media;
mod oidc;
mod operating;
mod pages;
mod people;
mod permissions;
mod posts;
mod problems;
mod receiver;
mod series;
mod slots;
mod told;
mod undo;
mod uploads;
mod webhooks;

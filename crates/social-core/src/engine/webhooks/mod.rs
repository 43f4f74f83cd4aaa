//! Telling others what happened: webhooks, the relay that fans events out to them, and sending.

mod agent;
mod forget;
mod manage;
mod payload;
mod plan;
mod relay;
mod replay;
mod send;
mod sign;
mod tell;

pub use agent::AgentGateway;
pub(super) use forget::forget;
pub use manage::{NewWebhook, WebhookChange, Webhooks};
pub(super) use relay::{BATCH, relay};
pub(super) use tell::{abandon, tell};

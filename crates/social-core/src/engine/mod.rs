//! The use cases: scheduling, publishing exactly once, keeping tokens.
//!
//! Each is a struct over [`Ports`], and each works without the others: [`Posts`] is the
//! [`Scheduler`](crate::ports::Scheduler), [`Tokens`] the
//! [`TokenManager`](crate::ports::TokenManager), [`Accounts`] signs in, [`Library`] takes media,
//! and [`Worker`] does what is due.

mod accounts;
mod analytics;
mod archive;
mod audit;
mod busy;
mod checksum;
mod checkup;
mod choices;
mod comments;
mod config;
mod confirmations;
mod drive;
mod error;
mod evict;
mod experiments;
mod explain;
mod fetch;
mod flights;
mod hold;
mod incoming;
mod jobs;
mod keys;
mod library;
mod parts;
mod people;
mod posts;
mod preview;
mod publish;
mod quota;
mod registry;
mod render;
mod resolve;
mod tidy;
mod tokens;
mod uploads;
mod webhooks;
mod worker;
mod workspaces;

pub use accounts::{Accounts, Connected, SignInEnd, SignInLink};
pub use analytics::{Analytics, Report, ReportRequest};
pub use archive::{Archive, ArchiveError, ExportOptions, Imported};
pub use audit::{Audit, AuditPage};
pub use checksum::Checksum;
pub use checkup::{Check, checkup, try_blobs};
pub use choices::Choosing;
pub use config::EngineConfig;
pub use confirmations::{Confirmations, Promise, Unconfirmed};
pub(crate) use drive::drive;
pub use error::{Error, Missing};
pub use experiments::{Experiments, Standing, Variants};
pub use explain::{Explanation, explain};
pub use flights::Flights;
pub use incoming::Incoming;
pub use jobs::Jobs;
pub use keys::{Keys, NewKey};
pub use library::Library;
pub use parts::Ports;
pub use people::{
    Link, Login, NewPerson, Newcomer, Newcomers, OpenSession, People, PersonChange, Sessions,
    Throttle,
};
pub use posts::{
    Asked, DeliveryPreview, NextSlots, Once, PostEdit, PostView, Posts, Preview, Reach, Removal,
    SeriesEdit, SeriesView, TimesRequest, Upcoming,
};
pub use registry::Registry;
pub use tidy::{Tidied, tidy};
pub use tokens::Tokens;
pub use uploads::{UploadLimits, Uploads};
pub use webhooks::{AgentGateway, NewWebhook, WebhookChange, Webhooks};
pub use worker::Worker;
pub use workspaces::Workspaces;

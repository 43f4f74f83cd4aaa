//! What a store in memory holds.

use std::collections::BTreeMap;

use social_core::Timestamp;
use social_core::domain::series::{OccurrenceRow, QuietPlan, Series, Wall};
use social_core::domain::{
    Account, AccountId, ApiKey, Asset, AssetId, Attempt, AttemptId, AuditEntry, Confirmation,
    Delivery, DeliveryId, EventId, Experiment, ExperimentId, Grant, GrantId, Invitation, JobId,
    KeyId, MessageId, OutboxEvent, ParkedJob, Person, PersonId, Platform, Post, PostId, Rendition,
    SeriesId, Session, SessionId, SlotPlan, Snapshot, Trial, Upload, UploadId, Voice, Webhook,
    WebhookId, WebhookMessage, Workspace, WorkspaceId,
};
use social_core::ports::{Choice, RequestKey, SignIn};
use social_core::statistics::DayRow;

use super::jobs::Jobs;
use super::numbers::Row;

/// The tables, ordered as they are listed. Every key of a tenant's row begins with the tenant.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) workspaces: BTreeMap<WorkspaceId, Workspace>,
    pub(super) accounts: BTreeMap<(WorkspaceId, AccountId), Account>,
    pub(super) grants: BTreeMap<(WorkspaceId, GrantId), Grant>,
    pub(super) sign_ins: BTreeMap<String, SignIn>,
    pub(super) choices: BTreeMap<(WorkspaceId, Platform), Choice>,
    pub(super) uploads: BTreeMap<(WorkspaceId, UploadId), Upload>,
    pub(super) slots: BTreeMap<(WorkspaceId, AccountId), SlotPlan>,
    pub(super) series: BTreeMap<(WorkspaceId, SeriesId), Series>,
    pub(super) occurrences: BTreeMap<(WorkspaceId, SeriesId, Wall), OccurrenceRow>,
    pub(super) quiet: BTreeMap<(WorkspaceId, Option<AccountId>), QuietPlan>,
    pub(super) posts: BTreeMap<(WorkspaceId, PostId), Post>,
    pub(super) deliveries: BTreeMap<(WorkspaceId, DeliveryId), Delivery>,
    pub(super) deliveries_of: BTreeMap<(WorkspaceId, PostId, DeliveryId), ()>,
    pub(super) attempts: BTreeMap<(WorkspaceId, AttemptId), Attempt>,
    /// In the order they were written, since several may begin in one millisecond.
    pub(super) attempts_of: BTreeMap<(WorkspaceId, DeliveryId, u64), AttemptId>,
    pub(super) jobs: Jobs,
    pub(super) parked: BTreeMap<JobId, ParkedJob>,
    pub(super) assets: BTreeMap<(WorkspaceId, AssetId), Asset>,
    pub(super) assets_by_hash: BTreeMap<(WorkspaceId, String), AssetId>,
    pub(super) renditions: BTreeMap<(WorkspaceId, String, String), (Timestamp, Rendition)>,
    pub(super) snapshots: BTreeMap<(WorkspaceId, DeliveryId, Timestamp), Snapshot>,
    pub(super) voices: BTreeMap<WorkspaceId, Voice>,
    pub(super) experiments: BTreeMap<(WorkspaceId, ExperimentId), Experiment>,
    pub(super) trials: BTreeMap<(WorkspaceId, ExperimentId, u32), Trial>,
    pub(super) measured: BTreeMap<(WorkspaceId, DeliveryId), Row>,
    pub(super) days: BTreeMap<(WorkspaceId, DeliveryId), Vec<DayRow>>,
    /// What happened, in the order it was written; what is neither pending nor told is forgotten.
    pub(super) events: BTreeMap<u64, OutboxEvent>,
    pub(super) event_places: BTreeMap<EventId, u64>,
    pub(super) pending: BTreeMap<u64, ()>,
    pub(super) told: BTreeMap<u64, Timestamp>,
    pub(super) webhooks: BTreeMap<(WorkspaceId, WebhookId), Webhook>,
    pub(super) messages: BTreeMap<(WorkspaceId, MessageId), WebhookMessage>,
    pub(super) request_keys: BTreeMap<(WorkspaceId, String), RequestKey>,
    pub(super) people: BTreeMap<(WorkspaceId, PersonId), Person>,
    pub(super) sessions: BTreeMap<(WorkspaceId, SessionId), Session>,
    pub(super) sessions_by_hash: BTreeMap<String, (WorkspaceId, SessionId)>,
    pub(super) invitations: BTreeMap<String, Invitation>,
    pub(super) keys: BTreeMap<(WorkspaceId, KeyId), ApiKey>,
    pub(super) keys_by_hash: BTreeMap<String, (WorkspaceId, KeyId)>,
    /// In the order they were written.
    pub(super) audit: BTreeMap<(WorkspaceId, u64), AuditEntry>,
    pub(super) confirmations: BTreeMap<(WorkspaceId, String), Confirmation>,
    pub(super) last_claim: Option<Timestamp>,
    /// Counts what is written; never goes back.
    pub(super) written: u64,
}

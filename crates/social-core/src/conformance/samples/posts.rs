//! Posts, their deliveries, steps and numbers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use super::series::wall;
use super::{Samples, at};
use crate::Timestamp;
use crate::domain::media::Backdrop;
use crate::domain::series::OccurrenceRef;
use crate::domain::{
    AccountId, AssetId, Attempt, AttemptId, AttemptState, Delivery, DeliveryId, DeliveryStatus,
    Dimension, EventId, Fit, FlowRecord, Happened, Measured, MediaRef, Metric, Metrics,
    OutboxEvent, Override, Platform, Post, PostId, PostKind, RequestTrace, SeriesId, SlotPlan,
    Snapshot, WallTime, Weekday, WeeklySlot, Wishes, WorkspaceId,
};
use crate::error::{ErrorKind, Failure};
use crate::flow::{Effect, FlowState};
use crate::ports::{KeptAnswer, RequestKey};

impl Samples {
    /// A post.
    pub fn post(&self, ws: WorkspaceId) -> Post {
        let options = json!({ "privacy_level": "PUBLIC" });
        let only = Override {
            content: Some("Für TikTok".to_owned()),
            options: options.as_object().cloned().unwrap_or_default(),
        };
        Post {
            id: PostId::from_uuid(self.uuid()),
            workspace_id: ws,
            content: "Open till late \u{1f6a2}\n\"tonight\"".to_owned(),
            overrides: BTreeMap::from([(Platform::TIKTOK, only)]),
            media: vec![MediaRef {
                asset: AssetId::from_uuid(self.uuid()),
                alt: Some("A cup".to_owned()),
                wishes: Wishes { fit: Fit::Pad(Backdrop::Blur), ..Wishes::default() },
            }],
            campaign: Some("spring".to_owned()),
            due_at: at(100),
            occurrence: Some(OccurrenceRef {
                series: SeriesId::from_uuid(self.uuid()),
                wall: wall(4),
            }),
            created_at: at(2),
            version: 1,
        }
    }

    /// A delivery.
    pub fn delivery(&self, ws: WorkspaceId, post: PostId, account: AccountId) -> Delivery {
        Delivery {
            id: DeliveryId::from_uuid(self.uuid()),
            workspace_id: ws,
            post_id: post,
            account_id: account,
            platform: Platform::INSTAGRAM,
            kind: PostKind::Image,
            text: "Open till late".to_owned(),
            media: Vec::new(),
            options: serde_json::Map::new(),
            status: DeliveryStatus::Scheduled,
            due_at: at(100),
            rendered: None,
            flow: Some(FlowRecord::Reconcile {
                state: Some(FlowState(json!({ "look": 1 }))),
                publish: FlowState(json!({ "container": "17" })),
                looks: 2,
            }),
            failures: 1,
            sent_at: Some(at(99)),
            published: None,
            removed_at: Some(at(101)),
            failure: Some(Failure {
                kind: ErrorKind::Unavailable,
                code: Some("2".to_owned()),
                subcode: None,
                message: "try again".to_owned(),
                action: String::new(),
            }),
            version: 1,
        }
    }

    /// The hours at which an account likes to post.
    pub fn slot_plan(&self, ws: WorkspaceId, account: AccountId) -> SlotPlan {
        let slot = |weekdays: &[Weekday], hour, minute| WeeklySlot {
            weekdays: weekdays.iter().copied().collect(),
            time: WallTime::new(hour, minute).expect("a good time"),
        };
        SlotPlan {
            workspace_id: ws,
            account_id: account,
            zone: "Europe/Berlin".parse().expect("a zone"),
            slots: vec![slot(&[Weekday::Mon, Weekday::Fri], 9, 30), slot(&Weekday::ALL, 0, 5)],
        }
    }

    /// A step of a delivery.
    pub fn attempt(&self, ws: WorkspaceId, delivery: DeliveryId) -> Attempt {
        Attempt {
            id: AttemptId::from_uuid(self.uuid()),
            workspace_id: ws,
            delivery_id: delivery,
            operation: "instagram.media_publish".to_owned(),
            effect: Effect::Commit,
            state: AttemptState::Sending,
            request: RequestTrace {
                method: "POST".to_owned(),
                address: "graph.example/17/media_publish".to_owned(),
                fingerprint: "ab".repeat(32),
            },
            status: None,
            failure: None,
            started_at: at(100),
            ended_at: None,
        }
    }

    /// Numbers of a delivery.
    pub fn snapshot(
        &self,
        ws: WorkspaceId,
        delivery: DeliveryId,
        taken_at: Timestamp,
        likes: u64,
    ) -> Snapshot {
        Snapshot {
            workspace_id: ws,
            delivery_id: delivery,
            account_id: AccountId::from_uuid(Uuid::from_u128(5)),
            taken_at,
            metrics: Metrics {
                values: BTreeMap::from([(Metric::Likes, likes), (Metric::Reach, 0)]),
                missing: BTreeMap::from([(Metric::Saves, "not for this kind".to_owned())]),
                raw: BTreeMap::from([("like_count".to_owned(), json!(likes))]),
            },
        }
    }

    /// A delivery that is measured, visible since `at`.
    pub fn measured(&self, ws: WorkspaceId, platform: Platform, at: Timestamp) -> Measured {
        let account_id = AccountId::from_uuid(Uuid::from_u128(5));
        Measured {
            workspace_id: ws,
            delivery_id: DeliveryId::from_uuid(self.uuid()),
            post_id: PostId::from_uuid(self.uuid()),
            account_id,
            platform,
            remote_id: Some("17_\u{e9}".to_owned()),
            published_at: at,
            keys: BTreeSet::from([
                (Dimension::All, String::new()),
                (Dimension::Account, account_id.to_string()),
                (Dimension::Hashtag, "caf\u{e9}".to_owned()),
                (Dimension::Hashtag, "beans".to_owned()),
            ]),
            next_at: None,
        }
    }

    /// An event.
    pub fn event(&self, ws: WorkspaceId) -> OutboxEvent {
        OutboxEvent {
            id: EventId::from_uuid(self.uuid()),
            workspace_id: ws,
            at: at(4),
            what: Happened::ReauthNeeded {
                platform: Platform::TIKTOK,
                reason: "signed out".to_owned(),
            },
        }
    }

    /// A request that was done.
    pub fn request_key(&self, key: &str) -> RequestKey {
        RequestKey {
            key: key.to_owned(),
            request: "cd".repeat(32),
            post: PostId::from_uuid(self.uuid()),
            at: at(5),
            answer: KeptAnswer {
                status: 201,
                headers: vec![("etag".to_owned(), "\"0\"".to_owned())],
                body: "{\"id\":\"caf\u{e9}\"}".to_owned(),
            },
            settled: true,
            look_at: at(500),
        }
    }
}

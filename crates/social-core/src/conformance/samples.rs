//! Rows to test with: full of values, so that a column that is forgotten shows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use crate::Timestamp;
use crate::domain::media::{
    AudioProbe, Backdrop, ColourProfile, ImageProbe, MediaProbe, VideoProbe,
};
use crate::domain::{
    Account, AccountId, ApiKey, Asset, AssetId, Attempt, AttemptId, AttemptState, AuditEntry,
    Budget, ChoiceOption, Confirmation, Delivery, DeliveryId, DeliveryStatus, DueSecret, EventId,
    EventKind, Fit, FlowRecord, Grant, GrantId, GrantStatus, Happened, Invitation, JobId, JobTask,
    KeyId, MediaRef, MessageId, MessageStatus, Metric, NewJob, OutboxEvent, Override, PasswordHash,
    PauseReason, Permission, Person, PersonId, Piece, Platform, Post, PostId, PostKind,
    PostMetrics, Purpose, Rendition, RequestTrace, Role, Scope, Session, SessionId, SlotPlan,
    Snapshot, Subject, Upload, UploadId, WallTime, Webhook, WebhookAttempt, WebhookId, WebhookKind,
    WebhookMessage, WebhookOutcome, WebhookStatus, Weekday, WeeklySlot, Wishes, Workspace,
    WorkspaceId, WritePolicy,
};
use crate::error::{ErrorKind, Failure};
use crate::flow::{Effect, FlowState};
use crate::ports::{
    BlobKey, Choice, IdSource as _, KeptAnswer, RequestKey, Sealed, SeededIds, SignIn, WrappedKey,
};

/// The instant `secs` seconds after the one that tests begin at.
#[must_use]
pub fn at(secs: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_123 + secs * 1000)
}

/// Makes rows; each id is greater than those before.
#[derive(Debug)]
pub struct Samples {
    ids: SeededIds,
    made: AtomicI64,
}

impl Default for Samples {
    fn default() -> Self {
        Self { ids: SeededIds::new(7), made: AtomicI64::new(0) }
    }
}

impl Samples {
    /// A fresh id.
    pub fn uuid(&self) -> Uuid {
        self.ids.uuid(at(self.made.fetch_add(1, Ordering::Relaxed)))
    }

    /// A tenant.
    pub fn workspace(&self) -> Workspace {
        Workspace {
            id: WorkspaceId::from_uuid(self.uuid()),
            name: "Harbour Coffee \u{2615} 'quoted'".to_owned(),
            data_key: WrappedKey(vec![0, 1, 2, 255]),
            created_at: at(0),
        }
    }

    /// The id of a tenant.
    pub fn ws(&self) -> WorkspaceId {
        WorkspaceId::from_uuid(self.uuid())
    }

    /// A connected page.
    pub fn account(&self, ws: WorkspaceId) -> Account {
        let id = AccountId::from_uuid(self.uuid());
        Account {
            id,
            workspace_id: ws,
            grant_id: GrantId::from_uuid(self.uuid()),
            platform: Platform::FACEBOOK,
            remote_id: format!("remote-{id}"),
            name: "Harbour Coffee".to_owned(),
            handle: Some("@harbour.coffee".to_owned()),
            kind: "page".to_owned(),
            token: Some(Sealed(vec![9, 8, 7])),
            attributes: BTreeMap::from([("page".to_owned(), "42".to_owned())]),
            connected_at: at(1),
            disconnected_at: None,
        }
    }

    /// An authorisation.
    pub fn grant(&self, ws: WorkspaceId) -> Grant {
        let id = GrantId::from_uuid(self.uuid());
        Grant {
            id,
            workspace_id: ws,
            platform: Platform::LINKEDIN,
            subject: format!("person-{id}"),
            scopes: vec!["w_member_social".to_owned(), "r_basicprofile".to_owned()],
            access: Sealed(vec![1, 2, 3]),
            refresh: Some(Sealed(vec![4, 5, 6])),
            expires_at: Some(at(3600)),
            refresh_expires_at: None,
            status: GrantStatus::NeedsReauth,
            refreshing_until: Some(at(30)),
            version: 1,
        }
    }

    /// A sign-in under way.
    pub fn sign_in(&self, ws: WorkspaceId) -> SignIn {
        SignIn {
            state: self.ids.secret(),
            workspace_id: ws,
            platform: Platform::TIKTOK,
            redirect_uri: "https://example.org/back?x=1".to_owned(),
            verifier: Sealed(vec![3, 1, 4]),
            expires_at: at(600),
        }
    }

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
            due_at: at(100),
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

    /// An uploaded clip.
    pub fn asset(&self, ws: WorkspaceId) -> Asset {
        let id = AssetId::from_uuid(self.uuid());
        let probe = VideoProbe {
            container: "mp4".to_owned(),
            codec: "h264".to_owned(),
            pixel_format: "yuv420p".to_owned(),
            audio: Some(AudioProbe { codec: "aac".to_owned(), channels: 2, sample_rate: 48_000 }),
            width: 1080,
            height: 1920,
            rotation: 90,
            duration: Duration::from_millis(12_345),
            // No finite decimal: it must read back to the last bit.
            fps: 30_000.0 / 1001.0,
            bitrate: 5_000_000,
            bytes: 7_654_321,
            index_first: true,
            edit_list: false,
        };
        Asset {
            id,
            workspace_id: ws,
            hash: format!("hash-{id}"),
            key: BlobKey::new("assets/aa/clip.mp4").expect("a good key"),
            mime: "video/mp4".to_owned(),
            probe: MediaProbe::Video(probe),
            name: Some("clip.mp4".to_owned()),
            created_at: at(3),
        }
    }

    /// A file that comes in pieces.
    pub fn upload(&self, ws: WorkspaceId, length: u64) -> Upload {
        let id = UploadId::from_uuid(self.uuid());
        let key = |name: &str| BlobKey::new(format!("uploads/{name}")).expect("a good key");
        Upload {
            id,
            workspace_id: ws,
            name: Some("clip \u{1f3a5}.mp4".to_owned()),
            length,
            pieces: vec![Piece { key: key("one"), bytes: 3 }, Piece { key: key("two"), bytes: 4 }],
            writing: Some(key("three")),
            asset: None,
            created_at: at(8),
            expires_at: at(800),
            version: 1,
        }
    }

    /// Accounts that wait for somebody to choose.
    pub fn choice(&self, ws: WorkspaceId) -> Choice {
        let option = |name: &str, connected: bool| ChoiceOption {
            remote_id: format!("remote-{name}"),
            name: name.to_owned(),
            handle: connected.then(|| format!("@{name}")),
            kind: "page".to_owned(),
            connected,
        };
        Choice {
            hash: self.ids.secret(),
            workspace_id: ws,
            platform: Platform::FACEBOOK,
            options: vec![option("caf\u{e9}", true), option("bar", false)],
            secret: Sealed(vec![2, 7, 1]),
            expires_at: at(900),
        }
    }

    /// A picture made fit.
    pub fn rendition(&self, source: &str, plan: &str) -> Rendition {
        let probe = ImageProbe {
            format: crate::domain::media::ImageFormat::Jpeg,
            width: 1080,
            height: 1350,
            bytes: 123_456,
            orientation: 1,
            alpha: false,
            animated: false,
            colour: ColourProfile::Srgb,
            metadata: false,
            motion: None,
            focus: None,
        };
        Rendition {
            source: source.to_owned(),
            plan: plan.to_owned(),
            key: BlobKey::new("renditions/aa/picture.jpg").expect("a good key"),
            mime: "image/jpeg".to_owned(),
            probe: MediaProbe::Image(probe),
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
            metrics: PostMetrics {
                values: BTreeMap::from([(Metric::Likes, likes), (Metric::Reach, 0)]),
                missing: BTreeMap::from([(Metric::Saves, "not for this kind".to_owned())]),
                raw: BTreeMap::from([("like_count".to_owned(), json!(likes))]),
            },
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

    /// A key by which a program asks.
    pub fn api_key(&self, ws: WorkspaceId) -> ApiKey {
        let id = KeyId::from_uuid(self.uuid());
        ApiKey {
            id,
            workspace_id: ws,
            name: "the agent's \u{1f511}".to_owned(),
            hash: format!("hash-{id}"),
            hint: "sk_social_ab12".to_owned(),
            scopes: BTreeSet::from([Scope::PostsRead, Scope::PostsWrite]),
            permissions: BTreeSet::from([Permission::Scheduler]),
            policy: WritePolicy::Approve,
            budget: Budget {
                posts_per_day: Some(3),
                platforms: BTreeSet::from([Platform::TIKTOK]),
                quiet_hours: Some((22, 6)),
                undo_seconds: Some(30),
            },
            created_at: at(6),
            expires_at: Some(at(9_000)),
            revoked_at: None,
            last_used_at: None,
        }
    }

    /// Something that somebody did.
    pub fn audit_entry(&self, ws: WorkspaceId, action: &str) -> AuditEntry {
        AuditEntry {
            at: at(7),
            workspace_id: ws,
            actor: KeyId::from_uuid(self.uuid()).to_string(),
            action: action.to_owned(),
            subject: PostId::from_uuid(self.uuid()).to_string(),
        }
    }

    /// Somebody who signs in.
    pub fn person(&self, ws: WorkspaceId) -> Person {
        let id = PersonId::from_uuid(self.uuid());
        Person {
            id,
            workspace_id: ws,
            email: format!("{id}@example.com").parse().expect("an address"),
            name: "Zoë Nuñez".to_owned(),
            role: Role::Manager,
            password: Some(PasswordHash("$argon2id$v=19$…".to_owned())),
            subject: Some(Subject {
                issuer: "https://login.example.com/".to_owned(),
                subject: id.to_string(),
            }),
            created_at: at(8),
            disabled_at: Some(at(50)),
            last_seen_at: Some(at(40)),
            version: 1,
        }
    }

    /// A session of a family of its own.
    pub fn session(&self, ws: WorkspaceId) -> Session {
        let id = SessionId::from_uuid(self.uuid());
        Session {
            id,
            workspace_id: ws,
            person_id: PersonId::from_uuid(self.uuid()),
            family: id,
            hash: self.ids.secret(),
            created_at: at(9),
            expires_at: at(7_200),
            rotated_at: None,
            revoked_at: None,
        }
    }

    /// A link for somebody to come in by.
    pub fn invitation(&self, ws: WorkspaceId) -> Invitation {
        let secret = self.ids.secret();
        Invitation {
            email: Some(format!("{}@example.com", &secret[..12]).parse().expect("an address")),
            hash: secret,
            workspace_id: ws,
            purpose: Purpose::Invite,
            role: Role::Client,
            expires_at: at(9_000),
        }
    }

    /// A promise that somebody saw a preview.
    pub fn confirmation(&self, ws: WorkspaceId) -> Confirmation {
        Confirmation {
            hash: self.ids.secret(),
            workspace_id: ws,
            actor: KeyId::from_uuid(self.uuid()).to_string(),
            payload: "ef".repeat(32),
            expires_at: at(900),
        }
    }

    /// A webhook.
    pub fn webhook(&self, ws: WorkspaceId) -> Webhook {
        Webhook {
            id: WebhookId::from_uuid(self.uuid()),
            workspace_id: ws,
            kind: WebhookKind::Standard,
            url: "https://example.org/hooks?x=1".parse().expect("a good address"),
            description: "the \"office\" \u{1f4e3}".to_owned(),
            events: BTreeSet::from([EventKind::DeliveryFailed, EventKind::PostScheduled]),
            secret: Sealed(vec![2, 7, 1]),
            former: Some(DueSecret { secret: Sealed(vec![8, 2, 8]), until: at(86_400) }),
            status: WebhookStatus::Paused {
                reason: PauseReason::Refused { status: 401 },
                since: at(8),
            },
            failing_since: Some(at(7)),
            created_at: at(6),
            version: 1,
        }
    }

    /// A message on its way to a webhook.
    pub fn message(&self, webhook: &Webhook) -> WebhookMessage {
        let failed = |at, outcome| WebhookAttempt { at, took: Duration::from_millis(15), outcome };
        WebhookMessage {
            id: MessageId::from_uuid(self.uuid()),
            workspace_id: webhook.workspace_id,
            webhook_id: webhook.id,
            event_id: Some(EventId::from_uuid(self.uuid())),
            kind: EventKind::DeliveryFailed,
            payload: "{\"type\":\"delivery.failed\"}".to_owned(),
            status: MessageStatus::Pending,
            tries: 2,
            attempts: vec![
                failed(at(9), WebhookOutcome::Failed { error: "no answer".to_owned() }),
                failed(at(14), WebhookOutcome::Answered { status: 503, body: "busy".to_owned() }),
            ],
            next_at: Some(at(314)),
            created_at: at(9),
            version: 1,
        }
    }

    /// The task of publishing some delivery.
    pub fn publish(&self) -> JobTask {
        JobTask::Publish { delivery: DeliveryId::from_uuid(self.uuid()) }
    }

    /// A job that may be begun three times.
    pub fn job(&self, ws: WorkspaceId, task: JobTask, due_at: Timestamp) -> NewJob {
        NewJob {
            id: JobId::from_uuid(self.uuid()),
            workspace_id: ws,
            task,
            lane: None,
            due_at,
            max_attempts: 3,
        }
    }

    /// A lane.
    pub fn lane(&self) -> AccountId {
        AccountId::from_uuid(self.uuid())
    }
}

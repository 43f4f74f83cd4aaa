//! Everything goes out of one store and into another, line by line.

use std::sync::Arc;

use bytes::Bytes;
use social_core::conformance::samples::{Samples, at, wall};
use social_core::domain::{Asset, GrantStatus, WorkspaceId};
use social_core::engine::{Archive, ArchiveError, ExportOptions, Imported};
use social_core::ports::{BlobStore, Clock, ManualClock, Sealer, SeededIds, Store};
use social_store::{KeyRing, MemoryBlobs, MemoryStore, RingSealer, SqliteStore};

fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::new(at(0)))
}

/// A store with its blobs.
struct Place {
    store: Arc<dyn Store>,
    blobs: Arc<dyn BlobStore>,
}

impl Place {
    fn of(store: impl Store) -> Self {
        Self { store: Arc::new(store), blobs: Arc::new(MemoryBlobs::new()) }
    }

    fn archive(&self) -> Archive {
        let ids = Arc::new(SeededIds::new(5));
        let sealer: Arc<dyn Sealer> =
            Arc::new(RingSealer::new(KeyRing::generate(&*ids), ids).unwrap());
        Archive::over(self.store.clone(), self.blobs.clone(), sealer, clock())
    }

    async fn export(&self, secrets: bool) -> String {
        let mut text = Vec::new();
        let options = ExportOptions { secrets, media: true };
        let lines = self.archive().export(&options, &mut text).await.unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.lines().count() as u64, lines);
        text
    }

    async fn import(&self, text: &str) -> Result<Imported, ArchiveError> {
        self.archive().import(&mut text.as_bytes()).await
    }

    /// One of everything. The workspace.
    async fn fill(&self) -> WorkspaceId {
        let samples = Samples::default();
        let workspace = samples.workspace();
        let ws = workspace.id;
        let (grant, account) = (samples.grant(ws), samples.account(ws));
        let mut active = samples.grant(ws);
        active.status = GrantStatus::Active;
        active.refreshing_until = None;
        let mut grant = grant;
        grant.refreshing_until = None;
        let series = samples.series(ws);
        let post = samples.post(ws);
        let delivery = samples.delivery(ws, post.id, account.id);
        let webhook = samples.webhook(ws);
        // More than one line holds.
        let large = Bytes::from(vec![7; 600 << 10]);
        let asset: Asset = samples.asset(ws);
        self.blobs.put(&asset.key, large).await.unwrap();
        let mut unit = self.store.begin().await.unwrap();
        unit.workspaces().insert(&workspace).await.unwrap();
        unit.grants().insert(&grant).await.unwrap();
        unit.grants().insert(&active).await.unwrap();
        unit.accounts().upsert(&account).await.unwrap();
        unit.slots().put(&samples.slot_plan(ws, account.id)).await.unwrap();
        unit.quiet().put(&samples.quiet(ws, None)).await.unwrap();
        unit.quiet().put(&samples.quiet(ws, Some(account.id))).await.unwrap();
        unit.people().insert(&samples.person(ws)).await.unwrap();
        unit.keys().insert(&samples.api_key(ws)).await.unwrap();
        unit.webhooks().insert(&webhook).await.unwrap();
        unit.webhooks().insert_message(&samples.message(&webhook)).await.unwrap();
        unit.media().insert_asset(&asset).await.unwrap();
        unit.series().insert(&series).await.unwrap();
        unit.series().put_occurrence(&samples.occurrence(&series, wall(0))).await.unwrap();
        unit.posts().insert(&post).await.unwrap();
        unit.deliveries().insert(&delivery).await.unwrap();
        unit.attempts().insert(&samples.attempt(ws, delivery.id)).await.unwrap();
        unit.attempts().insert(&samples.attempt(ws, delivery.id)).await.unwrap();
        unit.analytics().put(&samples.snapshot(ws, delivery.id, at(200), 3)).await.unwrap();
        let mut job = samples.job(ws, samples.publish(), at(50));
        (job.lane, job.platform) = (Some(account.id), Some(account.platform.clone()));
        unit.jobs().enqueue(&job).await.unwrap();
        unit.jobs().enqueue(&samples.job(ws, samples.publish(), at(60))).await.unwrap();
        // More than is read at once.
        for action in 0..450 {
            let entry = samples.audit_entry(ws, &format!("action {action}"));
            unit.audit().append(&entry).await.unwrap();
        }
        unit.commit().await.unwrap();
        ws
    }
}

async fn sqlite() -> (Place, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("social.db"), clock()).await.unwrap();
    (Place::of(store), folder)
}

/// Takes everything there, twice, and back out again: nothing is another than it was.
async fn goes_through(there: &Place) {
    let from = Place::of(MemoryStore::new());
    from.fill().await;
    let text = from.export(true).await;
    let first = there.import(&text).await.unwrap();
    assert_eq!((first.known, first.notes.len()), (0, 0), "{first:?}");
    assert!(first.new >= 22, "{first:?}");
    let again = there.import(&text).await.unwrap();
    assert_eq!((again.new, again.known), (0, first.new), "{again:?}");
    assert_eq!(there.export(true).await, text);
}

#[tokio::test]
async fn everything_goes_from_memory_into_sqlite_and_comes_out_the_same() {
    let (there, _folder) = sqlite().await;
    goes_through(&there).await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn everything_goes_from_sqlite_into_postgres_and_back() {
    use social_store::PostgresStore;

    let schema = crate::servers::Schema::new().await;
    let there = Place::of(PostgresStore::connect(&schema.url(), clock()).await.unwrap());
    goes_through(&there).await;
    let (back, _folder) = sqlite().await;
    let text = there.export(true).await;
    back.import(&text).await.unwrap();
    assert_eq!(back.export(true).await, text);
}

#[tokio::test]
async fn secrets_are_left_out_unless_asked_for() {
    let from = Place::of(MemoryStore::new());
    let ws = from.fill().await;
    let (with, without) = (from.export(true).await, from.export(false).await);
    let kinds = |text: &str, kind: &str| text.matches(&format!(r#""kind":"{kind}""#)).count();
    for kind in ["key", "webhook", "message"] {
        assert_eq!((kinds(&with, kind), kinds(&without, kind)), (1, 0), "{kind}");
    }
    let samples = Samples::default();
    let workspace = samples.workspace();
    for secret in
        [samples.api_key(workspace.id).hash, samples.person(workspace.id).password.unwrap().0]
    {
        assert!(!without.contains(&secret), "{secret}");
    }
    let nulls = without.matches(r#""access":null"#).count();
    assert_eq!((nulls, without.matches(r#""data_key":null"#).count()), (2, 1));

    let (there, _folder) = sqlite().await;
    let done = there.import(&without).await.unwrap();
    assert!(done.notes[0].contains("connect the accounts again"), "{done:?}");
    let mut unit = there.store.begin().await.unwrap();
    let grants = unit.grants().list(ws).await.unwrap();
    // Nobody takes an empty token for one that works.
    assert!(grants.iter().all(|grant| grant.status == GrantStatus::NeedsReauth), "{grants:?}");
}

#[tokio::test]
async fn what_is_no_whole_export_is_told() {
    let from = Place::of(MemoryStore::new());
    from.fill().await;
    let text = from.export(true).await;
    let (there, _folder) = sqlite().await;
    let none = there.import("{\"hello\":1}\n").await;
    assert!(matches!(none, Err(ArchiveError::NoExport)), "{none:?}");
    let newer = text.replacen("\"form\":1", "\"form\":99", 1);
    let newer = there.import(&newer).await;
    assert!(matches!(newer, Err(ArchiveError::Newer { found: 99 })), "{newer:?}");
    let lines: Vec<&str> = text.lines().collect();
    let half = lines[..lines.len() / 2].join("\n");
    let cut = there.import(&half).await;
    assert!(matches!(cut, Err(ArchiveError::Cut(_))), "{cut:?}");
    let mut broken = lines.clone();
    broken[3] = "{\"kind\":\"post\",\"row\":{}}";
    let broken = there.import(&broken.join("\n")).await;
    assert!(matches!(broken, Err(ArchiveError::Line { number: 4, .. })), "{broken:?}");
    // What was cut off is done again from the start.
    there.import(&text).await.unwrap();
    assert_eq!(there.export(true).await, text);
}

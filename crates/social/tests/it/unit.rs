//! A unit of work that does something of its own when it is committed.

use async_trait::async_trait;
use social::DeliveryId;
use social::WorkspaceId;
use social::core::domain::{Attempt, AttemptId, AttemptState};
use social::core::ports::{
    AccountRepo, AnalyticsRepo, AttemptRepo, AuditRepo, ChoiceRepo, ConfirmationRepo, DeliveryRepo,
    GrantRepo, InvitationRepo, JobRepo, KeyRepo, MediaRepo, OutboxRepo, PersonRepo, PostRepo,
    QuietRepo, RequestKeyRepo, SeriesRepo, SessionRepo, SignInRepo, SlotRepo, StoreError,
    UnitOfWork, UploadRepo, WebhookRepo, WordsRepo, WorkspaceRepo,
};

/// What is done in place of a commit.
#[async_trait]
pub(crate) trait Ending: Send {
    /// Ends the unit: commits it, or drops it.
    async fn commit(self: Box<Self>, unit: Box<dyn UnitOfWork>) -> Result<(), StoreError>;

    /// Whether the journal forgets what is on its way out: a fence that does not hold.
    fn forgets(&self) -> bool {
        false
    }
}

/// A unit with an ending of its own.
pub(crate) struct Wrapped {
    pub inner: Box<dyn UnitOfWork>,
    pub ending: Box<dyn Ending>,
}

#[async_trait]
impl UnitOfWork for Wrapped {
    fn workspaces(&mut self) -> &mut dyn WorkspaceRepo {
        self.inner.workspaces()
    }
    fn accounts(&mut self) -> &mut dyn AccountRepo {
        self.inner.accounts()
    }
    fn grants(&mut self) -> &mut dyn GrantRepo {
        self.inner.grants()
    }
    fn sign_ins(&mut self) -> &mut dyn SignInRepo {
        self.inner.sign_ins()
    }
    fn posts(&mut self) -> &mut dyn PostRepo {
        self.inner.posts()
    }
    fn deliveries(&mut self) -> &mut dyn DeliveryRepo {
        self.inner.deliveries()
    }
    fn attempts(&mut self) -> &mut dyn AttemptRepo {
        if self.ending.forgets() {
            return self;
        }
        self.inner.attempts()
    }
    fn jobs(&mut self) -> &mut dyn JobRepo {
        self.inner.jobs()
    }
    fn media(&mut self) -> &mut dyn MediaRepo {
        self.inner.media()
    }
    fn analytics(&mut self) -> &mut dyn AnalyticsRepo {
        self.inner.analytics()
    }
    fn words(&mut self) -> &mut dyn WordsRepo {
        self.inner.words()
    }
    fn outbox(&mut self) -> &mut dyn OutboxRepo {
        self.inner.outbox()
    }
    fn webhooks(&mut self) -> &mut dyn WebhookRepo {
        self.inner.webhooks()
    }
    fn people(&mut self) -> &mut dyn PersonRepo {
        self.inner.people()
    }
    fn sessions(&mut self) -> &mut dyn SessionRepo {
        self.inner.sessions()
    }
    fn invitations(&mut self) -> &mut dyn InvitationRepo {
        self.inner.invitations()
    }
    fn keys(&mut self) -> &mut dyn KeyRepo {
        self.inner.keys()
    }
    fn audit(&mut self) -> &mut dyn AuditRepo {
        self.inner.audit()
    }
    fn confirmations(&mut self) -> &mut dyn ConfirmationRepo {
        self.inner.confirmations()
    }
    fn choices(&mut self) -> &mut dyn ChoiceRepo {
        self.inner.choices()
    }
    fn uploads(&mut self) -> &mut dyn UploadRepo {
        self.inner.uploads()
    }
    fn series(&mut self) -> &mut dyn SeriesRepo {
        self.inner.series()
    }
    fn quiet(&mut self) -> &mut dyn QuietRepo {
        self.inner.quiet()
    }
    fn slots(&mut self) -> &mut dyn SlotRepo {
        self.inner.slots()
    }
    fn request_keys(&mut self) -> &mut dyn RequestKeyRepo {
        self.inner.request_keys()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.ending.commit(self.inner).await
    }
}

/// A journal that does not know what is on its way out.
#[async_trait]
impl AttemptRepo for Wrapped {
    async fn insert(&mut self, attempt: &Attempt) -> Result<(), StoreError> {
        self.inner.attempts().insert(attempt).await
    }

    async fn update(&mut self, attempt: &Attempt) -> Result<(), StoreError> {
        self.inner.attempts().update(attempt).await
    }

    async fn get(&mut self, ws: WorkspaceId, id: AttemptId) -> Result<Option<Attempt>, StoreError> {
        self.inner.attempts().get(ws, id).await
    }

    async fn of_delivery(
        &mut self,
        ws: WorkspaceId,
        delivery: DeliveryId,
    ) -> Result<Vec<Attempt>, StoreError> {
        let mut attempts = self.inner.attempts().of_delivery(ws, delivery).await?;
        attempts.retain(|attempt| attempt.state != AttemptState::Sending);
        Ok(attempts)
    }
}

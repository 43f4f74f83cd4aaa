//! Writing everything, page by page: memory does not grow with what there is.

use futures::TryStreamExt as _;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::line::{AccountRow, Base64, GrantRow, Header, Line, PersonRow, Piece, WorkspaceRow};
use super::{Archive, ArchiveError, VERSION};
use crate::domain::series::{OccurrenceRow, Series, Wall};
use crate::domain::{Asset, Delivery, JobTask, Workspace, WorkspaceId};
use crate::ports::{MessageFilter, PostFilter};

type Result<T> = std::result::Result<T, ArchiveError>;

/// How many rows are read at once.
const PAGE: u32 = 200;

/// How many bytes of a blob a line has.
const PIECE: usize = 256 << 10;

/// What an export holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportOptions {
    /// Tokens, data keys, secrets of webhooks, hashes of passwords and API keys: sealed or hashed
    /// as they are kept, never in the clear. They open with the key ring of this engine alone.
    /// Without them webhooks and API keys are left out, and people and accounts sign in again.
    pub secrets: bool,
    /// The bytes of uploaded media.
    pub media: bool,
}

impl Default for ExportOptions {
    fn default() -> Self {
        Self { secrets: false, media: true }
    }
}

/// Writes lines and counts them.
struct Writer<'a, W> {
    to: &'a mut W,
    lines: u64,
}

impl<W: AsyncWrite + Unpin + Send> Writer<'_, W> {
    async fn line(&mut self, line: &Line) -> Result<()> {
        let mut text = serde_json::to_vec(line).map_err(std::io::Error::other)?;
        text.push(b'\n');
        self.to.write_all(&text).await?;
        self.lines += 1;
        Ok(())
    }
}

impl Archive {
    /// Writes everything that the engine holds. Returns how many lines that are.
    ///
    /// It is read page by page, while others may write: for a copy of one instant let no worker run
    /// meanwhile, or use the database's own backup.
    ///
    /// # Errors
    /// Of the stores, or where `to` cannot be written.
    pub async fn export<W: AsyncWrite + Unpin + Send>(
        &self,
        options: &ExportOptions,
        to: &mut W,
    ) -> Result<u64> {
        let ExportOptions { secrets, media } = *options;
        let mut to = Writer { to, lines: 0 };
        let header = Header { form: VERSION, at: self.clock.now(), secrets, media };
        to.line(&Line::Header(header)).await?;
        let workspaces = self.store.read().await?.workspaces().list().await?;
        for workspace in workspaces {
            self.workspace(workspace, options, &mut to).await?;
        }
        to.line(&Line::End { lines: to.lines + 1 }).await?;
        to.to.flush().await?;
        Ok(to.lines)
    }

    async fn workspace<W: AsyncWrite + Unpin + Send>(
        &self,
        workspace: Workspace,
        options: &ExportOptions,
        to: &mut Writer<'_, W>,
    ) -> Result<()> {
        let ws = workspace.id;
        let secrets = options.secrets;
        to.line(&Line::Workspace(WorkspaceRow::of(workspace, secrets))).await?;
        let mut unit = self.store.read().await?;
        let (grants, accounts) = (unit.grants().list(ws).await?, unit.accounts().all(ws).await?);
        let (quiet, people) = (unit.quiet().list(ws).await?, unit.people().list(ws).await?);
        let keys = if secrets { unit.keys().list(ws).await? } else { Vec::new() };
        let mut slots = Vec::new();
        for account in &accounts {
            slots.extend(unit.slots().get(ws, account.id).await?);
        }
        drop(unit);
        for grant in grants {
            to.line(&Line::Grant(Box::new(GrantRow::of(grant, secrets)))).await?;
        }
        for account in accounts {
            to.line(&Line::Account(Box::new(AccountRow::of(account, secrets)))).await?;
        }
        for plan in slots {
            to.line(&Line::Slots(plan)).await?;
        }
        for plan in quiet {
            to.line(&Line::Quiet(plan)).await?;
        }
        for person in people {
            to.line(&Line::Person(Box::new(PersonRow::of(person, secrets)))).await?;
        }
        for key in keys {
            to.line(&Line::Key(Box::new(key.into()))).await?;
        }
        self.assets(ws, options.media, to).await?;
        self.series(ws, to).await?;
        self.posts(ws, to).await?;
        if secrets {
            self.webhooks(ws, to).await?;
        }
        self.jobs(ws, secrets, to).await?;
        self.record(ws, to).await
    }

    /// Who did what, oldest first: an import knows by that what is there.
    async fn record<W: AsyncWrite + Unpin + Send>(
        &self,
        ws: WorkspaceId,
        to: &mut Writer<'_, W>,
    ) -> Result<()> {
        let mut after = None;
        loop {
            let page = self.store.read().await?.audit().onward(ws, after, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(*last);
            for (_, entry) in page {
                to.line(&Line::Audit(entry)).await?;
            }
        }
    }

    async fn assets<W: AsyncWrite + Unpin + Send>(
        &self,
        ws: WorkspaceId,
        media: bool,
        to: &mut Writer<'_, W>,
    ) -> Result<()> {
        let mut before = None;
        loop {
            let page = self.store.read().await?.media().assets(ws, before, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            before = Some(last.id);
            for asset in page {
                if media {
                    self.blob(&asset, to).await?;
                }
                to.line(&Line::Asset(Box::new(asset))).await?;
            }
        }
    }

    /// The bytes of an asset, before its row: an asset that is there has its bytes.
    async fn blob<W: AsyncWrite + Unpin + Send>(
        &self,
        asset: &Asset,
        to: &mut Writer<'_, W>,
    ) -> Result<()> {
        let engine = |error: crate::ports::BlobError| ArchiveError::Engine(error.into());
        let mut chunks = self.blobs.read(&asset.key, 0..u64::MAX).await.map_err(engine)?;
        let (mut from, mut rest) = (0, Vec::new());
        loop {
            let chunk = chunks.try_next().await.map_err(engine)?;
            let over = chunk.is_none();
            rest.extend_from_slice(&chunk.unwrap_or_default());
            while rest.len() > PIECE || over {
                let bytes: Vec<u8> = rest.drain(..rest.len().min(PIECE)).collect();
                let (at, last) = (from, over && rest.is_empty());
                from += bytes.len() as u64;
                let piece = Piece { key: asset.key.clone(), from: at, bytes: Base64(bytes), last };
                to.line(&Line::Blob(piece)).await?;
                if last {
                    return Ok(());
                }
            }
        }
    }

    async fn series<W: AsyncWrite + Unpin + Send>(
        &self,
        ws: WorkspaceId,
        to: &mut Writer<'_, W>,
    ) -> Result<()> {
        let mut before = None;
        loop {
            let page = self.store.read().await?.series().list(ws, before, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            before = Some(last.id);
            for series in page {
                let rows = self.occurrences(&series);
                to.line(&Line::Series(Box::new(series.clone()))).await?;
                for row in rows.await? {
                    to.line(&Line::Occurrence(row)).await?;
                }
            }
        }
    }

    async fn occurrences(&self, series: &Series) -> Result<Vec<OccurrenceRow>> {
        let first = Wall::default().min(series.repeat.recurrence.from.into());
        let mut unit = self.store.read().await?;
        let (ws, id) = (series.workspace_id, series.id);
        Ok(unit.series().occurrences(ws, id, first, u32::MAX).await?)
    }

    async fn posts<W: AsyncWrite + Unpin + Send>(
        &self,
        ws: WorkspaceId,
        to: &mut Writer<'_, W>,
    ) -> Result<()> {
        let mut filter = PostFilter { limit: PAGE, ..PostFilter::default() };
        loop {
            let mut unit = self.store.read().await?;
            let page = unit.posts().list(ws, &filter).await?;
            let Some(last) = page.last() else { return Ok(()) };
            filter.before = Some(last.id);
            let mut posts = Vec::new();
            for post in page {
                let deliveries = unit.deliveries().of_post(ws, post.id).await?;
                posts.push((post, deliveries));
            }
            drop(unit);
            for (post, deliveries) in posts {
                to.line(&Line::Post(Box::new(post))).await?;
                for delivery in deliveries {
                    self.delivery(delivery, to).await?;
                }
            }
        }
    }

    async fn delivery<W: AsyncWrite + Unpin + Send>(
        &self,
        delivery: Delivery,
        to: &mut Writer<'_, W>,
    ) -> Result<()> {
        let (ws, id) = (delivery.workspace_id, delivery.id);
        let mut unit = self.store.read().await?;
        let attempts = unit.attempts().of_delivery(ws, id).await?;
        let numbers = unit.analytics().of_delivery(ws, id).await?;
        drop(unit);
        to.line(&Line::Delivery(Box::new(delivery))).await?;
        for attempt in attempts {
            to.line(&Line::Attempt(Box::new(attempt))).await?;
        }
        for snapshot in numbers {
            to.line(&Line::Snapshot(Box::new(snapshot))).await?;
        }
        Ok(())
    }

    async fn webhooks<W: AsyncWrite + Unpin + Send>(
        &self,
        ws: WorkspaceId,
        to: &mut Writer<'_, W>,
    ) -> Result<()> {
        let webhooks = self.store.read().await?.webhooks().list(ws).await?;
        for webhook in webhooks {
            let id = webhook.id;
            to.line(&Line::Webhook(Box::new(webhook))).await?;
            let mut filter = MessageFilter { limit: PAGE, ..MessageFilter::default() };
            loop {
                let mut unit = self.store.read().await?;
                let page = unit.webhooks().messages(ws, id, &filter).await?;
                drop(unit);
                let Some(last) = page.last() else { break };
                filter.before = Some(last.id);
                for message in page {
                    to.line(&Line::Message(Box::new(message))).await?;
                }
            }
        }
        Ok(())
    }

    async fn jobs<W: AsyncWrite + Unpin + Send>(
        &self,
        ws: WorkspaceId,
        secrets: bool,
        to: &mut Writer<'_, W>,
    ) -> Result<()> {
        let mut after = None;
        loop {
            let page = self.store.read().await?.jobs().list(ws, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some((last.due_at, last.id));
            for job in page {
                // Without secrets nobody is told, and no token renewed.
                let needs = matches!(job.task, JobTask::Webhook { .. } | JobTask::Refresh { .. });
                if secrets || !needs {
                    to.line(&Line::Job(job.into())).await?;
                }
            }
        }
    }
}

//! Reading an export. What is there already stays as it is, so it may be done again.

use std::collections::BTreeMap;
use std::io::Write as _;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _};

use super::line::{Line, Piece};
use super::{Archive, ArchiveError, VERSION};
use crate::Timestamp;
use crate::domain::{AuditEntry, WorkspaceId};
use crate::engine::Error;
use crate::ports::{BlobError, BlobKey, StoreError, UnitOfWork};

type Result<T> = std::result::Result<T, ArchiveError>;

/// How many rows are written in one transaction.
const BATCH: usize = 200;

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many rows were new.
    pub new: u64,
    /// How many were there already, and stayed as they are.
    pub known: u64,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// Blobs that come in pieces, each in a file until it is whole.
type Open = BTreeMap<BlobKey, (tempfile::NamedTempFile, u64)>;

impl Archive {
    /// Takes in what [`Archive::export`] wrote, by whatever store. Rows that are there already stay
    /// as they are: an import that broke off is done again from the start. What waits to be
    /// published is published by whoever works here: let nobody work on where it came from.
    ///
    /// # Errors
    /// [`ArchiveError`] says which; rows before the one at fault were taken in.
    pub async fn import<R: AsyncBufRead + Unpin + Send>(&self, from: &mut R) -> Result<Imported> {
        let mut lines = from.lines();
        let first = lines.next_line().await?.ok_or(ArchiveError::NoExport)?;
        let Ok(Line::Header(header)) = serde_json::from_str(&first) else {
            return Err(ArchiveError::NoExport);
        };
        if header.form > VERSION {
            return Err(ArchiveError::Newer { found: header.form });
        }
        let mut done = Imported::default();
        let mut open = Open::new();
        let mut batch = Vec::new();
        let mut number = 1;
        while let Some(text) = lines.next_line().await? {
            number += 1;
            let line: Line = serde_json::from_str(&text)
                .map_err(|error| ArchiveError::Line { number, why: error.to_string() })?;
            match line {
                Line::End { lines } if lines == number => {
                    self.write(&mut batch, &mut done).await?;
                    if !header.secrets {
                        done.notes.push(
                            "it came without secrets: connect the accounts again, let people \
                             choose new passwords, and make API keys and webhooks anew"
                                .to_owned(),
                        );
                    }
                    return Ok(done);
                }
                Line::Blob(piece) => self.piece(piece, number, &mut open).await?,
                line => {
                    // Entries of one instant come together, so that it is known which are there.
                    let goes_on = matches!((&line, batch.last()), (Line::Audit(next), Some(Line::Audit(last))) if next.at == last.at);
                    if batch.len() >= BATCH && !goes_on {
                        self.write(&mut batch, &mut done).await?;
                    }
                    batch.push(line);
                }
            }
        }
        // Of an instant that was cut through nothing is taken in, so that all of it comes next time.
        while matches!(batch.last(), Some(Line::Audit(_))) {
            batch.pop();
        }
        self.write(&mut batch, &mut done).await?;
        Err(ArchiveError::Cut(number))
    }

    /// Writes what was gathered, in one transaction.
    async fn write(&self, batch: &mut Vec<Line>, done: &mut Imported) -> Result<()> {
        let mut unit = self.store.begin().await?;
        let mut newest: BTreeMap<WorkspaceId, Option<Timestamp>> = BTreeMap::new();
        let (mut new, mut known) = (0, 0);
        for line in batch.drain(..) {
            let was_new = match line {
                Line::Audit(entry) => audit(&mut *unit, &mut newest, &entry).await?,
                line => self.row(&mut *unit, line, &mut done.notes).await?,
            };
            *if was_new { &mut new } else { &mut known } += 1;
        }
        unit.commit().await?;
        done.new += new;
        done.known += known;
        Ok(())
    }

    /// Writes a row, if it is not there. Whether it was not.
    async fn row(
        &self,
        unit: &mut dyn UnitOfWork,
        line: Line,
        notes: &mut Vec<String>,
    ) -> Result<bool> {
        match line {
            Line::Workspace(row) => {
                let fresh = self.sealer.new_data_key().map_err(Error::from)?;
                let row = row.into_row(fresh);
                if unit.workspaces().get(row.id).await?.is_some() {
                    return Ok(false);
                }
                unit.workspaces().insert(&row).await?;
            }
            Line::Grant(row) => {
                let row = row.into_row();
                let ws = row.workspace_id;
                let same = unit.grants().by_subject(ws, &row.platform, &row.subject).await?;
                if same.is_some() {
                    return Ok(false);
                }
                unit.grants().insert(&row).await?;
            }
            Line::Account(row) => {
                let row = row.into_row();
                if unit.accounts().get(row.workspace_id, row.id).await?.is_some() {
                    return Ok(false);
                }
                let all = unit.accounts().all(row.workspace_id).await?;
                let same = all
                    .iter()
                    .find(|it| (&it.platform, &it.remote_id) == (&row.platform, &row.remote_id));
                if let Some(same) = same {
                    notes.push(format!("{} is here as {}, which stays", row.id, same.id));
                    return Ok(false);
                }
                unit.accounts().upsert(&row).await?;
            }
            Line::Slots(plan) => {
                if unit.slots().get(plan.workspace_id, plan.account_id).await?.is_some() {
                    return Ok(false);
                }
                unit.slots().put(&plan).await?;
            }
            Line::Quiet(plan) => {
                let all = unit.quiet().list(plan.workspace_id).await?;
                if all.iter().any(|it| it.account_id == plan.account_id) {
                    return Ok(false);
                }
                unit.quiet().put(&plan).await?;
            }
            Line::Person(row) => {
                let person = row.into_row();
                let by_subject = match &person.subject {
                    Some(subject) => unit.people().by_subject(subject).await?,
                    None => None,
                };
                if by_subject.is_some() || unit.people().by_email(&person.email).await?.is_some() {
                    return Ok(false);
                }
                unit.people().insert(&person).await?;
            }
            Line::Key(row) => {
                let key = row.into_row();
                if unit.keys().by_hash(&key.hash).await?.is_some() {
                    return Ok(false);
                }
                unit.keys().insert(&key).await?;
            }
            Line::Job(row) => return Ok(unit.jobs().enqueue(&row.into()).await?),
            line => return content(unit, line).await,
        }
        Ok(true)
    }

    /// Puts a piece to those before it; the last one makes the blob.
    async fn piece(&self, piece: Piece, number: u64, open: &mut Open) -> Result<()> {
        let wrong = |why: &str| ArchiveError::Line { number, why: why.to_owned() };
        let key = piece.key;
        let (mut file, len) = match open.remove(&key) {
            Some(begun) => begun,
            None => (tempfile::NamedTempFile::new()?, 0),
        };
        if len != piece.from {
            return Err(wrong("a piece of this file is missing before it"));
        }
        file.write_all(&piece.bytes.0)?;
        if !piece.last {
            open.insert(key, (file, len + piece.bytes.0.len() as u64));
            return Ok(());
        }
        file.flush()?;
        let engine = |error: BlobError| ArchiveError::Engine(error.into());
        if self.blobs.len(&key).await.map_err(engine)?.is_none() {
            self.blobs.put_file(&key, file.path()).await.map_err(engine)?;
        }
        Ok(())
    }
}

/// Writes what authors made and what became of it.
async fn content(unit: &mut dyn UnitOfWork, line: Line) -> Result<bool> {
    match line {
        Line::Asset(row) => {
            let ws = row.workspace_id;
            if unit.media().asset_by_hash(ws, &row.hash).await?.is_some() {
                return Ok(false);
            }
            unit.media().insert_asset(&row).await?;
        }
        Line::Series(row) => {
            if unit.series().get(row.workspace_id, row.id).await?.is_some() {
                return Ok(false);
            }
            unit.series().insert(&row).await?;
        }
        Line::Occurrence(row) => {
            let (ws, id) = (row.workspace_id, row.series_id);
            if unit.series().occurrence(ws, id, row.wall).await?.is_some() {
                return Ok(false);
            }
            unit.series().put_occurrence(&row).await?;
        }
        Line::Post(row) => {
            if unit.posts().get(row.workspace_id, row.id).await?.is_some() {
                return Ok(false);
            }
            unit.posts().insert(&row).await?;
        }
        Line::Delivery(row) => {
            if unit.deliveries().get(row.workspace_id, row.id).await?.is_some() {
                return Ok(false);
            }
            unit.deliveries().insert(&row).await?;
        }
        Line::Attempt(row) => {
            if unit.attempts().get(row.workspace_id, row.id).await?.is_some() {
                return Ok(false);
            }
            unit.attempts().insert(&row).await?;
        }
        Line::Snapshot(row) => {
            let there = unit.analytics().of_delivery(row.workspace_id, row.delivery_id).await?;
            if there.iter().any(|it| it.taken_at == row.taken_at) {
                return Ok(false);
            }
            unit.analytics().put(&row).await?;
        }
        Line::Webhook(row) => {
            if unit.webhooks().get(row.workspace_id, row.id).await?.is_some() {
                return Ok(false);
            }
            unit.webhooks().insert(&row).await?;
        }
        Line::Message(row) => {
            if unit.webhooks().message(row.workspace_id, row.id).await?.is_some() {
                return Ok(false);
            }
            unit.webhooks().insert_message(&row).await?;
        }
        _ => {
            let detail = "a line that cannot stand there".to_owned();
            return Err(StoreError::Corrupt { table: "the export", detail }.into());
        }
    }
    Ok(true)
}

/// Adds to the record what is later than all of it: entries have no ids of their own.
async fn audit(
    unit: &mut dyn UnitOfWork,
    newest: &mut BTreeMap<WorkspaceId, Option<Timestamp>>,
    entry: &AuditEntry,
) -> Result<bool> {
    let ws = entry.workspace_id;
    let latest = match newest.get(&ws).copied() {
        Some(latest) => latest,
        None => {
            let latest = unit.audit().latest(ws, None, 1).await?;
            let latest = latest.first().map(|(_, latest)| latest.at);
            newest.insert(ws, latest);
            latest
        }
    };
    if latest.is_some_and(|latest| entry.at <= latest) {
        return Ok(false);
    }
    unit.audit().append(entry).await?;
    Ok(true)
}

//! Whether all that the engine stands on can be used: what `social doctor` asks.

use std::time::Duration;

use bytes::Bytes;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use super::{Error, Ports};
use crate::Timestamp;
use crate::domain::{GrantStatus, TokenSet, Workspace};
use crate::error::ErrorKind;
use crate::ports::{BlobKey, Clock as _, MediaSource, SystemClock};

/// What is due for longer waits for a worker that is not there.
const LATE: Duration = Duration::from_secs(60);

/// A worker asks for work every second.
const PULSE: Duration = Duration::from_secs(30);

/// Clocks that differ by more make posts late and tokens seem good.
const APART: Duration = Duration::from_secs(2);

/// What one part is like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which part: `store`, `queue`, `blobs`, `keys`, `clock`, `shared`, `media`, or a network.
    pub part: String,
    /// Whether it can be used.
    pub ok: bool,
    /// What was found.
    pub found: String,
    /// What to do, where it cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

impl Check {
    /// A part that can be used.
    pub fn good(part: impl Into<String>, found: impl Into<String>) -> Self {
        Self { part: part.into(), ok: true, found: found.into(), fix: None }
    }

    /// A part that cannot be used, and what to do.
    pub fn bad(part: impl Into<String>, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { part: part.into(), ok: false, found: found.into(), fix: Some(fix.into()) }
    }
}

/// Looks at all that the engine stands on. `clip` is a clip to read, by which it is known whether
/// media can be worked.
pub async fn checkup(ports: &Ports, clip: Bytes) -> Vec<Check> {
    let mut checks = vec![
        store(ports).await,
        queue(ports).await,
        blobs(ports).await,
        keys(ports).await,
        clock(ports),
        shared(ports).await,
        media(ports, clip).await,
    ];
    checks.extend(networks(ports).await);
    checks
}

async fn store(ports: &Ports) -> Check {
    let look = async {
        let mut unit = ports.store.begin().await?;
        let all = unit.workspaces().list().await?;
        // Written, and never committed: nothing changes.
        if let Some(first) = all.first() {
            unit.workspaces().set_data_key(first.id, &first.data_key).await?;
        }
        Ok::<_, Error>(all.len())
    };
    match look.await {
        Ok(count) => {
            Check::good("store", format!("opens, is up to date, takes writes; {count} workspaces"))
        }
        Err(error) => Check::bad(
            "store",
            error.to_string(),
            "Do as it says; see that the address is right, and that this user may write there.",
        ),
    }
}

async fn queue(ports: &Ports) -> Check {
    let now = ports.clock.now();
    let look = async {
        let backlog = ports.queue.backlog(now).await?;
        Ok::<_, Error>((backlog, ports.queue.last_claim().await?))
    };
    let (backlog, last) = match look.await {
        Ok(found) => found,
        Err(error) => {
            return Check::bad("queue", error.to_string(), "Mend the store first.");
        }
    };
    let asked = match last {
        Some(at) => format!("a worker asked last at {at}"),
        None => "no worker ever asked".to_owned(),
    };
    let waiting = format!("{} wait, {} run", backlog.waiting, backlog.running);
    let works = last.is_some_and(|at| now.since(at) <= PULSE);
    match backlog.oldest_due {
        Some(due) if now.since(due) > LATE && !works => Check::bad(
            "queue",
            format!("{} jobs are due, the oldest since {due}; {asked}", backlog.due),
            "Start a worker: `social serve`, or `social work` beside it.",
        ),
        Some(due) if now.since(due) > LATE => Check::bad(
            "queue",
            format!("{} jobs are due, the oldest since {due}, while {asked}", backlog.due),
            "Look at `social jobs list` and at the worker's log; start more workers.",
        ),
        Some(due) => {
            Check::good("queue", format!("{waiting}; the oldest due since {due}; {asked}"))
        }
        None => Check::good("queue", format!("{waiting}; nothing is due; {asked}")),
    }
}

/// Puts a blob, gets it and deletes it. How much room there is, where that is known.
///
/// # Errors
/// Of the blobs.
pub async fn try_blobs(ports: &Ports) -> Result<Option<u64>, Error> {
    let key = BlobKey::new("probe/ready")?;
    ports.blobs.put(&key, Bytes::from_static(b"ready")).await?;
    ports.blobs.get(&key).await?;
    ports.blobs.delete(&key).await?;
    Ok(ports.blobs.room().await?)
}

async fn blobs(ports: &Ports) -> Check {
    let reserve = ports.config.media_reserve;
    match try_blobs(ports).await {
        Ok(Some(room)) if room < reserve => Check::bad(
            "blobs",
            format!("{} MB are left on the disk of the media", room >> 20),
            format!("Make room: {} MB are kept free.", reserve >> 20),
        ),
        Ok(_) => Check::good("blobs", "put, got and deleted"),
        Err(error) => Check::bad(
            "blobs",
            error.to_string(),
            "See that the folder or bucket is there, and that this user may write to it.",
        ),
    }
}

/// Whether the data key of each workspace opens, and what is sealed with it.
async fn keys(ports: &Ports) -> Check {
    let look = async {
        let workspaces = ports.store.read().await?.workspaces().list().await?;
        for workspace in &workspaces {
            let secret = SecretString::from("ready");
            let sealed = ports.sealer.seal(&workspace.data_key, "probe", &secret)?;
            let opened = ports.sealer.open(&workspace.data_key, "probe", &sealed)?;
            if opened.expose_secret() != secret.expose_secret() {
                return Err(Error::Seal(crate::ports::SealError::Broken));
            }
            tokens(ports, workspace).await?;
        }
        Ok::<_, Error>(workspaces.len())
    };
    match look.await {
        Ok(count) => Check::good("keys", format!("the secrets of {count} workspaces open")),
        Err(error) => Check::bad(
            "keys",
            error.to_string(),
            "Put back the file `keys` that belongs to this database, from where it was saved.",
        ),
    }
}

async fn tokens(ports: &Ports, workspace: &Workspace) -> Result<(), Error> {
    let grants = ports.store.read().await?.grants().list(workspace.id).await?;
    for grant in grants.iter().filter(|grant| grant.status == GrantStatus::Active) {
        let place = format!("{}/access", grant.id);
        ports.sealer.open(&workspace.data_key, &place, &grant.access)?;
    }
    Ok(())
}

/// The clock that workers go by, which is the database's where it has one, against this machine's.
fn clock(ports: &Ports) -> Check {
    apart(ports.clock.now(), SystemClock::new().now())
}

fn apart(theirs: Timestamp, ours: Timestamp) -> Check {
    let by = if ours >= theirs { ours.since(theirs) } else { theirs.since(ours) };
    if by <= APART {
        return Check::good("clock", format!("{} ms from the store's", by.as_millis()));
    }
    let side = if ours > theirs { "ahead of" } else { "behind" };
    Check::bad(
        "clock",
        format!("this machine's is {:.1} s {side} the store's", by.as_secs_f64()),
        "Let NTP set the clocks of both machines (timedatectl set-ntp true).",
    )
}

async fn shared(ports: &Ports) -> Check {
    match ports.limiter.reach().await {
        Ok(()) => Check::good("shared", "quotas and wake-ups are within reach"),
        Err(error) => Check::bad(
            "shared",
            error.to_string(),
            "See that Redis runs at the address named; until then everything goes on, slower.",
        ),
    }
}

async fn media(ports: &Ports, clip: Bytes) -> Check {
    match ports.media.probe(&MediaSource::Bytes(clip)).await {
        Ok(probe) if probe.is_video() => Check::good("media", "clips and pictures are read"),
        Ok(_) => Check::bad("media", "a clip is not read as one", "Install the release anew."),
        Err(error) => Check::bad(
            "media",
            error.to_string(),
            "Put social-media-worker beside this program, or name it by SOCIAL_MEDIA_WORKER; it \
             needs the FFmpeg libraries of this system. Pictures and words work without it.",
        ),
    }
}

/// Whether each network answers at all: it is asked about a token that is none.
async fn networks(ports: &Ports) -> Vec<Check> {
    let none = TokenSet {
        access: "none".into(),
        refresh: None,
        expires_at: None,
        refresh_expires_at: None,
        scopes: Vec::new(),
    };
    let mut checks = Vec::new();
    for api in ports.platforms.iter() {
        let name = api.platform().to_string();
        checks.push(match api.validate(&none).await {
            Err(error)
                if matches!(error.kind, ErrorKind::Unavailable | ErrorKind::OutcomeUnknown) =>
            {
                let fix = format!(
                    "See that this machine reaches {} (name server, proxy, firewall); if others do \
                     not either, wait: posts go out once it is back.",
                    api.rules().name
                );
                Check::bad(name, causes(&error), fix)
            }
            _ => Check::good(name, "answers"),
        });
    }
    checks
}

/// An error with what it came from.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_are_apart_are_told_which_way() {
        let noon = Timestamp::from_secs(1_800_000_000);
        assert!(apart(noon, noon + Duration::from_secs(2)).ok);
        let ahead = apart(noon, noon + Duration::from_secs(90));
        assert!(!ahead.ok && ahead.found.contains("90.0 s ahead"), "{ahead:?}");
        let behind = apart(noon + Duration::from_secs(5), noon);
        assert!(!behind.ok && behind.found.contains("behind"), "{behind:?}");
    }
}

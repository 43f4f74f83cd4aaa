//! `social jobs`: the queue of a data folder or database, without a server.

use serde_json::{Value, json};
use social::core::domain::{JobId, ParkedJob, QueuedJob};

use crate::args::Jobs;
use crate::failure::Failure;
use crate::key::open;
use crate::output::Output;
use crate::remote::lines;

/// Who is on record for what is done at a prompt.
const ACTOR: &str = "operator";

/// Lists, retries or parks.
pub(crate) async fn run(action: Jobs) -> Result<(), Failure> {
    let (Jobs::List { at, .. } | Jobs::Retry { at, .. } | Jobs::Park { at, .. }) = &action;
    let output = Output::choose(at.json);
    let social = open(at, false).await?;
    let jobs = social.jobs().by(ACTOR);
    let ws = social.workspace();
    let answer = match action {
        Jobs::List { parked: true, limit, .. } => {
            let items = jobs.parked(ws, limit).await?;
            json!({ "items": items.iter().map(parked).collect::<Vec<_>>() })
        }
        Jobs::List { limit, .. } => {
            let items = jobs.list(ws, None, limit).await?;
            json!({ "items": items.iter().map(queued).collect::<Vec<_>>() })
        }
        Jobs::Retry { id, .. } => {
            let task = jobs.retry(ws, read(&id)?).await?;
            json!({ "id": id, "task": task.key(), "status": "waiting" })
        }
        Jobs::Park { id, why, .. } => {
            let task = jobs.park(ws, read(&id)?, &why).await?;
            json!({ "id": id, "task": task.key(), "status": "parked" })
        }
    };
    output.answer(&answer, lines);
    Ok(())
}

fn read(id: &str) -> Result<JobId, Failure> {
    id.parse().map_err(|error| Failure::input(format!("{error}")))
}

fn queued(job: &QueuedJob) -> Value {
    json!({
        "id": job.id,
        "status": if job.leased_until.is_some() { "running" } else { "waiting" },
        "task": job.task.key(),
        "platform": job.platform,
        "due_at": job.due_at,
        "begun": job.starts,
        "leased_until": job.leased_until,
    })
}

fn parked(job: &ParkedJob) -> Value {
    json!({
        "id": job.id,
        "status": "parked",
        "task": job.task.key(),
        "parked_at": job.parked_at,
        "story": job.story,
    })
}

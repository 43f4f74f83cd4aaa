//! `social series`: posts that come again.

use http::Method;
use serde_json::{Map, Value, json};

use super::{content, media, put};
use crate::args::{EditSeries, Repeat, Series, Server};
use crate::client::{Answer, Call, Client, Problem};

pub(super) fn server(action: &Series) -> &Server {
    match action {
        Series::List { server, .. } | Series::Quiet { server, .. } => server,
        Series::Get(one) | Series::Pause(one) | Series::Resume(one) => &one.server,
        Series::Edit(edit) => &edit.series.server,
        Series::Occurrence { series, .. }
        | Series::Skip { series, .. }
        | Series::End { series, .. } => &series.server,
    }
}

pub(super) async fn ask(client: &Client, action: Series) -> Result<Answer, Problem> {
    let call = match action {
        Series::List { cursor, .. } => Call::new(Method::GET, &["series"]).query("cursor", cursor),
        Series::Get(one) => Call::new(Method::GET, &["series", &one.id]),
        Series::Edit(edit) => return change(client, *edit).await,
        Series::Occurrence { series, occurrence } => {
            Call::new(Method::POST, &["series", &series.id, "occurrences", &occurrence])
        }
        Series::Skip { series, occurrence } => {
            Call::new(Method::DELETE, &["series", &series.id]).query("occurrence", Some(occurrence))
        }
        Series::Pause(one) => status(&one.id, "paused"),
        Series::Resume(one) => status(&one.id, "active"),
        Series::End { series, following } => {
            Call::new(Method::DELETE, &["series", &series.id]).query("following", following)
        }
        Series::Quiet { from: Some(from), until: Some(until), zone, account, .. } => {
            let hours =
                json!({ "from": from, "until": until, "zone": zone, "account_id": account });
            Call::new(Method::PUT, &["quiet-hours"]).json(&hours)
        }
        Series::Quiet { .. } => Call::new(Method::GET, &["quiet-hours"]),
    };
    client.send(call).await
}

async fn change(client: &Client, edit: EditSeries) -> Result<Answer, Problem> {
    let mut patch = content::changes(&edit.content).await?;
    media::name(client, &edit.content, &mut patch).await?;
    if !edit.to.is_empty() {
        patch.insert("platforms".into(), edit.to.into());
    }
    if let Some(recurrence) = recurrence(&edit.repeat)? {
        patch.insert("recurrence".into(), recurrence);
    }
    if patch.is_empty() {
        return Err(Problem::input(
            "nothing_to_change",
            "nothing was said that is to change",
            "Give --file, --to, --media, --override or --repeat.",
        ));
    }
    put(&mut patch, "following", edit.following);
    let call = Call::new(Method::PATCH, &["series", &edit.series.id]).json(&patch.into());
    client.send(call).await
}

fn status(id: &str, status: &str) -> Call {
    Call::new(Method::PATCH, &["series", id]).json(&json!({ "status": status }))
}

/// How a post comes again, as the API takes it.
pub(super) fn recurrence(repeat: &Repeat) -> Result<Option<Value>, Problem> {
    let Some(rhythm) = &repeat.repeat else { return Ok(None) };
    let mut body = Map::new();
    let kind = match rhythm.as_str() {
        kind @ ("daily" | "weekly" | "monthly") => kind,
        expression => {
            body.insert("cron".into(), expression.into());
            "cron"
        }
    };
    body.insert("kind".into(), kind.into());
    match kind {
        "weekly" => drop(body.insert("days".into(), repeat.on.clone().into())),
        "monthly" => {
            let day = repeat.on.first().and_then(|day| day.parse::<u8>().ok());
            let day = day.filter(|_| repeat.on.len() == 1).ok_or_else(|| {
                let fix = "Give --on 1, or another day up to 31.";
                Problem::input("day_missing", "it is not said on which day of the month", fix)
            })?;
            body.insert("day".into(), day.into());
        }
        _ => {}
    }
    body.extend(repeat.every.map(|every| ("every".to_owned(), every.into())));
    body.extend(repeat.jitter.map(|seconds| ("jitter_seconds".to_owned(), seconds.into())));
    let zone = repeat.zone.clone().unwrap_or_else(|| "UTC".to_owned());
    body.insert("zone".into(), zone.into());
    for (name, value) in [
        ("at", &repeat.at),
        ("from", &repeat.from),
        ("until", &repeat.until),
        ("missed", &repeat.missed),
    ] {
        put(&mut body, name, value.clone());
    }
    Ok(Some(body.into()))
}

//! The commands that ask a server.

mod content;
mod human;
mod media;
mod people;
mod report;
mod save;
mod series;
mod upload;
mod webhooks;

use serde_json::{Map, Value};

use crate::args::{Edit, MediaAction, Post, Remote, Server};
use crate::client::{Answer, Client, Problem, calls};
use crate::failure::Failure;
use crate::output::Output;
pub(crate) use human::{lines, printable};

/// For how many seconds `quick` waits for the outcome.
const QUICK: u32 = 10;

/// Asks, and prints the answer.
pub(crate) async fn run(command: Remote) -> Result<(), Failure> {
    let output = Output::choose(server(&command).json);
    match ask(command).await {
        Ok(answer) => {
            output.answer(&answer.body, lines);
            if answer.waits_for_a_person() { Err(Failure::said(3)) } else { Ok(()) }
        }
        Err(problem) => Err(Failure::problem(problem, output)),
    }
}

fn server(command: &Remote) -> &Server {
    match command {
        Remote::Post(options) | Remote::Quick(options) => &options.server,
        Remote::Posts(options) => &options.server,
        Remote::Get(options)
        | Remote::Retry(options)
        | Remote::Explain(options)
        | Remote::Approve(options) => &options.server,
        Remote::Edit(options) => &options.server,
        Remote::Cancel(options) => &options.server,
        Remote::Analytics(options) => &options.server,
        Remote::Account(options) => &options.server,
        Remote::Media(MediaAction::Add { server, .. }) => server,
        Remote::Media(MediaAction::Preview(asked)) => &asked.server,
        Remote::Audit(asked) => &asked.server,
        Remote::Preflight(options) => &options.server,
        Remote::Series(action) => series::server(action),
        Remote::People(action) => people::server(action),
        Remote::Webhooks(action) => webhooks::server(action),
        Remote::Accounts(server) | Remote::Platforms(server) | Remote::Keys(server) => server,
    }
}

async fn ask(command: Remote) -> Result<Answer, Problem> {
    let client = Client::new(server(&command))?;
    let call = match command {
        Remote::Post(options) => return post(&client, *options, None).await,
        Remote::Quick(options) => return post(&client, *options, Some(QUICK)).await,
        Remote::Edit(options) => return edit(&client, *options).await,
        Remote::Posts(list) => calls::posts([
            ("status", list.status),
            ("platform", list.platform),
            ("from", list.from),
            ("to", list.to),
            ("limit", list.limit.map(|limit| limit.to_string())),
            ("cursor", list.cursor),
            ("view", list.full.then(|| "full".to_owned())),
        ]),
        Remote::Get(one) => calls::post_by_id(&one.id, one.full),
        Remote::Cancel(cancel) => {
            calls::cancel(&cancel.id, cancel.remote, cancel.confirm.as_deref())
        }
        Remote::Retry(one) => calls::act(&one.id, "retry"),
        Remote::Explain(one) => calls::explain(&one.id),
        Remote::Approve(one) => calls::act(&one.id, "approve"),
        Remote::Analytics(asked) => return report::ask(&client, asked).await,
        Remote::Accounts(_) => calls::accounts(),
        Remote::Account(asked) => {
            let mut body = Map::new();
            put(&mut body, "action", Some(asked.action));
            let (platform, account) = match asked.platform {
                Some(named) => match named.split_once(':') {
                    Some((platform, id)) => (Some(platform.to_owned()), Some(id.to_owned())),
                    None => (Some(named), None),
                },
                None => (None, None),
            };
            put(&mut body, "platform", platform);
            put(&mut body, "account_id", account);
            put(&mut body, "confirm", asked.confirm);
            calls::account(&body.into())
        }
        Remote::Media(MediaAction::Add { path, resume, .. }) => {
            return upload::take_in(&client, &path, resume.as_deref()).await;
        }
        Remote::Media(MediaAction::Preview(asked)) => {
            return media::preview(&client, asked).await;
        }
        Remote::Audit(asked) => calls::audit([
            ("limit", asked.limit.map(|limit| limit.to_string())),
            ("cursor", asked.cursor),
        ]),
        Remote::Preflight(asked) => {
            let mut body = content::whole(&asked.content, &asked.to).await?;
            put(&mut body, "time", asked.time);
            media::name(&client, &asked.content, &mut body).await?;
            calls::preflight(&body.into())
        }
        Remote::Platforms(_) => calls::platforms(),
        Remote::Keys(_) => calls::keys(),
        Remote::Series(action) => return series::ask(&client, action).await,
        Remote::People(action) => people::call(action),
        Remote::Webhooks(action) => webhooks::call(action),
    };
    client.send(call).await
}

/// `post`, and `quick` where there is a time to wait.
async fn post(client: &Client, options: Post, quick: Option<u32>) -> Result<Answer, Problem> {
    if quick.is_some() && options.time.as_deref().is_some_and(|time| time != "now") {
        return Err(Problem::input(
            "time_contradicts",
            "`social quick` publishes now and takes no other --time",
            "Use `social post` for another time.",
        ));
    }
    let mut body = content::whole(&options.content, &options.to).await?;
    put(&mut body, "time", quick.map(|_| "now".to_owned()).or(options.time));
    if let Some(recurrence) = series::recurrence(&options.repeat)? {
        body.insert("recurrence".into(), recurrence);
    }
    put(&mut body, "confirm", options.confirm);
    put(&mut body, "campaign", options.campaign);
    body.extend(options.undo.map(|seconds| ("undo_seconds".to_owned(), seconds.into())));
    for (name, set) in [
        ("draft", options.draft),
        ("dry_run", options.dry_run),
        ("allow_duplicate", options.allow_duplicate),
    ] {
        if set {
            body.insert(name.to_owned(), true.into());
        }
    }
    media::name(client, &options.content, &mut body).await?;
    let key = options.idempotency_key.as_deref();
    client.send(calls::post(&body.into(), key, options.wait.or(quick))).await
}

async fn edit(client: &Client, options: Edit) -> Result<Answer, Problem> {
    let mut patch = content::changes(&options.content).await?;
    put(&mut patch, "time", options.time);
    if options.submit {
        patch.insert("draft".to_owned(), false.into());
    }
    media::name(client, &options.content, &mut patch).await?;
    if patch.is_empty() {
        return Err(Problem::input(
            "nothing_to_change",
            "nothing was said that is to change",
            "Give --file, --time, --media, --override or --submit.",
        ));
    }
    put(&mut patch, "confirm", options.confirm);
    let revision = match options.if_match {
        Some(revision) => Some(revision),
        None => calls::revision(client, &options.id).await?,
    };
    client.send(calls::edit(&options.id, revision.as_deref(), &patch.into())).await
}

fn put(body: &mut Map<String, Value>, name: &str, value: Option<String>) {
    body.extend(value.map(|value| (name.to_owned(), value.into())));
}

//! The questions of the contract, each a function: the command and the tools ask the same ones.

pub(crate) use social::http::call::{
    account, accounts, act, analytics, audit, begin_upload, cancel, edit, explain, invite, keys,
    media, media_by_id, media_preview, people, person, platforms, post, post_by_id, posts,
    preflight, reset_password, upload, upload_piece,
};

use super::{Client, Problem};

/// The revision that a post is at now, for an edit that was not told which one it means.
pub(crate) async fn revision(client: &Client, id: &str) -> Result<Option<String>, Problem> {
    let now = client.send(post_by_id(id, false)).await?;
    Ok(now.body["etag"].as_str().map(str::to_owned))
}

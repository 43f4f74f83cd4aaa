//! The Graph API: what Facebook and Instagram share.

pub(crate) mod auth;
pub(crate) mod errors;
pub(crate) mod fields;
pub(crate) mod login;
pub(crate) mod oauth;
pub(crate) mod paging;
mod routes;
pub(crate) mod rupload;
mod tokens;
pub(crate) mod usage;

use serde_json::json;

pub(crate) use routes::route;

use crate::call::Call;
use crate::network::Network;
use crate::operations as op;
use crate::reply::{self, Answer, with_header};
use crate::routing::Route;
use crate::state::State;
use crate::{facebook, instagram};
use errors::{GraphError, GraphResult, trace};

/// The version whose shapes are simulated.
pub(crate) const VERSION: &str = "v26.0";

pub(crate) fn run(state: &mut State, call: &Call, route: &Route) -> Answer {
    let id = route.id.as_str();
    match route.operation {
        op::FB_DIALOG => return oauth::dialog(state, call),
        op::IG_DIALOG => return login::dialog(state, call),
        op::IG_TOKEN => return login::token(state, call),
        op::FB_RUPLOAD | op::IG_RUPLOAD => return rupload::upload(state, call, id),
        _ => {}
    }
    let counted = usage::count(state, call, route);
    let refusal = counted.as_ref().and_then(usage::Counted::refusal);
    let result = match refusal {
        Some(refusal) => Err(refusal),
        None => perform(state, call, route, id),
    };
    let answer = match result {
        Ok(answer) => answer,
        Err(mut error) => {
            if call.host == "instagram-graph" {
                error.kind = "IGApiException";
            }
            error.answer(state)
        }
    };
    let answer = match counted {
        Some(counted) => counted.told(answer, state.cfg.meta.usage_told_from),
        None => answer,
    };
    let trace_id = trace(state);
    let version = spoken(state, call);
    with_header(with_header(answer, "facebook-api-version", &version), "x-fb-trace-id", &trace_id)
}

fn perform(state: &mut State, call: &Call, route: &Route, id: &str) -> GraphResult {
    match route.operation {
        op::IG_LONG => login::long(state, call, id),
        op::FB_TOKEN => oauth::token(state, call),
        op::FB_DEBUG_TOKEN => tokens::debug(state, call),
        op::FB_ME => tokens::me(state, call),
        op::FB_ACCOUNTS => tokens::accounts(state, call),
        op::FB_PERMISSIONS => tokens::permissions(state, call),
        op::FB_REVOKE => tokens::revoke(state, call),
        op::FB_UNKNOWN => unknown(state, call, id),
        _ if route.network == Network::Instagram => instagram::run(state, call, route),
        _ => facebook::run(state, call, route),
    }
}

/// The version that answers: the one asked for, or, where that has ended or none is named, the
/// oldest that has not.
fn spoken(state: &State, call: &Call) -> String {
    let oldest = state.cfg.meta.oldest_version;
    let number = |part: &String| part.strip_prefix('v')?.split('.').next()?.parse::<u32>().ok();
    let asked = call.path.first().and_then(number).unwrap_or(oldest);
    format!("v{}.0", asked.max(oldest))
}

fn unknown(state: &State, call: &Call, id: &str) -> GraphResult {
    auth::viewer(state, call)?;
    if call.path.is_empty() || id.is_empty() {
        return Err(GraphError::new(2500, "(#2500) Unknown path components"));
    }
    Err(GraphError::unreachable(call.method.as_str(), id))
}

/// The addresses whose media the operation makes Meta fetch.
pub(crate) fn addresses(call: &Call, route: &Route) -> Vec<String> {
    let names: &[&str] = match route.operation {
        op::IG_MEDIA_CREATE => &["image_url", "video_url", "cover_url"],
        op::FB_PHOTO => &["url"],
        op::FB_VIDEO => &["file_url"],
        op::IG_RUPLOAD | op::FB_RUPLOAD => {
            return call.header("file_url").map(str::to_owned).into_iter().collect();
        }
        _ => &[],
    };
    names.iter().filter_map(|name| call.params.filled(name)).map(str::to_owned).collect()
}

pub(crate) fn server_error(state: &mut State, status: u16) -> Answer {
    let mut error = GraphError::new(
        1,
        "An unknown error has occurred. This error is often transient, please retry.",
    )
    .status(status);
    error.transient = true;
    error.answer(state)
}

/// The business use case limits: 80001 on pages, 80002 on Instagram.
/// <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>
pub(crate) fn rate_limited(state: &mut State, route: &Route, minutes: u32) -> Answer {
    let (code, kind) = match route.network {
        Network::Instagram => (80_002, "instagram"),
        _ => (80_001, "pages"),
    };
    let message = format!(
        "(#{code}) There have been too many calls to this account. Wait a bit and try again. For \
         more info, please refer to https://developers.facebook.com/docs/graph-api/overview/\
         rate-limiting."
    );
    let object = if route.id.is_empty() { "0" } else { route.id.as_str() };
    let usage = json!({ object: [{
        "type": kind,
        "call_count": 100,
        "total_cputime": 40,
        "total_time": 55,
        "estimated_time_to_regain_access": minutes,
    }] });
    let answer = GraphError::new(code, message).answer(state);
    with_header(answer, "x-business-use-case-usage", &usage.to_string())
}

pub(crate) fn success() -> GraphResult {
    Ok(reply::json(200, &json!({ "success": true })))
}

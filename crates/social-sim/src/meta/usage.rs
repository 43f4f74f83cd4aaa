//! How much an app asks: counted over a rolling hour and day, told in headers, and refused beyond.
//! <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde_json::json;
use social_core::Timestamp;

use super::errors::GraphError;
use crate::call::Call;
use crate::network::Network;
use crate::reply::{Answer, with_header};
use crate::routing::Route;
use crate::state::State;
use crate::tokens::DAY;

const HOUR: Duration = Duration::from_secs(3600);

/// When each app, and each app for one Page or account, called.
#[derive(Debug, Default)]
pub(crate) struct Calls(BTreeMap<String, VecDeque<Timestamp>>);

/// Where a call counts, and how much of that is used up with it.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    /// The Page or account; none: the app.
    object: Option<String>,
    network: Network,
    percent: u32,
    /// In how many minutes the oldest call is forgotten.
    regained: u64,
}

/// Counts a call that carries a token. Calls with a Page's token count for the Page alone.
pub(super) fn count(state: &mut State, call: &Call, route: &Route) -> Option<Counted> {
    if !matches!(call.host.as_str(), "graph" | "graph-video" | "instagram-graph") {
        return None;
    }
    let token = state.tokens.access.get(call.token()?)?;
    let object = token.page.clone();
    let (key, most, span) = match &object {
        // Instagram behind a Page counts for itself.
        Some(page) => {
            let key = format!("{}/{page}/{}", token.client, route.network);
            (key, state.cfg.meta.account_calls_per_day, DAY)
        }
        None => (token.client.clone(), state.cfg.meta.app_calls_per_hour, HOUR),
    };
    let seen = state.meta_calls.0.entry(key).or_default();
    while seen.front().is_some_and(|at| *at + span <= call.now) {
        seen.pop_front();
    }
    // What is refused counts too: asking on makes the block longer.
    seen.push_back(call.now);
    let used = u32::try_from(seen.len()).unwrap_or(u32::MAX);
    let oldest = seen.front().copied().unwrap_or(call.now);
    let left = (oldest + span).since(call.now).as_secs();
    Some(Counted {
        object,
        network: route.network,
        percent: used.saturating_mul(100) / most.max(1),
        regained: left.div_ceil(60),
    })
}

impl Counted {
    /// Why the call is refused, where too many came before.
    pub(super) fn refusal(&self) -> Option<GraphError> {
        if self.percent <= 100 {
            return None;
        }
        let code = match (&self.object, self.network) {
            (None, _) => 4,
            (Some(_), Network::Instagram) => 80_002,
            (Some(_), _) => 80_001,
        };
        let text = format!("(#{code}) There have been too many calls. Wait a bit and try again.");
        Some(GraphError::new(code, text))
    }

    /// The answer with what it tells of how much is used, once that is worth telling.
    pub(super) fn told(&self, answer: Answer, from: u32) -> Answer {
        if self.percent < from || answer.headers().contains_key("x-business-use-case-usage") {
            return answer;
        }
        let percent = self.percent.min(100);
        let (time, cputime) = (percent / 2, percent / 3);
        let Some(object) = &self.object else {
            let usage =
                json!({"call_count": percent, "total_time": time, "total_cputime": cputime});
            return with_header(answer, "x-app-usage", &usage.to_string());
        };
        let kind = if self.network == Network::Instagram { "instagram" } else { "pages" };
        let wait = if self.percent > 100 { self.regained } else { 0 };
        let usage = json!({ object: [{
            "type": kind,
            "call_count": percent,
            "total_cputime": cputime,
            "total_time": time,
            "estimated_time_to_regain_access": wait,
        }] });
        with_header(answer, "x-business-use-case-usage", &usage.to_string())
    }
}

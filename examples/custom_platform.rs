//! A fifth network, against the public traits: a notice board with one call that publishes and one
//! that lists. That is enough to publish exactly once.

use std::sync::Arc;

use async_trait::async_trait;
use examples::town::{Notice, Town, citizen, notice};
use serde::{Deserialize, Serialize};
use serde_json::json;
use social::core::domain::{Metrics, Published, TokenSet};
use social::core::flow::{CommitTrace, Effect, FlowContext, FlowState, Step};
use social::core::ports::{
    AccountAuth, AccountInfo, Body, Capabilities, Clock, PlatformApi, Request, Response,
    SignInCode, SignInRequest, SignedIn, Transport,
};
use social::core::rules::{KindRule, Rules, TextRule, TextUnit};
use social::core::{ErrorKind, PlatformError, Timestamp};
use social::{Platform, PostKind};
use url::Url;

/// Where publishing, or finding out about it, stands: written down between any two steps.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
enum Flow {
    /// The notice is pinned up: the Commit.
    Pin,
    /// It is up.
    Done { id: String, seen: Timestamp },
    /// Is it? The board tells.
    Look { since: Timestamp },
    /// It is not: pin it up.
    Absent,
}

/// The client of the board.
#[derive(Debug)]
pub(crate) struct Board {
    rules: Rules,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

impl Board {
    pub(crate) fn new(
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, String> {
        let text = TextRule {
            max: 280,
            unit: TextUnit::Chars,
            required: true,
            max_hashtags: None,
            max_mentions: None,
            max_alt: None,
        };
        let kinds = vec![KindRule { kind: PostKind::Text, text, items: 0..=0, media: None }];
        let platform: Platform = "board".parse().map_err(|error| format!("{error}"))?;
        let rules = Rules {
            platform,
            name: "Notice board".into(),
            kinds,
            posts_per_day: None,
            quotas: Vec::new(),
            prepare_ahead: std::time::Duration::from_secs(60),
            source: "https://board.example/api".into(),
        };
        Ok(Self { rules, transport, clock })
    }

    fn error(&self, kind: ErrorKind, detail: impl Into<String>) -> PlatformError {
        PlatformError::new(self.rules.platform.clone(), kind, detail)
    }

    fn request(
        &self,
        method: &str,
        auth: &AccountAuth,
        body: String,
    ) -> Result<Request, PlatformError> {
        use secrecy::ExposeSecret as _;
        http::Request::builder()
            .method(method)
            .uri("https://board.example/notices")
            .header("authorization", format!("Bearer {}", auth.token.expose_secret()))
            .body(Body::from(body))
            .map_err(|error| self.error(ErrorKind::Rejected, error.to_string()))
    }

    fn stored(&self, flow: &Flow) -> Result<FlowState, PlatformError> {
        FlowState::of(&self.rules.platform, flow)
    }
}

#[async_trait]
impl PlatformApi for Board {
    fn rules(&self) -> &Rules {
        &self.rules
    }
    fn capabilities(&self) -> Capabilities {
        Capabilities::NONE
    }
    fn transport(&self) -> &Arc<dyn Transport> {
        &self.transport
    }
    fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    fn begin(&self, _: &FlowContext<'_>) -> Result<FlowState, PlatformError> {
        self.stored(&Flow::Pin)
    }

    fn next(&self, cx: &FlowContext<'_>, state: &FlowState) -> Result<Step, PlatformError> {
        Ok(match state.to(&self.rules.platform)? {
            Flow::Pin => {
                let body = json!({ "text": cx.content.text }).to_string();
                Step::send("board.pin", Effect::Commit, self.request("POST", cx.auth, body)?)
            }
            Flow::Look { .. } => {
                Step::send("board.list", Effect::Read, self.request("GET", cx.auth, String::new())?)
            }
            Flow::Done { id, seen } => {
                Step::Done(Published { remote_id: Some(id), permalink: None, at: seen })
            }
            Flow::Absent => Step::Absent(self.stored(&Flow::Pin)?),
        })
    }

    fn advance(
        &self,
        cx: &FlowContext<'_>,
        state: &FlowState,
        response: &Response,
    ) -> Result<FlowState, PlatformError> {
        let flow: Flow = state.to(&self.rules.platform)?;
        if !response.status().is_success() {
            // Of a Commit only a definite no may be told apart from "nobody knows".
            let unsure = matches!(flow, Flow::Pin) && response.status().is_server_error();
            let kind = if unsure { ErrorKind::OutcomeUnknown } else { ErrorKind::Rejected };
            return Err(self.error(kind, format!("the board says {}", response.status())));
        }
        let notices: Vec<Notice> = serde_json::from_slice(response.body())
            .map_err(|_| self.error(ErrorKind::OutcomeUnknown, "the board speaks in riddles"))?;
        let since = if let Flow::Look { since } = flow { Some(since) } else { None };
        let mine = |it: &&Notice| since <= Some(it.at) && it.text == cx.content.text;
        self.stored(&match notices.iter().rev().find(mine) {
            Some(notice) => Flow::Done { id: notice.id.clone(), seen: cx.now },
            None => Flow::Absent,
        })
    }

    fn reconcile(
        &self,
        _: &FlowContext<'_>,
        _: &FlowState,
        trace: &CommitTrace,
    ) -> Result<FlowState, PlatformError> {
        self.stored(&Flow::Look { since: trace.first_sent_at })
    }

    fn sign_in_url(&self, _: &SignInRequest) -> Result<Url, PlatformError> {
        Err(self.error(ErrorKind::Unsupported, "the board has no sign-in"))
    }
    async fn authenticate(&self, _: &SignInCode) -> Result<SignedIn, PlatformError> {
        Err(self.error(ErrorKind::Unsupported, "the board has no sign-in"))
    }
    async fn refresh(&self, tokens: &TokenSet) -> Result<TokenSet, PlatformError> {
        Ok(tokens.clone())
    }
    async fn validate(&self, _: &TokenSet) -> Result<bool, PlatformError> {
        Ok(true)
    }
    async fn revoke(&self, _: &TokenSet) -> Result<(), PlatformError> {
        Ok(())
    }
    async fn account_info(&self, auth: &AccountAuth) -> Result<AccountInfo, PlatformError> {
        Ok(AccountInfo { name: auth.remote_id.clone(), ..AccountInfo::default() })
    }
    async fn post_analytics(&self, _: &AccountAuth, _: &str) -> Result<Metrics, PlatformError> {
        Ok(Metrics::default())
    }
    async fn permalink(&self, _: &AccountAuth, _: &str) -> Result<Option<Url>, PlatformError> {
        Ok(None)
    }
    async fn delete_post(&self, _: &AccountAuth, _: &str) -> Result<(), PlatformError> {
        Err(self.error(ErrorKind::Unsupported, "take it down by hand"))
    }
}

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clock: Arc<dyn Clock> = Arc::new(social::core::ports::SystemClock::new());
    let town = Arc::new(Town::new(clock.clone()));
    let board = Board::new(town.clone(), clock)?;
    // In an app: Social::builder().platform(Arc::new(board)), and the engine does the rest.
    let published = board.post_content(&citizen(), &notice("Market on Saturday")).await?;
    assert_eq!((published.remote_id.as_deref(), town.count()), (Some("0"), 1));
    Ok(())
}

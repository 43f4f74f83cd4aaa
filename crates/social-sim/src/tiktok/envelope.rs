//! The envelope of every answer: `error` is always there, also when all is well.
//! <https://developers.tiktok.com/doc/tiktok-api-v2-error-handling>

use serde_json::{Value, json};

use crate::reply::{self, Answer};
use crate::state::State;

/// An error as TikTok tells it.
#[derive(Debug, Clone)]
pub(crate) struct TtError {
    status: u16,
    code: &'static str,
    message: String,
}

pub(crate) type TtResult = Result<Value, TtError>;

impl TtError {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub(crate) fn param(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_param", message)
    }

    pub(crate) fn answer(&self, state: &mut State) -> Answer {
        let code = match self.code {
            "invalid_param" if state.cfg.tiktok.general_codes => "invalid_params",
            code => code,
        };
        let body = json!({
            "data": {},
            "error": {"code": code, "message": self.message, "log_id": log_id(state)},
        });
        reply::json(self.status, &body)
    }
}

pub(crate) fn log_id(state: &mut State) -> String {
    let secret = state.ids.secret("log").to_uppercase();
    format!("20261123{}", secret.get(..26).unwrap_or(&secret))
}

pub(crate) fn ok(state: &mut State, data: &Value) -> Answer {
    let error = json!({"code": "ok", "message": "", "log_id": log_id(state)});
    let body = if data.is_null() {
        json!({ "error": error })
    } else {
        json!({"data": data, "error": error})
    };
    reply::json(200, &body)
}

pub(crate) fn too_fast() -> TtError {
    TtError::new(429, "rate_limit_exceeded", "The API rate limit was exceeded. Please try later.")
}

pub(crate) fn rate_limited(state: &mut State) -> Answer {
    too_fast().answer(state)
}

pub(crate) fn server_error(state: &mut State, status: u16) -> Answer {
    TtError::new(status, "internal_error", "Something went wrong. Please try again later.")
        .answer(state)
}

//! Error bodies of the Graph API.
//! <https://developers.facebook.com/docs/graph-api/guides/error-handling>

use serde_json::{Value, json};

use crate::reply::{self, Answer};
use crate::state::State;

/// An error as the Graph API tells it.
#[derive(Debug, Clone)]
pub(crate) struct GraphError {
    pub status: u16,
    pub code: i64,
    pub subcode: Option<i64>,
    pub message: String,
    pub kind: &'static str,
    pub transient: bool,
    pub user: Option<Box<(String, String)>>,
    pub data: Option<Value>,
}

pub(crate) type GraphResult = Result<Answer, GraphError>;

impl GraphError {
    pub(crate) fn new(code: i64, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            code,
            subcode: None,
            message: message.into(),
            kind: "OAuthException",
            transient: false,
            user: None,
            data: None,
        }
    }

    pub(crate) fn sub(mut self, subcode: i64) -> Self {
        self.subcode = Some(subcode);
        self
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn told(mut self, title: &str, text: &str) -> Self {
        self.user = Some(Box::new((title.to_owned(), text.to_owned())));
        self
    }

    pub(crate) fn param(message: impl std::fmt::Display) -> Self {
        Self::new(100, format!("(#100) {message}"))
    }

    pub(crate) fn missing(name: &str) -> Self {
        Self::param(format_args!("The parameter {name} is required."))
    }

    /// Unknown and forbidden look the same from outside.
    pub(crate) fn unreachable(method: &str, id: &str) -> Self {
        let mut error = Self::new(
            100,
            format!(
                "Unsupported {} request. Object with ID '{id}' does not exist, cannot be loaded \
                 due to missing permissions, or does not support this operation. Please read the \
                 Graph API documentation at https://developers.facebook.com/docs/graph-api",
                method.to_ascii_lowercase()
            ),
        )
        .sub(33);
        error.kind = "GraphMethodException";
        error
    }

    pub(crate) fn token(subcode: Option<i64>, message: &str) -> Self {
        Self { subcode, ..Self::new(190, message) }
    }

    pub(crate) fn permission(code: i64) -> Self {
        let text = format!("(#{code}) Application does not have permission for this action");
        Self::new(code, text).status(403)
    }

    pub(crate) fn answer(&self, state: &mut State) -> Answer {
        let mut error = json!({
            "message": self.message,
            "type": self.kind,
            "code": self.code,
            "fbtrace_id": trace(state),
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
            error["is_transient"] = self.transient.into();
        } else if self.transient {
            error["is_transient"] = true.into();
        }
        if let Some(told) = &self.user {
            let (title, text) = told.as_ref();
            error["error_user_title"] = title.as_str().into();
            error["error_user_msg"] = text.as_str().into();
        }
        if let Some(data) = &self.data {
            error["error_data"] = data.clone();
        }
        reply::json(self.status, &json!({ "error": error }))
    }
}

pub(crate) fn trace(state: &mut State) -> String {
    let secret = state.ids.secret("fbtrace");
    format!("A{}", secret.get(..20).unwrap_or(&secret))
}

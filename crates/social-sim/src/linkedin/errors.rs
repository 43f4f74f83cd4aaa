//! Error bodies of LinkedIn.
//! <https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling>

use serde_json::{Value, json};

use crate::reply::{self, Answer};

/// An error as LinkedIn tells it.
#[derive(Debug, Clone)]
pub(crate) struct LiError {
    status: u16,
    body: Value,
}

pub(crate) type LiResult = Result<Answer, LiError>;

impl LiError {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        let message: String = message.into();
        Self { status, body: json!({"status": status, "code": code, "message": message}) }
    }

    pub(crate) fn service(mut self, code: u32) -> Self {
        self.body["serviceErrorCode"] = code.into();
        self
    }

    /// A body that breaks the schema: one `ERROR ::` line each.
    pub(crate) fn schema(lines: &[String]) -> Self {
        let message: String = lines.iter().map(|line| format!("ERROR :: {line}\n")).collect();
        Self { status: 422, body: json!({"message": message, "status": 422}) }
    }

    /// The duplicate, which names the post that is live.
    pub(crate) fn duplicate(urn: &str) -> Self {
        let message = format!(
            "com.linkedin.content.common.exception.BadRequestResponseException: Content is a \
             duplicate of {urn}"
        );
        let inputs = json!([{
            "description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST",
        }]);
        Self {
            status: 422,
            body: json!({
                "errorDetailType": "com.linkedin.common.error.BadRequest",
                "message": message,
                "errorDetails": {"inputErrors": inputs},
                "status": 422,
            }),
        }
    }

    /// The same in the form that also occurs.
    pub(crate) fn short_duplicate(urn: &str) -> Self {
        let message = format!("Content is a duplicate of {urn}");
        Self { status: 422, body: json!({"message": message, "status": 422}) }
    }

    /// Too many requests of a day; no header says how long to wait, the level in the text does.
    pub(crate) fn day_is_full(level: &str) -> Self {
        let message = format!(
            "Resource level throttle {level} DAY limit for calls to this resource is reached."
        );
        Self::new(429, "TOO_MANY_REQUESTS", message).service(101)
    }

    /// A value that no schema forbids and the service does.
    pub(crate) fn input(code: &str, path: &str, message: &str) -> Self {
        let input = json!({
            "description": message,
            "input": {"inputPath": {"fieldPath": path}},
            "code": code,
        });
        Self {
            status: 400,
            body: json!({
                "errorDetailType": "com.linkedin.common.error.BadRequest",
                "code": code,
                "message": message,
                "errorDetails": {"inputErrors": [input]},
                "status": 400,
            }),
        }
    }

    pub(crate) fn denied(resource: &str, method: &str, version: &str) -> Self {
        let version =
            if version.is_empty() { "NO_VERSION".to_owned() } else { format!("{version}01") };
        let text = format!("Not enough permissions to access: {resource}.{method}.{version}");
        Self::new(403, "ACCESS_DENIED", text).service(100)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(404, "NOT_FOUND", format!("Could not find entity {what}"))
    }

    pub(crate) fn answer(&self) -> Answer {
        reply::json(self.status, &self.body)
    }
}

/// Too many requests of the app.
pub(crate) fn rate_limited() -> Answer {
    LiError::day_is_full("APPLICATION").answer()
}

pub(crate) fn server_error(status: u16) -> Answer {
    let (code, message) = match status {
        503 => ("SERVICE_UNAVAILABLE", "Service Unavailable"),
        504 => ("GATEWAY_TIMEOUT", "Gateway Timeout"),
        _ => ("INTERNAL_SERVER_ERROR", "Internal Server Error"),
    };
    LiError::new(status, code, message).answer()
}

//! What the API answered.

use http::StatusCode;
use serde_json::Value;
use social::core::ports::Response;
use social::http::call;

use super::Problem;

/// What the API answered, and was no problem.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) body: Value,
}

impl Answer {
    pub(super) fn read(response: &Response) -> Result<Self, Problem> {
        let (status, bytes) = (response.status(), response.body());
        let body = call::read(response.headers(), bytes);
        let mut body = body.ok_or_else(|| foreign(status))?;
        if let Value::Object(fields) = &mut body {
            call::tell(response.headers(), fields);
        }
        if status.is_success() {
            return Ok(Self { body });
        }
        if !body.get("code").is_some_and(Value::is_string) {
            return Err(foreign(status));
        }
        Err(Problem::of_server(status, body))
    }

    /// Whether a person must do something before it goes on.
    pub(crate) fn waits_for_a_person(&self) -> bool {
        matches!(self.body["status"].as_str(), Some("pending_approval" | "action_required"))
    }
}

/// Something else than this API answered: a proxy, or another program at the address.
fn foreign(status: StatusCode) -> Problem {
    let detail = format!("status {status} with a body that is not the API's");
    let fix = "Check SOCIAL_BASE_URL: something else than `social serve` answers there.";
    if status.is_server_error() {
        Problem::later("unavailable", detail, fix)
    } else {
        Problem::input("not_the_api", detail, fix)
    }
}

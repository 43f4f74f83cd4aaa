//! What went wrong, in the API's own form, and the exit code that says who must act.

use http::StatusCode;
use serde_json::{Value, json};

/// What went wrong: always with `code`, `detail`, `fix` and `retryable`.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    status: Option<StatusCode>,
    body: Value,
}

impl Problem {
    /// What the server said.
    pub(super) fn of_server(status: StatusCode, body: Value) -> Self {
        Self { status: Some(status), body }
    }

    /// Found here: the input must be changed.
    pub(crate) fn input(code: &str, detail: impl Into<String>, fix: &str) -> Self {
        Self::own(code, &detail.into(), fix, false)
    }

    /// Found here: trying again later may help.
    pub(crate) fn later(code: &str, detail: impl Into<String>, fix: &str) -> Self {
        Self::own(code, &detail.into(), fix, true)
    }

    fn own(code: &str, detail: &str, fix: &str, retryable: bool) -> Self {
        let mut title = code.replace('_', " ");
        title[..1].make_ascii_uppercase();
        let body = json!({
            "title": title, "code": code, "detail": detail, "fix": fix, "retryable": retryable,
        });
        Self { status: None, body }
    }

    /// 2: change the input. 3: a person is needed. 4: try again later.
    pub(crate) fn exit_code(&self) -> u8 {
        let code = self.body["code"].as_str().unwrap_or_default();
        let status = self.status.map_or(0, |status| status.as_u16());
        match (status, code) {
            // Another key, a wider budget, an account to sign in at: only a person has these.
            (401 | 403, _) => 3,
            (_, "action_required" | "pending_approval" | "account_not_connected") => 3,
            (429 | 500..=599, _) => 4,
            // Such as a request under the same key that still runs.
            _ if self.body["retryable"] == true => 4,
            _ => 2,
        }
    }

    /// The same with another advice.
    pub(crate) fn with_fix(mut self, fix: &str) -> Self {
        self.body["fix"] = fix.into();
        self
    }

    pub(crate) fn body(&self) -> &Value {
        &self.body
    }

    pub(crate) fn into_body(self) -> Value {
        self.body
    }

    /// For people: what is wrong, each place of it, and what to do.
    pub(crate) fn lines(&self) -> Vec<String> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (title, detail) = (text(&self.body["title"]), text(&self.body["detail"]));
        let mut lines = vec![match (title.is_empty(), detail.is_empty()) {
            (false, false) => format!("{title}: {detail}"),
            (true, false) => detail,
            _ => title,
        }];
        for error in self.body["errors"].as_array().into_iter().flatten() {
            let place = text(&error["pointer"]);
            let what = error["detail"].as_str().or(error["code"].as_str()).unwrap_or_default();
            lines.push(format!("  {place} {what}"));
        }
        if let Some(fix) = self.body["fix"].as_str() {
            lines.push(format!("  {fix}"));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exit(status: u16, code: &str, retryable: bool) -> u8 {
        let body = json!({"code": code, "retryable": retryable});
        Problem::of_server(StatusCode::from_u16(status).unwrap(), body).exit_code()
    }

    #[test]
    fn the_exit_code_says_who_must_act() {
        assert_eq!(exit(422, "content_too_long", false), 2);
        assert_eq!(exit(401, "token_missing", false), 3);
        assert_eq!(exit(403, "permission_missing", false), 3);
        assert_eq!(exit(403, "budget_exceeded", false), 3);
        assert_eq!(exit(422, "account_not_connected", false), 3);
        assert_eq!(exit(409, "confirmation_required", false), 2);
        assert_eq!(exit(403, "approval_requires_human", false), 3);
        assert_eq!(exit(409, "idempotency_in_progress", true), 4);
        assert_eq!(exit(429, "rate_limited", true), 4);
        assert_eq!(exit(504, "platform_timeout", true), 4);
    }

    #[test]
    fn a_problem_of_our_own_has_the_form_of_the_servers() {
        let problem = Problem::later("server_unreachable", "nobody is there", "Start it.");
        for field in ["title", "code", "detail", "fix", "retryable"] {
            assert!(!problem.body()[field].is_null(), "{field}");
        }
        assert_eq!(problem.exit_code(), 4);
        assert_eq!(problem.body()["title"], "Server unreachable");
    }
}

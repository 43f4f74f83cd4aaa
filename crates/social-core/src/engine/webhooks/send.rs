//! Sending one message once.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use super::manage::{former_place, secret_place};
use super::sign::signature;
use crate::Timestamp;
use crate::domain::{Webhook, WebhookAttempt, WebhookKind, WebhookMessage, WebhookOutcome};
use crate::engine::{Error, Ports};
use crate::ports::{Body, Request, Response, TransportError, WrappedKey};
use crate::redact::start_of;

/// How long a receiver may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// What an attempt means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The receiver took it.
    Delivered,
    /// It did not; again later, and not before this time where it asked for one.
    Again(Option<Duration>),
    /// It wants no more, ever (410).
    Gone,
    /// The agent's gateway refuses whatever it is told.
    Refused(u16),
}

/// Sends a message, and tells what came of it.
///
/// # Errors
/// Where the secrets cannot be opened; nothing was sent then.
pub(super) async fn send(
    ports: &Ports,
    key: &WrappedKey,
    webhook: &Webhook,
    message: &WebhookMessage,
) -> Result<(WebhookAttempt, Verdict), Error> {
    let at = ports.clock.now();
    let secrets = secrets(ports, key, webhook, at)?;
    let answer = match request(webhook, &secrets, message, at) {
        Ok(request) => tokio::select! {
            answer = ports.outbound.send(request) => answer,
            () = ports.clock.sleep_until(at + PATIENCE) => {
                let seconds = PATIENCE.as_secs();
                Err(TransportError::no_answer(format!("no answer came within {seconds} s")))
            }
        },
        Err(error) => Err(error),
    };
    let now = ports.clock.now();
    let verdict = verdict(webhook.kind, &answer, now);
    let outcome = match &answer {
        Ok(answer) => WebhookOutcome::Answered {
            status: answer.status().as_u16(),
            body: start_of(answer.body()),
        },
        Err(error) => WebhookOutcome::Failed { error: error.to_string() },
    };
    Ok((WebhookAttempt { at, took: now.since(at), outcome }, verdict))
}

/// The secret, and the former one while it is good.
fn secrets(
    ports: &Ports,
    key: &WrappedKey,
    webhook: &Webhook,
    now: Timestamp,
) -> Result<Vec<SecretString>, Error> {
    let mut open = vec![ports.sealer.open(key, &secret_place(webhook.id), &webhook.secret)?];
    if let Some(former) = webhook.former.as_ref().filter(|former| former.until > now) {
        open.push(ports.sealer.open(key, &former_place(webhook.id), &former.secret)?);
    }
    Ok(open)
}

fn request(
    webhook: &Webhook,
    secrets: &[SecretString],
    message: &WebhookMessage,
    now: Timestamp,
) -> Result<Request, TransportError> {
    let broken = |why: &str| TransportError::not_sent(why.to_owned());
    let mut request = http::Request::post(webhook.url.as_str())
        .header(http::header::CONTENT_TYPE, "application/json");
    match webhook.kind {
        WebhookKind::Standard => {
            let id = message.id.to_string();
            let seconds = now.as_millis().div_euclid(1000);
            let signatures: Option<Vec<String>> = secrets
                .iter()
                .map(|secret| signature(secret, &id, seconds, &message.payload))
                .collect();
            let signatures = signatures.ok_or_else(|| broken("the secret is not whsec_…"))?;
            request = request
                .header("webhook-id", id)
                .header("webhook-timestamp", seconds)
                .header("webhook-signature", signatures.join(" "));
        }
        WebhookKind::AgentHook => {
            for token in secrets {
                let value = format!("Bearer {}", token.expose_secret());
                let mut value = http::HeaderValue::try_from(value)
                    .map_err(|_| broken("the gateway's token cannot stand in a header"))?;
                value.set_sensitive(true);
                request = request.header(http::header::AUTHORIZATION, value);
            }
        }
    }
    let body = Body::from(message.payload.clone());
    request.body(body).map_err(|_| broken("the request could not be put together"))
}

fn verdict(
    kind: WebhookKind,
    answer: &Result<Response, TransportError>,
    now: Timestamp,
) -> Verdict {
    let Ok(answer) = answer else { return Verdict::Again(None) };
    let status = answer.status();
    match (kind, status.as_u16()) {
        _ if status.is_success() => Verdict::Delivered,
        (WebhookKind::Standard, 410) => Verdict::Gone,
        (WebhookKind::AgentHook, code @ (400 | 401 | 404 | 405)) => Verdict::Refused(code),
        _ => Verdict::Again(retry_after(answer, now)),
    }
}

/// In seconds or as a date (RFC 9110, section 10.2.3).
fn retry_after(answer: &Response, now: Timestamp) -> Option<Duration> {
    let text = answer.headers().get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = chrono::DateTime::parse_from_rfc2822(text).ok()?;
    Some(Timestamp::from_millis(date.timestamp_millis()).since(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, retry_after: Option<&str>) -> Result<Response, TransportError> {
        let mut answer = http::Response::builder().status(status);
        if let Some(text) = retry_after {
            answer = answer.header("retry-after", text);
        }
        Ok(answer.body(bytes::Bytes::new()).unwrap())
    }

    #[test]
    fn each_answer_means_what_the_specifications_say() {
        let now = Timestamp::from_secs(1_445_412_480);
        let judge = |kind, answer| verdict(kind, &answer, now);
        use Verdict::{Again, Delivered, Gone, Refused};
        use WebhookKind::{AgentHook, Standard};
        for (kind, status, means) in [
            (Standard, 200, Delivered),
            (Standard, 204, Delivered),
            (Standard, 301, Again(None)),
            (Standard, 400, Again(None)),
            (Standard, 410, Gone),
            (Standard, 500, Again(None)),
            (AgentHook, 200, Delivered),
            (AgentHook, 202, Delivered),
            (AgentHook, 400, Refused(400)),
            (AgentHook, 401, Refused(401)),
            (AgentHook, 404, Refused(404)),
            (AgentHook, 405, Refused(405)),
            (AgentHook, 409, Again(None)),
            (AgentHook, 429, Again(None)),
            (AgentHook, 502, Again(None)),
            (AgentHook, 503, Again(None)),
        ] {
            assert_eq!(judge(kind, answer(status, None)), means, "{kind:?} {status}");
        }
        let minutes = |count: u64| Again(Some(Duration::from_secs(count * 60)));
        assert_eq!(judge(Standard, answer(429, Some("120"))), minutes(2));
        let date = "Wed, 21 Oct 2015 07:38:00 GMT";
        assert_eq!(judge(Standard, answer(503, Some(date))), minutes(10));
        assert_eq!(judge(Standard, answer(503, Some("soon"))), Again(None));
        let silence = Err(TransportError::no_answer("silence"));
        assert_eq!(judge(AgentHook, silence), Again(None));
    }
}

//! Reading requests, so that what cannot be read is a problem that says what to do.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use http::request::Parts;
use http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use social_core::{ParseTimestampError, Timestamp};

use super::app::App;
use super::codes::{self, Known};
use crate::Problem;
use crate::problem::Flaw;

/// A JSON body. One that is not there is an empty object.
#[derive(Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        Ok(Self(typed(object(request, app).await?)?))
    }
}

/// A JSON body of any shape, for merge patches.
#[derive(Debug)]
pub(crate) struct AnyJson(pub(crate) Value);

impl FromRequest<App> for AnyJson {
    type Rejection = Problem;
    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        object(request, app).await.map(Self)
    }
}

async fn object(request: Request, app: &App) -> Result<Value, Problem> {
    let json = is_json(request.headers());
    let limit = app.config.body_limit;
    let bytes: Bytes = axum::body::to_bytes(request.into_body(), limit).await.map_err(|error| {
        let mut source: Option<&dyn std::error::Error> = Some(&error);
        while let Some(error) = source {
            if error.to_string().contains("length limit exceeded") {
                let detail = format!("the body has more than {limit} bytes");
                return codes::TOO_LARGE.problem(detail);
            }
            source = error.source();
        }
        codes::MALFORMED_JSON.problem("the body ended early")
    })?;
    if bytes.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    if !json {
        return Err(codes::USE_JSON.problem("the body is not said to be JSON"));
    }
    match serde_json::from_slice(&bytes) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(codes::MALFORMED_JSON.problem("the body is JSON, and no object")),
        Err(error) => Err(codes::MALFORMED_JSON.problem(format!("the body is no JSON: {error}"))),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
        || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// Reads a value as a `T`, and names the field at fault.
pub(crate) fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut pointer = String::new();
        for segment in error.path() {
            use serde_path_to_error::Segment;
            match segment {
                Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
                Segment::Map { key } => pointer.push_str(&format!("/{key}")),
                _ => {}
            }
        }
        let detail = error.into_inner().to_string();
        let named = |start: &str| {
            detail.strip_prefix(start).and_then(|rest| rest.split('`').next()).map(str::to_owned)
        };
        let known = match (named("unknown field `"), named("missing field `")) {
            (Some(field), _) => {
                if !pointer.ends_with(&format!("/{field}")) {
                    pointer = format!("{pointer}/{field}");
                }
                &codes::UNKNOWN_FIELD
            }
            (_, Some(field)) => {
                pointer = format!("{pointer}/{field}");
                &codes::INVALID_FIELD
            }
            _ => &codes::INVALID_FIELD,
        };
        field(known, &pointer, &detail)
    })
}

/// A problem of one field.
pub(crate) fn field(known: &'static Known, pointer: &str, detail: &str) -> Problem {
    let flaw = Flaw {
        pointer: pointer.to_owned(),
        code: known.code.to_owned(),
        detail: detail.to_owned(),
        ..Flaw::default()
    };
    let whole = if pointer.is_empty() { detail.to_owned() } else { format!("{pointer}: {detail}") };
    known.problem(whole).flaw(flaw)
}

/// A query of known names.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Asked<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, app).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => Err(codes::QUERY_INVALID.problem(match error {
                QueryRejection::FailedToDeserializeQueryString(error) => {
                    std::error::Error::source(&error)
                        .map_or_else(|| error.to_string(), ToString::to_string)
                }
                error => error.to_string(),
            })),
        }
    }
}

/// An id of the address. One that cannot be is of nothing that there is.
pub(crate) fn id<T: FromStr>(text: &str, known: &'static Known) -> Result<T, Problem> {
    text.parse().map_err(|_| known.problem("there is nothing of this id"))
}

/// A time with its offset.
pub(crate) fn time(text: &str, pointer: &str) -> Result<Timestamp, Problem> {
    text.parse().map_err(|error: ParseTimestampError| {
        let known = match error {
            ParseTimestampError::WithoutOffset(_) => &codes::TIME_WITHOUT_OFFSET,
            ParseTimestampError::Malformed(_) => &codes::TIME_INVALID,
        };
        field(known, pointer, &error.to_string())
    })
}

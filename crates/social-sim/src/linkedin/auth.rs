//! Headers, tokens, scopes and roles.

use super::errors::LiError;
use crate::call::Call;
use crate::people::LinkedinMember;
use crate::state::State;
use crate::tokens::{Issuer, Token};

/// The version and protocol headers of the versioned API.
pub(super) fn check_headers(state: &State, call: &Call) -> Result<(), LiError> {
    let Some(version) = call.header("linkedin-version") else {
        return Err(LiError::new(
            400,
            "VERSION_MISSING",
            "A version must be present. Please specify a version by adding the Linkedin-Version \
             header.",
        ));
    };
    let (oldest, newest) = state.cfg.linkedin.versions;
    let active = version.parse::<u32>().is_ok_and(|number| {
        (oldest..=newest).contains(&number) && (1..=12).contains(&(number % 100))
    });
    if !active {
        let text = format!("Requested version {version} is not active");
        return Err(LiError::new(426, "NONEXISTENT_VERSION", text));
    }
    if call.header("x-restli-protocol-version") != Some("2.0.0") {
        let text = "Invalid or missing X-Restli-Protocol-Version header, 2.0.0 is expected";
        return Err(LiError::new(400, "ILLEGAL_ARGUMENT", text));
    }
    Ok(())
}

/// The valid token of a call and its member.
pub(super) fn viewer<'a>(
    state: &'a State,
    call: &Call,
) -> Result<(Token, &'a LinkedinMember), LiError> {
    let Some(text) = call.bearer().filter(|text| !text.is_empty()) else {
        return Err(
            LiError::new(401, "EMPTY_ACCESS_TOKEN", "Empty oauth2_access_token").service(401)
        );
    };
    let invalid =
        || LiError::new(401, "INVALID_ACCESS_TOKEN", "Invalid access token").service(65_600);
    let token = state
        .tokens
        .access
        .get(text)
        .filter(|token| token.issuer == Issuer::Linkedin)
        .ok_or_else(invalid)?;
    if token.revoked || call.now < token.issued_at + state.cfg.linkedin.fresh_token_blind {
        let text = "The token used in the request has been revoked by the user";
        return Err(LiError::new(401, "REVOKED_ACCESS_TOKEN", text).service(65_601));
    }
    if token.expired(call.now) {
        let text = "The token used in the request has expired";
        return Err(LiError::new(401, "EXPIRED_ACCESS_TOKEN", text).service(65_602));
    }
    let member = state.cfg.linkedin.members.iter().find(|m| m.sub == token.user);
    Ok((token.clone(), member.ok_or_else(invalid)?))
}

/// The version asked for, for error texts.
fn version(call: &Call) -> &str {
    call.header("linkedin-version").unwrap_or_default()
}

/// Demands one of `scopes`.
pub(super) fn require(
    token: &Token,
    call: &Call,
    scopes: &[&str],
    (resource, method): (&str, &str),
) -> Result<(), LiError> {
    if scopes.iter().any(|scope| token.allows(scope)) {
        Ok(())
    } else {
        Err(LiError::denied(resource, method, version(call)))
    }
}

/// Whether the member runs the organisation in a role that may post.
pub(super) fn runs(member: &LinkedinMember, urn: &str) -> bool {
    member.organizations.iter().any(|org| {
        org.urn() == urn
            && matches!(
                org.role.as_str(),
                "ADMINISTRATOR"
                    | "CONTENT_ADMIN"
                    | "CONTENT_ADMINISTRATOR"
                    | "DIRECT_SPONSORED_CONTENT_POSTER"
            )
    })
}

/// Whether the token may write as `author`.
pub(super) fn may_write(
    token: &Token,
    member: &LinkedinMember,
    call: &Call,
    author: &str,
    what: (&str, &str),
) -> Result<(), LiError> {
    if author == member.urn() {
        return require(token, call, &["w_member_social"], what);
    }
    if author.starts_with("urn:li:organization:") {
        require(token, call, &["w_organization_social"], what)?;
        if runs(member, author) {
            return Ok(());
        }
        return Err(LiError::denied(what.0, what.1, version(call)));
    }
    let text = format!(
        "Field Value validation failed in REQUEST_BODY: Data Processing Exception while processing \
         fields [/author] with value {author}"
    );
    Err(LiError::new(400, "INVALID_VALUE_FOR_FIELD", text).service(100))
}

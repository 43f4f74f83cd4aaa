//! Signing in to LinkedIn: the member, and the organisations that the member runs.
//!
//! Microsoft Learn, "Authorization code flow", "Refresh tokens", "Token introspection",
//! "Organization access control". The standard parts are those of the `oauth2` crate.

use std::collections::BTreeMap;
use std::time::Duration;

use http::Method;
use oauth2::{AuthorizationCode, CsrfToken, RedirectUrl, RefreshToken, Scope};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use social_core::domain::TokenSet;
use social_core::flow::Effect;
use social_core::ports::{FoundAccount, Request, Response, SignInCode, SignInRequest, SignedIn};
use social_core::{ErrorKind, PlatformError, Retry};
use url::Url;

use super::LinkedIn;
use super::endpoints::Elements;
use super::rest::{Rest, encoded};
use crate::config::at;
use crate::endpoint::{self, Endpoint};
use crate::http::{Build, json};
use crate::oauth::{self, SIGN_IN, StandardClient, missing};

pub(super) const MEMBER: &str = "member";
pub(super) const ORGANIZATION: &str = "organization";

/// What every app may ask for.
pub(super) const SCOPES: &[&str] = &["openid", "profile", "w_member_social"];

/// The scope by which the organisations of a member can be listed.
const ORGANIZATIONS: [&str; 2] = ["rw_organization_admin", "r_organization_admin"];

impl LinkedIn {
    fn standard(&self) -> StandardClient {
        let base = &self.config.endpoints.oauth;
        let (authorize, token) =
            (at(base, "oauth/v2/authorization"), at(base, "oauth/v2/accessToken"));
        oauth::client(&self.config.app, authorize, token)
    }

    pub(super) fn authorize(&self, request: &SignInRequest) -> Url {
        let state = request.state.clone();
        let scopes = self.config.scopes_or(SCOPES).into_iter().map(Scope::new);
        let client = self.standard();
        let url = client
            .authorize_url(move || CsrfToken::new(state))
            .set_redirect_uri(redirect(&request.redirect_uri))
            .add_scopes(scopes);
        url.url().0
    }

    pub(super) async fn enter(&self, code: &SignInCode) -> Result<SignedIn, PlatformError> {
        let send =
            |request| oauth::send(self.transport.clone(), self.rules.platform.clone(), request);
        let answer = self
            .standard()
            .exchange_code(AuthorizationCode::new(code.code.expose_secret().to_owned()))
            .set_redirect_uri(redirect(&code.redirect_uri))
            .request_async(&send)
            .await
            .map_err(|error| oauth::refused(&self.rules.platform, error))?;
        let mut tokens = oauth::tokens(&answer, self.clock.now());
        if tokens.scopes.is_empty() {
            tokens.scopes = self.config.scopes_or(SCOPES);
        }
        let member = self.ask_anew(&tokens.access, &UserInfo).await?;
        let mut accounts = vec![member.account()];
        if ORGANIZATIONS.iter().any(|scope| tokens.scopes.iter().any(|has| has == scope)) {
            let roles = self.ask(&tokens.access, &Roles).await?;
            for role in roles {
                let urn = &role.organization;
                let read = self.ask(&tokens.access, &ReadOrganization { urn }).await?;
                accounts.push(read.account(urn));
            }
        }
        Ok(SignedIn {
            missing_scopes: missing(&["w_member_social"], &tokens.scopes),
            subject: member.sub,
            tokens,
            accounts,
        })
    }

    /// Asks with a token that was issued just now, which LinkedIn calls revoked for some seconds.
    async fn ask_anew<'a, E>(
        &'a self,
        token: &'a SecretString,
        what: &E,
    ) -> Result<E::Output, PlatformError>
    where
        E: Endpoint<Rest<'a>> + Sync,
    {
        for wait in SETTLING {
            match self.ask(token, what).await {
                Err(error) if error.code.as_deref() == Some("REVOKED_ACCESS_TOKEN") => {
                    self.clock.sleep_until(self.clock.now() + wait).await;
                }
                other => return other,
            }
        }
        self.ask(token, what).await
    }

    pub(super) async fn renew(&self, tokens: &TokenSet) -> Result<TokenSet, PlatformError> {
        let Some(refresh) = &tokens.refresh else {
            let detail = "LinkedIn gave this app no way to renew the sign-in";
            return Err(PlatformError::new(self.rules.platform.clone(), ErrorKind::Auth, detail)
                .action(SIGN_IN));
        };
        let send =
            |request| oauth::send(self.transport.clone(), self.rules.platform.clone(), request);
        let refresh_token = RefreshToken::new(refresh.expose_secret().to_owned());
        let answer = self
            .standard()
            .exchange_refresh_token(&refresh_token)
            .request_async(&send)
            .await
            .map_err(|error| oauth::refused(&self.rules.platform, error))?;
        let mut fresh = oauth::tokens(&answer, self.clock.now());
        fresh.refresh = fresh.refresh.or_else(|| Some(refresh.clone()));
        // Its end does not move when it is used.
        fresh.refresh_expires_at = fresh.refresh_expires_at.or(tokens.refresh_expires_at);
        if fresh.scopes.is_empty() {
            fresh.scopes.clone_from(&tokens.scopes);
        }
        Ok(fresh)
    }

    pub(super) async fn introspect(&self, tokens: &TokenSet) -> Result<bool, PlatformError> {
        let answer = self.post_token("introspectToken", &tokens.access).await?;
        if !answer.status().is_success() {
            let effect = Effect::Read;
            return Err(super::errors::classify(&self.rules.platform, effect, &answer));
        }
        json::<Introspection>(&self.rules.platform, &answer).map(|answer| answer.active)
    }

    pub(super) async fn give_back(&self, tokens: &TokenSet) -> Result<(), PlatformError> {
        let answer = self.post_token("revoke", &tokens.access).await?;
        if answer.status().is_success() {
            return Ok(());
        }
        Err(super::errors::classify(&self.rules.platform, Effect::Upload, &answer))
    }

    async fn post_token(
        &self,
        path: &str,
        token: &SecretString,
    ) -> Result<Response, PlatformError> {
        let platform = &self.rules.platform;
        let url = at(&self.config.endpoints.oauth, &format!("oauth/v2/{path}"));
        let request = Build::post(url)
            .form(&[
                ("client_id", &self.config.app.client_id),
                ("client_secret", self.config.app.client_secret.expose_secret()),
                ("token", token.expose_secret()),
            ])
            .finish(platform)?;
        let sent = endpoint::send(&*self.transport, platform, "oauth_token", request).await;
        sent.map_err(|error| {
            PlatformError::transport(platform.clone(), error).retry(Retry::Backoff)
        })
    }
}

/// How long a fresh token is given to be known everywhere.
const SETTLING: [Duration; 3] =
    [Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(6)];

#[derive(Debug, Deserialize)]
struct Introspection {
    active: bool,
}

/// The address as a person registered it, without a second spelling.
fn redirect(url: &Url) -> std::borrow::Cow<'static, RedirectUrl> {
    std::borrow::Cow::Owned(RedirectUrl::from_url(url.clone()))
}

/// `GET /v2/userinfo`.
#[derive(Debug)]
pub(super) struct UserInfo;

#[derive(Debug, Deserialize)]
pub(super) struct Member {
    pub(super) sub: String,
    #[serde(default)]
    pub(super) name: String,
    pub(super) picture: Option<Url>,
}

impl Member {
    fn account(&self) -> FoundAccount {
        FoundAccount {
            remote_id: format!("urn:li:person:{}", self.sub),
            name: self.name.clone(),
            handle: None,
            kind: MEMBER.to_owned(),
            token: None,
            attributes: BTreeMap::new(),
        }
    }
}

impl Endpoint<Rest<'_>> for UserInfo {
    type Output = Member;
    const OPERATION: &'static str = "linkedin.userinfo";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        Build::get(at(&rest.hosts.api, "v2/userinfo")).bearer(rest.token).finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<Member, PlatformError> {
        rest.read(self.effect(), response)
    }
}

/// `GET /rest/organizationAcls?q=roleAssignee`.
#[derive(Debug)]
struct Roles;

#[derive(Debug, Deserialize)]
struct Role {
    organization: String,
}

impl Endpoint<Rest<'_>> for Roles {
    type Output = Vec<Role>;
    const OPERATION: &'static str = "linkedin.organization_acls";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        let query = "q=roleAssignee&role=ADMINISTRATOR&state=APPROVED&start=0&count=100";
        rest.named(Method::GET, "FINDER", "organizationAcls", query).finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<Vec<Role>, PlatformError> {
        rest.read::<Elements<Role>>(self.effect(), response).map(|list| list.elements)
    }
}

/// `GET /rest/organizations/{id}`.
#[derive(Debug)]
pub(super) struct ReadOrganization<'a> {
    pub(super) urn: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Organization {
    pub(super) localized_name: String,
    pub(super) vanity_name: Option<String>,
}

impl Organization {
    fn account(self, urn: &str) -> FoundAccount {
        FoundAccount {
            remote_id: urn.to_owned(),
            name: self.localized_name,
            handle: self.vanity_name,
            kind: ORGANIZATION.to_owned(),
            token: None,
            attributes: BTreeMap::new(),
        }
    }
}

impl Endpoint<Rest<'_>> for ReadOrganization<'_> {
    type Output = Organization;
    const OPERATION: &'static str = "linkedin.organization";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        let id = self.urn.rsplit(':').next().unwrap_or_default();
        let path = format!("organizations/{}", encoded(id));
        rest.build(Method::GET, &path, "").finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<Organization, PlatformError> {
        rest.read(self.effect(), response)
    }
}

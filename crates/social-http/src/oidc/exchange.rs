//! Exchanging the code for an ID token, by the `oauth2` crate.

use std::sync::Arc;

use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, EndpointNotSet,
    EndpointSet, ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, StandardRevocableToken, StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use social_core::ports::{Body, Transport, TransportError};
use url::Url;

use super::discovery::Provider;
use super::{OidcConfig, OidcError, printable};

/// What OpenID Connect adds to the answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct IdToken {
    id_token: Option<String>,
}

impl ExtraTokenFields for IdToken {}

pub(super) type CodeClient = Client<
    BasicErrorResponse,
    StandardTokenResponse<IdToken, BasicTokenType>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

pub(super) fn client(config: &OidcConfig, provider: &Provider, back: &Url) -> CodeClient {
    // The standard's default is the header; some providers take the form alone.
    let methods = provider.token_endpoint_auth_methods_supported.as_deref();
    let form = methods
        .is_some_and(|methods| !methods.iter().any(|method| method == "client_secret_basic"));
    let auth = if form { AuthType::RequestBody } else { AuthType::BasicAuth };
    Client::new(ClientId::new(config.client_id.clone()))
        .set_client_secret(ClientSecret::new(config.client_secret.expose_secret().to_owned()))
        .set_auth_type(auth)
        .set_auth_uri(AuthUrl::from_url(provider.authorization_endpoint.clone()))
        .set_token_uri(TokenUrl::from_url(provider.token_endpoint.clone()))
        .set_redirect_uri(RedirectUrl::from_url(back.clone()))
}

async fn send(
    transport: Arc<dyn Transport>,
    request: HttpRequest,
) -> Result<HttpResponse, TransportError> {
    let response = transport.send(request.map(Body::from)).await?;
    Ok(response.map(|body| body.to_vec()))
}

/// What a code stands for.
pub(super) struct Tokens {
    /// Says who the person is.
    pub(super) id: SecretString,
    /// Lets us ask for more about them.
    pub(super) access: SecretString,
}

/// What a code stands for; it is good once.
pub(super) async fn redeem(
    client: CodeClient,
    code: &str,
    verifier: &str,
    transport: Arc<dyn Transport>,
) -> Result<Tokens, OidcError> {
    let send = |request| send(transport.clone(), request);
    let answer = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
        .request_async(&send)
        .await
        .map_err(|error| match error {
            RequestTokenError::ServerResponse(answer) => {
                OidcError::Refused(printable(answer.error().as_ref()))
            }
            RequestTokenError::Request(error) => OidcError::Provider(error.detail),
            RequestTokenError::Parse(error, _) => {
                let place = error.path().to_string();
                OidcError::Provider(format!("its answer is not as documented, at `{place}`"))
            }
            RequestTokenError::Other(detail) => OidcError::Provider(printable(&detail)),
        })?;
    let id = answer.extra_fields().id_token.clone();
    let id = id.ok_or(OidcError::Token("there is none in the answer"))?;
    Ok(Tokens { id: id.into(), access: answer.access_token().secret().as_str().into() })
}

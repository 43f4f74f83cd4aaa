//! Why a provider's word was not taken.

/// Why nobody was let in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OidcError {
    /// The provider cannot be reached, or does not answer as it should.
    #[error("the provider does not answer as it should: {0}")]
    Provider(String),
    /// The provider or the person said no.
    #[error("the provider says `{0}`")]
    Refused(String),
    /// What came back belongs to no sign-in that this browser began here.
    #[error("this sign-in was not begun here, or is over: begin again")]
    Foreign,
    /// The ID token is not one of ours, or not one at all.
    #[error("the provider's ID token is not good: {0}")]
    Token(&'static str),
    /// The ID token is signed by a key that the provider does not have.
    #[error("the provider's ID token is signed by a key that it does not publish")]
    UnknownKey,
    /// Anybody can say that an address is theirs.
    #[error("the provider does not vouch for your e-mail address: verify it there first")]
    EmailNotVerified,
    /// People of this domain may not come in.
    #[error("people of {0} may not sign in here")]
    Domain(String),
}

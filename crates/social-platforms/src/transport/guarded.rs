//! The way to addresses that came from users: no way into the private network.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use social_core::ports::{Request, Response, Transport, TransportError};
use url::{Host, Url};

use super::public;
use super::real::{BuildError, ReqwestTransport, ReqwestTransportBuilder};

/// Sends requests to public hosts over HTTP or HTTPS, and to nothing else but the places that the
/// operator allows.
///
/// A name is resolved once for a connection; each address it has is checked, and the connection
/// goes to one of those that were checked, so that a name that means another address the next
/// time (DNS rebinding) gains nothing. A name of which any address is private is refused whole.
/// Literal addresses are checked as the client reads them. No proxy is used, since it would look
/// names up anew; redirects need no check, since no transport follows them.
#[derive(Debug)]
pub struct Guarded {
    /// Connects to public addresses alone.
    public: ReqwestTransport,
    /// Connects to anything; asked for the allowed places alone.
    private: Option<ReqwestTransport>,
    allowed: BTreeSet<PrivateHost>,
}

/// A host that may be called although it is not public: `127.0.0.1:18789`, or without a port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PrivateHost {
    host: String,
    port: Option<u16>,
}

/// A text that is no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no host; one looks like 127.0.0.1:18789, [::1]:18789 or gateway.lan")]
pub struct BadPrivateHost(String);

impl PrivateHost {
    /// The host and port of an address, where it has them.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        let host = url.host()?.to_string();
        Some(Self { host, port: Some(url.port_or_known_default()?) })
    }
}

impl FromStr for PrivateHost {
    type Err = BadPrivateHost;
    fn from_str(text: &str) -> Result<Self, BadPrivateHost> {
        let bad = || BadPrivateHost(text.to_owned());
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => {
                (host, Some(port.parse().map_err(|_| bad())?))
            }
            _ => (text, None),
        };
        // As the client will read it: `LOCALHOST` and `127.1` have one spelling after this.
        let host = Host::parse(host).map_err(|_| bad())?.to_string();
        Ok(Self { host, port })
    }
}

impl Guarded {
    /// The transport that `builder` makes, behind the guard. `allowed` hosts are let through.
    ///
    /// # Errors
    /// [`BuildError`] where TLS cannot be set up.
    pub fn new(
        builder: impl Fn() -> ReqwestTransportBuilder,
        allowed: impl IntoIterator<Item = PrivateHost>,
    ) -> Result<Self, BuildError> {
        Self::over(builder, allowed, Arc::new(System))
    }

    fn over(
        builder: impl Fn() -> ReqwestTransportBuilder,
        allowed: impl IntoIterator<Item = PrivateHost>,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, BuildError> {
        let allowed: BTreeSet<PrivateHost> = allowed.into_iter().collect();
        let any = (!allowed.is_empty()).then(|| builder().no_proxy().build()).transpose()?;
        let public = builder().no_proxy().resolver(Arc::new(PublicOnly(lookup))).build()?;
        Ok(Self { public, private: any, allowed })
    }

    /// Which of the two may call `uri`.
    fn choose(&self, uri: &http::Uri) -> Result<&ReqwestTransport, &'static str> {
        // The parser of the client itself: what it would read differently cannot slip through.
        let url = Url::parse(&uri.to_string()).map_err(|_| "the address cannot be read")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("only http and https addresses are called");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an address with a user name in it is not called");
        }
        let host = url.host().ok_or("the address has no host")?;
        let here = |port| PrivateHost { host: host.to_string(), port };
        if let Some(any) = &self.private
            && (self.allowed.contains(&here(None))
                || self.allowed.contains(&here(url.port_or_known_default())))
        {
            return Ok(any);
        }
        let public = match host {
            Host::Domain(name) => public::name(name),
            Host::Ipv4(ip) => public::address(IpAddr::V4(ip)),
            Host::Ipv6(ip) => public::address(IpAddr::V6(ip)),
        };
        if public { Ok(&self.public) } else { Err(NOT_PUBLIC) }
    }
}

const NOT_PUBLIC: &str =
    "the address is not public: use one of the internet, or have the operator allow it";

#[async_trait]
impl Transport for Guarded {
    fn check(&self, uri: &http::Uri) -> Result<(), TransportError> {
        self.choose(uri).map(drop).map_err(TransportError::not_sent)
    }

    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let way = self.choose(request.uri()).map_err(TransportError::not_sent)?;
        way.send(request).await.map_err(|error| {
            let mut cause = std::error::Error::source(&error);
            while let Some(inner) = cause {
                if inner.is::<NotPublic>() {
                    return TransportError::not_sent(NOT_PUBLIC);
                }
                cause = inner.source();
            }
            error
        })
    }
}

/// Looks names up.
trait Lookup: fmt::Debug + Send + Sync {
    fn lookup(&self, name: String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>>;
}

/// The system's resolver.
#[derive(Debug)]
struct System;

impl Lookup for System {
    fn lookup(&self, name: String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
        async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) }.boxed()
    }
}

/// A name resolved to a private address.
#[derive(Debug, thiserror::Error)]
#[error("a name resolves to an address that is not public")]
struct NotPublic;

/// Resolves names to addresses that were checked.
struct PublicOnly(Arc<dyn Lookup>);

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.0.lookup(name.as_str().to_owned());
        Box::pin(async move {
            let found = found.await?;
            if found.iter().any(|address| !public::address(address.ip())) {
                return Err(NotPublic.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use social_core::ports::{Body, Sent};
    use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

    use super::*;

    /// Gives one answer after the other, and the last for ever.
    #[derive(Debug)]
    struct Scripted(Mutex<Vec<Vec<SocketAddr>>>);

    impl Scripted {
        fn new(answers: &[&[&str]]) -> Arc<Self> {
            let parse = |ip: &&str| SocketAddr::new(ip.parse().unwrap(), 0);
            let answers = answers.iter().rev().map(|ips| ips.iter().map(parse).collect());
            Arc::new(Self(Mutex::new(answers.collect())))
        }
    }

    impl Lookup for Scripted {
        fn lookup(&self, _: String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
            let mut answers = self.0.lock().unwrap();
            let last = answers.len() == 1;
            let found =
                if last { answers.last().cloned() } else { answers.pop() }.unwrap_or_default();
            async move { Ok(found) }.boxed()
        }
    }

    fn guard(allowed: &[&str], lookup: Arc<dyn Lookup>) -> Guarded {
        let allowed: Vec<PrivateHost> = allowed.iter().map(|text| text.parse().unwrap()).collect();
        Guarded::over(ReqwestTransport::builder, allowed, lookup).unwrap()
    }

    async fn try_at(guard: &Guarded, address: &str) -> Result<Response, TransportError> {
        guard.send(http::Request::get(address).body(Body::empty()).unwrap()).await
    }

    async fn receiver() -> MockServer {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(204)).mount(&server).await;
        server
    }

    #[tokio::test]
    async fn private_places_are_refused_however_they_are_written() {
        let guard = guard(&[], Scripted::new(&[&["93.184.215.14"]]));
        for address in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://10.0.0.8:8080/x",
            "http://169.254.169.254/latest/meta-data",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[64:ff9b::a00:1]/",
            "http://[fd00::1]/",
            "http://localhost/",
            "http://metadata.google.internal/",
            "http://a.localhost./",
            "ftp://example.org/",
            "http://user@example.org/",
        ] {
            let error = try_at(&guard, address).await.expect_err(address);
            assert_eq!(error.sent, Sent::No, "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_of_a_private_address_is_not_called() {
        let server = receiver().await;
        let at = format!("http://receiver.example:{}/", server.address().port());
        for answer in [&["127.0.0.1"][..], &["93.184.215.14", "127.0.0.1"], &["::ffff:127.0.0.1"]] {
            let guard = guard(&[], Scripted::new(&[answer]));
            let error = try_at(&guard, &at).await.unwrap_err();
            assert_eq!((error.sent, error.detail.as_str()), (Sent::No, NOT_PUBLIC));
        }
        assert!(server.received_requests().await.unwrap().is_empty());
    }

    /// Each connection gets addresses that were checked for it, and no other look is taken.
    #[tokio::test]
    async fn a_name_that_changes_its_address_gains_nothing() {
        let lookup = Scripted::new(&[&["93.184.215.14"], &["127.0.0.1"]]);
        let resolver = PublicOnly(lookup);
        let name = || "receiver.example".parse::<Name>().unwrap();
        let first: Vec<SocketAddr> = resolver.resolve(name()).await.unwrap().collect();
        assert_eq!(first, ["93.184.215.14:0".parse().unwrap()]);
        let second = resolver.resolve(name()).await.err().unwrap();
        assert!(second.is::<NotPublic>());
    }

    #[tokio::test]
    async fn what_the_operator_allows_is_called_there_alone() {
        let server = receiver().await;
        let here = format!("127.0.0.1:{}", server.address().port());
        let guard = guard(&[&here], Scripted::new(&[&["93.184.215.14"]]));
        try_at(&guard, &format!("http://{here}/hooks/wake")).await.unwrap();
        for other in ["http://127.0.0.1:1/", "http://127.0.0.1/", "http://localhost/"] {
            assert_eq!(try_at(&guard, other).await.unwrap_err().detail, NOT_PUBLIC);
        }
    }

    #[test]
    fn an_allowed_host_is_read_as_it_is_called() {
        let read = |text: &str| text.parse::<PrivateHost>();
        let host = |host: &str, port| PrivateHost { host: host.to_owned(), port };
        assert_eq!(read("127.1:18789").unwrap(), host("127.0.0.1", Some(18789)));
        assert_eq!(read("Gateway.LAN").unwrap(), host("gateway.lan", None));
        assert_eq!(read("[::1]:80").unwrap(), host("[::1]", Some(80)));
        assert_eq!(read("[::1]").unwrap(), host("[::1]", None));
        assert!(read("http://127.0.0.1").is_err() && read("a:b").is_err() && read("").is_err());
    }
}

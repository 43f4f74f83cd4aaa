//! A guard for addresses that came from users: no way into the private network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use async_trait::async_trait;
use social_core::ports::{Request, Response, Transport, TransportError};

/// Refuses requests to anything but public hosts over HTTP or HTTPS.
///
/// It checks the address as written: the scheme, user names in it, `localhost`, and addresses
/// given as numbers. A name that resolves to a private address passes here; whoever fetches for
/// users also keeps the process out of its private network. Redirects need no check, since no
/// transport follows them.
#[derive(Debug)]
pub struct Guarded {
    inner: Arc<dyn Transport>,
    private: bool,
}

impl Guarded {
    /// Guards `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Transport>) -> Self {
        Self { inner, private: false }
    }

    /// Lets private addresses through, for tests and simulators on this machine.
    #[must_use]
    pub fn allow_private(mut self) -> Self {
        self.private = true;
        self
    }

    fn check(&self, uri: &http::Uri) -> Result<(), &'static str> {
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err("only http and https addresses are fetched");
        }
        let authority = uri.authority().ok_or("the address has no host")?;
        if authority.as_str().contains('@') {
            return Err("an address with a user name in it is not fetched");
        }
        let host = authority.host().trim_end_matches('.').to_ascii_lowercase();
        if self.private {
            return Ok(());
        }
        // As browsers read numbers: `0x7f.1` and `2130706433` are addresses too.
        match url::Host::parse(&host).map_err(|_| "the address has no valid host")? {
            url::Host::Domain(name) if local(&name) => Err("this address is not public"),
            url::Host::Ipv4(ip) if !public(IpAddr::V4(ip)) => Err("this address is not public"),
            url::Host::Ipv6(ip) if !public(IpAddr::V6(ip)) => Err("this address is not public"),
            _ => Ok(()),
        }
    }
}

fn local(name: &str) -> bool {
    !name.contains('.')
        || [".localhost", ".local", ".internal", ".home.arpa"].iter().any(|end| name.ends_with(end))
}

fn public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => public_v4(ip),
        IpAddr::V6(ip) => match embedded_v4(ip) {
            Some(inner) => public_v4(inner),
            None => {
                let first = ip.segments()[0];
                !(ip.is_loopback()
                    || ip.is_unspecified()
                    || ip.is_multicast()
                    || first & 0xfe00 == 0xfc00
                    || first & 0xffc0 == 0xfe80
                    || (first == 0x2001 && ip.segments()[1] == 0x0db8))
            }
        },
    }
}

/// The address of the older kind that stands inside: mapped, by NAT64 or by 6to4.
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = ip.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(v4(high, low))
        }
        [0x2002, high, low, ..] => Some(v4(high, low)),
        _ => None,
    }
}

fn public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19)))
}

#[async_trait]
impl Transport for Guarded {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.check(request.uri()).map_err(TransportError::not_sent)?;
        self.inner.send(request).await
    }
}

#[cfg(test)]
mod tests {
    use social_core::ports::{Body, Sent};

    use super::*;

    #[derive(Debug)]
    struct Open;

    #[async_trait]
    impl Transport for Open {
        async fn send(&self, _: Request) -> Result<Response, TransportError> {
            Ok(Response::default())
        }
    }

    async fn try_at(guard: &Guarded, address: &str) -> Result<Response, TransportError> {
        guard.send(http::Request::get(address).body(Body::empty()).unwrap()).await
    }

    #[tokio::test]
    async fn private_places_are_refused_however_they_are_written() {
        let guard = Guarded::new(Arc::new(Open));
        for address in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
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
            assert_eq!(error.sent, Sent::No);
        }
        for address in
            ["https://example.org/a.jpg", "http://93.184.215.14/", "http://[2606:2800::1]/"]
        {
            try_at(&guard, address).await.expect(address);
        }
        let open = Guarded::new(Arc::new(Open)).allow_private();
        try_at(&open, "http://127.0.0.1:1/").await.unwrap();
    }
}

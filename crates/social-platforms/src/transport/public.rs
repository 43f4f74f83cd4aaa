//! Which addresses are public: those that anybody on the internet may be asked to call.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether a name can be one of the internet, before anybody looks it up.
pub(super) fn name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.contains('.')
        && ![".localhost", ".local", ".internal", ".home.arpa"]
            .iter()
            .any(|end| name.ends_with(end))
}

/// Whether an address is one of the internet.
///
/// IANA, "IPv4 Special-Purpose Address Registry" and "IPv6 Special-Purpose Address Registry".
pub(super) fn address(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => v4(ip),
        IpAddr::V6(ip) => match embedded_v4(ip) {
            Some(inner) => v4(inner),
            None => v6(ip),
        },
    }
}

fn v4(ip: Ipv4Addr) -> bool {
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
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

/// All that is handed out is in 2000::/3; of that, some is for documents, tests and tunnels.
fn v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    first & 0xe000 == 0x2000
        && !(first == 0x2001 && (second < 0x0200 || second == 0x0db8))
        && !(first == 0x3fff && second < 0x1000)
}

/// The address of the older kind that stands inside: mapped, compatible, by NAT64 or by 6to4.
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match ip.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(v4(high, low))
        }
        [0x2002, high, low, ..] => Some(v4(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_of_the_internet_is_not_public() {
        for ip in [
            "0.0.0.0",
            "10.0.0.8",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001:0:1::1",
            "2001:db8::1",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "5f00::1",
        ] {
            assert!(!address(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["93.184.215.14", "8.8.8.8", "2606:2800::1", "64:ff9b::808:808", "2002:808:808::"]
        {
            assert!(address(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn names_of_this_house_are_not_public() {
        for local in
            ["localhost", "router", "a.localhost.", "printer.local", "metadata.google.internal"]
        {
            assert!(!name(local), "{local}");
        }
        assert!(name("example.org") && name("example.org."));
    }
}

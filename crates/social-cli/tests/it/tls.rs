//! TLS by the server itself.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::kit::{Served, social};

/// Writes a certificate for `localhost` that ends in `year`, and its key.
fn certify(folder: &Path, year: i32) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(year, 1, 1);
    let cert = params.self_signed(&key).unwrap();
    std::fs::write(folder.join("cert.pem"), cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
}

fn config(folder: &Path) -> String {
    let folder = folder.display();
    format!("[tls]\ncert = \"{folder}/cert.pem\"\nkey = \"{folder}/key.pem\"")
}

type Stream = StreamOwned<ClientConnection, TcpStream>;

fn connect(server: &Served, folder: &Path, alpn: &[&[u8]]) -> std::io::Result<Stream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("cert.pem")).unwrap()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(server.address())?);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}

#[test]
fn it_serves_https_and_takes_a_renewed_certificate() {
    let folder = tempfile::tempdir().unwrap();
    certify(folder.path(), 2100);
    let server = Served::start_with(&config(folder.path()), &[]);
    assert!(server.url.starts_with("https://"), "{}", server.url);
    let mut stream = connect(&server, folder.path(), &[b"http/1.1"]).unwrap();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("200 OK") && answer.contains("strict-transport-security"), "{answer}");
    let stream = connect(&server, folder.path(), &[b"h2", b"http/1.1"]).unwrap();
    assert_eq!(stream.conn.alpn_protocol(), Some(&b"h2"[..]));

    certify(folder.path(), 2101);
    assert!(connect(&server, folder.path(), &[]).is_err(), "the new one is shown unasked");
    server.signal("HUP");
    // The signal is taken as soon as the server gets to it.
    while connect(&server, folder.path(), &[]).is_err() {
        std::thread::yield_now();
    }
}

#[test]
fn a_certificate_that_does_not_do_is_said_before_anything_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let complaint = || {
        std::fs::write(folder.path().join("social.toml"), config(folder.path())).unwrap();
        let mut serve = social();
        serve.args(["serve", "--listen", "127.0.0.1:0", "--data", "data"]);
        let output = serve.current_dir(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(complaint().contains("cert.pem cannot be read"), "{}", complaint());
    certify(folder.path(), 2021);
    assert!(complaint().contains("cert.pem ended on"), "{}", complaint());
    certify(folder.path(), 2100);
    let other = tempfile::tempdir().unwrap();
    certify(other.path(), 2100);
    std::fs::copy(other.path().join("key.pem"), folder.path().join("key.pem")).unwrap();
    assert!(complaint().contains("does not go with the certificate"), "{}", complaint());
}

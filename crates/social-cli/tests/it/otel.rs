//! Spans as a collector gets them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;

use crate::kit::{Served, fed, json, social};

#[test]
fn a_collector_hears_of_requests_and_deliveries_and_of_no_secret() {
    let collector = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/v1/traces", collector.local_addr().unwrap());
    let taken = std::thread::spawn(move || {
        let mut bodies = Vec::new();
        while let Ok((stream, _)) = collector.accept() {
            let mut reader = BufReader::new(&stream);
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if !line.starts_with("POST /v1/traces") {
                break;
            }
            let mut length = 0;
            while line.trim() != "" {
                line.clear();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            bodies.extend(body);
            (&stream)
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .unwrap();
        }
        String::from_utf8_lossy(&bodies).into_owned()
    });
    let server = Served::start_with(&format!("[otel]\nendpoint = \"{endpoint}\""), &["--sandbox"]);
    let mut create = social();
    create.args(["key", "create", "--policy", "none", "--data"]).arg(server.data.path());
    let key = json(&create.output().unwrap())["token"].as_str().unwrap().to_owned();
    let mut quick = social();
    quick.env("SOCIAL_BASE_URL", &server.url).env("SOCIAL_API_TOKEN", &key);
    let post = json(&fed(quick.args(["quick", "--to", "facebook"]), "First light"));
    assert_eq!(post["status"], "published", "{post}");
    // What is left is sent before it ends.
    let (code, said) = server.terminate();
    assert_eq!(code, Some(0), "{said}");
    let mut stop = std::net::TcpStream::connect(
        endpoint.trim_start_matches("http://").trim_end_matches("/v1/traces"),
    )
    .unwrap();
    stop.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let spans = taken.join().unwrap();
    for part in ["request", "delivery", "step", "job", "dlv_", "facebook"] {
        assert!(spans.contains(part), "no {part} in:\n{spans}");
    }
    for secret in [key.as_str(), "First light", "access_token="] {
        assert!(!spans.contains(secret), "{secret} in:\n{spans}");
    }
}

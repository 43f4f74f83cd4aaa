//! Clients that dawdle are sent away.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::kit::Served;

fn answer_to(server: &Served, sent: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(sent.as_bytes()).unwrap();
    // It ends when the server closes, and would not if the server waited.
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn whoever_dawdles_loses_the_connection() {
    let server = Served::start_with("[limits]\nheader_seconds = 1\nbody_seconds = 1", &[]);
    assert_eq!(answer_to(&server, ""), "");
    let half = answer_to(&server, "GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-slow: ");
    assert!(!half.contains("200"), "{half}");
    let idle = answer_to(&server, "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
    assert!(idle.starts_with("HTTP/1.1 200") && idle.ends_with("ok"), "{idle}");
    let body = "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\
                content-type: application/json\r\nauthorization: Bearer x\r\n\r\n{";
    let slow = answer_to(&server, body);
    assert!(slow.starts_with("HTTP/1.1 401"), "{slow}");
}

#[test]
fn one_connection_too_many_waits_for_a_place() {
    let server = Served::start_with("[limits]\nconnections = 1\nheader_seconds = 1", &[]);
    let first = TcpStream::connect(server.address()).unwrap();
    // The first says nothing and is sent away, which makes the place free.
    let (status, _) = server.get("/healthz");
    assert_eq!(status, 200);
    drop(first);
}

#[test]
fn stopping_ends_streams_that_never_end() {
    let server = Served::start(&["--sandbox"]);
    let key =
        crate::kit::social().args(["key", "create", "--data"]).arg(server.data.path()).output();
    let key = crate::kit::json(&key.unwrap())["token"].as_str().unwrap().to_owned();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    write!(
        stream,
        "GET /api/events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n\r\n"
    )
    .unwrap();
    let mut head = [0; 15];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    let idle = TcpStream::connect(server.address()).unwrap();
    let (code, said) = server.terminate();
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("stopped") && !said.contains("connections that were still open"),
        "{said}"
    );
    drop(idle);
}

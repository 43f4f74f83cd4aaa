//! What the tests run the command with: a server whose answers are scripted, and processes whose
//! lines are waited for.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// The command, with nothing of this machine's environment that would steer it.
pub(crate) fn social() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_social"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SOCIAL_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// The one JSON object that a call printed.
pub(crate) fn json(output: &Output) -> Value {
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&said).unwrap()
}

/// Runs a command with this on its standard input.
pub(crate) fn fed(command: &mut Command, text: &str) -> Output {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// One request that the scripted server got.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Gives the scripted answers, one after the other, and keeps what it was asked.
pub(crate) struct Scripted {
    pub(crate) url: String,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Scripted {
    /// Answers with a status, headers as they are on the wire, and a body each.
    pub(crate) fn start(answers: Vec<(u16, &'static str, Value)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let got = Arc::new(Mutex::new(Vec::new()));
        let kept = got.clone();
        std::thread::spawn(move || {
            for (status, headers, body) in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let asked = read(&stream);
                kept.lock().unwrap().push(asked);
                let body = body.to_string();
                write!(
                    stream,
                    "HTTP/1.1 {status} Scripted\r\n{headers}content-type: application/json\r\n\
                     content-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                )
                .unwrap();
            }
        });
        Self { url, got }
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// The command, asking this server with a token.
    pub(crate) fn social(&self) -> Command {
        let mut command = social();
        command.env("SOCIAL_BASE_URL", &self.url).env("SOCIAL_API_TOKEN", TOKEN);
        command
    }
}

pub(crate) const TOKEN: &str = "sk_social_of-the-tests";

fn read(stream: &TcpStream) -> Got {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        match header.trim().split_once(": ") {
            Some((name, value)) => headers.push((name.to_lowercase(), value.to_owned())),
            None => break,
        }
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let line = line.trim().trim_end_matches(" HTTP/1.1").to_owned();
    Got { line, headers, body }
}

/// `social serve`, running; killed when it is dropped.
pub(crate) struct Served {
    child: Child,
    lines: BufReader<ChildStdout>,
    pub(crate) url: String,
    pub(crate) data: tempfile::TempDir,
}

impl Served {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_with("", arguments)
    }

    /// With this in its configuration.
    pub(crate) fn start_with(config: &str, arguments: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join("social.toml"), config).unwrap();
        let mut child = social()
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path())
            .args(arguments)
            .current_dir(data.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        if lines.read_line(&mut line).unwrap() == 0 {
            let mut complaint = String::new();
            child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
            panic!("it did not start: {complaint}");
        }
        let said: Value = serde_json::from_str(&line).unwrap();
        let url = said["listening"].as_str().unwrap().trim_end_matches('/').to_owned();
        Self { child, lines, url, data }
    }

    /// The next line that it prints.
    pub(crate) fn line(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Sends SIGTERM and returns the exit code and what was said from the start on.
    pub(crate) fn terminate(mut self) -> (Option<i32>, String) {
        self.signal("TERM");
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        self.lines.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }

    pub(crate) fn signal(&self, name: &str) {
        let (signal, id) = (format!("-{name}"), self.child.id().to_string());
        assert!(Command::new("kill").args([&signal, &id]).status().unwrap().success());
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        self.url.split_once("://").unwrap().1
    }

    /// Asks with `GET`; returns the status and the body.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        self.exchange(&format!("GET {path}"), "", "")
    }

    /// The same with a token.
    pub(crate) fn get_as(&self, path: &str, token: &str) -> (u16, String) {
        self.exchange(&format!("GET {path}"), &format!("authorization: Bearer {token}\r\n"), "")
    }

    /// Asks with `POST`, as a client of MCP does; returns the status and the body.
    pub(crate) fn post(&self, path: &str, token: &str, body: &Value) -> (u16, String) {
        let headers = format!(
            "authorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             accept: application/json, text/event-stream\r\n"
        );
        self.exchange(&format!("POST {path}"), &headers, &body.to_string())
    }

    fn exchange(&self, line: &str, headers: &str, body: &str) -> (u16, String) {
        let address = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "{line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! Clients that ask one thing after the other, each on a connection of its own.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::Result;
use super::server::Server;

/// One question.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) key: Option<String>,
    pub(crate) body: Option<Value>,
}

impl Ask {
    pub(crate) fn get(path: String) -> Self {
        Self { method: "GET", path, key: None, body: None }
    }

    /// The `n`-th post of its kind: a text for one account, of which a day has 24.
    pub(crate) fn post(n: usize, kind: &str) -> Self {
        let (year, month, day, hour) =
            (2030 + n / 8064 % 60, n / 672 % 12 + 1, n / 24 % 28 + 1, n % 24);
        let body = json!({
            "content": format!("{kind} {n}: fresh beans at nine, while they last."),
            "platforms": ["facebook"],
            "time": format!("{year}-{month:02}-{day:02}T{hour:02}:00:00Z"),
        });
        let key = Some(format!("{kind}-{n}"));
        Self { method: "POST", path: "/api/posts".into(), key, body: Some(body) }
    }
}

/// A connection.
pub(crate) struct Client {
    send: SendRequest<Full<Bytes>>,
    host: String,
    token: String,
}

impl Client {
    pub(crate) async fn connect(server: &Server) -> Result<Self> {
        let stream = TcpStream::connect(&server.address).await?;
        stream.set_nodelay(true)?;
        let (send, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let token = format!("Bearer {}", server.key);
        Ok(Self { send, host: server.address.clone(), token })
    }

    /// Asks; returns the status and the body.
    pub(crate) async fn send(&mut self, ask: &Ask) -> Result<(u16, Bytes)> {
        let mut request = http::Request::builder()
            .method(ask.method)
            .uri(&ask.path)
            .header("host", &self.host)
            .header("authorization", &self.token);
        if let Some(key) = &ask.key {
            request = request.header("idempotency-key", key);
        }
        let body = match &ask.body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Full::from(body.to_string())
            }
            None => Full::default(),
        };
        self.send.ready().await?;
        let answer = self.send.send_request(request.body(body)?).await?;
        let status = answer.status().as_u16();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// How long each answer took, in milliseconds, sorted.
    pub(crate) millis: Vec<f64>,
    pub(crate) statuses: BTreeSet<u16>,
    pub(crate) bodies: Vec<Bytes>,
    pub(crate) took: Duration,
    /// The processor time of the server.
    pub(crate) cpu: Duration,
}

impl Outcome {
    pub(crate) fn rate(&self) -> f64 {
        self.millis.len() as f64 / self.took.as_secs_f64()
    }

    pub(crate) fn quantile(&self, part: f64) -> f64 {
        let last = self.millis.len().saturating_sub(1);
        self.millis.get((last as f64 * part) as usize).copied().unwrap_or(f64::NAN)
    }

    /// The ids in the answers.
    pub(crate) fn ids(&self) -> Vec<String> {
        let read = |body: &Bytes| serde_json::from_slice::<Value>(body).ok();
        let bodies = self.bodies.iter().filter_map(read);
        bodies.filter_map(|body| body["id"].as_str().map(str::to_owned)).collect()
    }
}

/// Lets `clients` ask for so long; `ask` makes the n-th question.
pub(crate) async fn drive(
    server: &Server,
    clients: usize,
    time: Duration,
    ask: impl Fn(usize) -> Ask,
) -> Result<Outcome> {
    // The questions are made before, so that making them is not measured.
    let questions: Arc<Vec<Ask>> = Arc::new((0..200_000).map(ask).collect());
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    let cpu = server.cpu()?;
    let begun = Instant::now();
    for _ in 0..clients {
        let mut client = Client::connect(server).await?;
        let (questions, next) = (questions.clone(), next.clone());
        tasks.spawn(async move {
            let mut own = Outcome::default();
            while begun.elapsed() < time {
                let n = next.fetch_add(1, Ordering::Relaxed);
                let ask = &questions[n % questions.len()];
                let start = Instant::now();
                let (status, body) = client.send(ask).await?;
                own.millis.push(start.elapsed().as_secs_f64() * 1000.0);
                own.statuses.insert(status);
                if ask.method != "GET" {
                    own.bodies.push(body);
                }
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(own)
        });
    }
    let mut all = Outcome::default();
    while let Some(own) = tasks.join_next().await {
        let own = own??;
        all.millis.extend(own.millis);
        all.statuses.extend(own.statuses);
        all.bodies.extend(own.bodies);
    }
    all.took = begun.elapsed();
    all.cpu = server.cpu()?.saturating_sub(cpu);
    all.millis.sort_by(f64::total_cmp);
    Ok(all)
}

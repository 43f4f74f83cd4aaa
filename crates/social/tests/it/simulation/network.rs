//! The way to the networks, on which requests and answers get lost, are late, or are answered by
//! something in between.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use social::core::ports::{Request, Response, Transport, TransportError};

use super::broken::Broken;
use super::process::Process;

/// The networks, as one process reaches them.
#[derive(Debug)]
pub(super) struct Wire {
    pub inner: Arc<dyn Transport>,
    pub process: Arc<Process>,
    pub broken: Option<Broken>,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Fine,
    RequestLost,
    AnswerLost,
    NotSent,
    GatewayBefore,
    GatewayAfter,
    Late,
    Slow,
}

impl Fate {
    const BAD: [(Self, &str); 7] = [
        (Self::RequestLost, "a request was lost"),
        (Self::AnswerLost, "an answer was lost"),
        (Self::NotSent, "no connection was made"),
        (Self::GatewayBefore, "a broken gateway answered, the request was lost"),
        (Self::GatewayAfter, "a broken gateway answered, the request went through"),
        (Self::Late, "a request arrived after its sender had given up"),
        (Self::Slow, "an answer was slow"),
    ];
}

#[async_trait]
impl Transport for Wire {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let what = format!("{} {}", request.method(), request.uri().path());
        self.process.point(&what).await;
        let answer = self.carry(request, &what).await;
        self.process.point("was answered").await;
        answer
    }
}

impl Wire {
    fn fate(&self, what: &str) -> Fate {
        let weather = &self.process.weather;
        if !weather.strikes(weather.rates.network) {
            return Fate::Fine;
        }
        let choice = usize::try_from(weather.below(7)).unwrap_or(0);
        let (fate, kind) = Fate::BAD[choice];
        weather.fault(kind, self.process.number, what);
        fate
    }

    async fn carry(&self, request: Request, what: &str) -> Result<Response, TransportError> {
        let weather = &self.process.weather;
        let fate = self.fate(what);
        let slow = if fate == Fate::Slow { 20_000 } else { 150 };
        weather.pass(weather.time(slow)).await;
        match fate {
            Fate::NotSent => return Err(TransportError::not_sent("no connection")),
            Fate::RequestLost => return Err(self.no_answer()),
            Fate::GatewayBefore => return bad_gateway(),
            Fate::Late => {
                let (inner, weather) = (self.inner.clone(), weather.clone());
                tokio::spawn(async move {
                    weather.pass(weather.time(1_000)).await;
                    inner.send(request).await.ok();
                });
                return Err(self.no_answer());
            }
            Fate::Fine | Fate::AnswerLost | Fate::GatewayAfter | Fate::Slow => {}
        }
        let answer = self.inner.send(request).await;
        weather.pass(weather.time(150)).await;
        match fate {
            Fate::AnswerLost => Err(self.no_answer()),
            Fate::GatewayAfter => bad_gateway(),
            _ => answer,
        }
    }

    /// Nobody knows what became of the request.
    fn no_answer(&self) -> TransportError {
        if self.broken == Some(Broken::LostIsNo) {
            return TransportError::not_sent("the connection broke");
        }
        TransportError::no_answer("the connection broke")
    }
}

fn bad_gateway() -> Result<Response, TransportError> {
    let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    let mut answer = http::Response::new(Bytes::from_static(page.as_bytes()));
    *answer.status_mut() = http::StatusCode::BAD_GATEWAY;
    Ok(answer)
}

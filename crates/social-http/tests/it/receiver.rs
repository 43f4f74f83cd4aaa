//! Somebody else's server, to which the engine tells what happens.

use std::sync::Mutex;

use async_trait::async_trait;
use http::{Response, Uri};
use social::core::ports::{Request, Transport, TransportError};

/// Answers everything alike.
#[derive(Debug)]
pub(crate) struct Receiver(Mutex<(u16, &'static str)>);

impl Default for Receiver {
    fn default() -> Self {
        Self(Mutex::new((204, "")))
    }
}

impl Receiver {
    pub(crate) fn answer(&self, status: u16, body: &'static str) {
        *self.0.lock().unwrap() = (status, body);
    }
}

#[async_trait]
impl Transport for Receiver {
    fn check(&self, uri: &Uri) -> Result<(), TransportError> {
        match uri.host() {
            Some("private.example") => Err(TransportError::not_sent("the address is not public")),
            _ => Ok(()),
        }
    }

    async fn send(
        &self,
        request: Request,
    ) -> Result<social::core::ports::Response, TransportError> {
        self.check(request.uri())?;
        let (status, body) = *self.0.lock().unwrap();
        Ok(Response::builder().status(status).body(body.into()).unwrap())
    }
}

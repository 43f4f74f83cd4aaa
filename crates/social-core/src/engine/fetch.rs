//! Taking in what is on another server.

use std::time::Duration;

use http::{HeaderMap, Method, StatusCode, header};
use url::Url;

use super::{Error, Incoming, Library};
use crate::domain::{Asset, WorkspaceId};
use crate::ports::{Body, Request, Response};

/// How often a server may send us on.
const REDIRECTS: usize = 3;

/// How much is asked for at once, and so the most that is in memory.
const PIECE: u64 = 8 << 20;

/// For how long a file may come.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

impl Library {
    /// Takes in what `url` shows to anybody: without a login, over the guarded way to addresses
    /// that came from users ([`Ports::outbound`](super::Ports)), which checks each place it is
    /// sent on to. It comes in pieces where the server gives pieces, and what it is follows from
    /// its bytes. Whatever goes wrong, nothing of it is kept.
    ///
    /// # Errors
    /// [`Error::Fetch`] where it cannot be had, as [`Library::take`], and of the stores.
    pub async fn add_url(&self, ws: WorkspaceId, url: &Url, limit: u64) -> Result<Asset, Error> {
        let until = self.ports.clock.now() + PATIENCE;
        let name = url.path_segments().and_then(|mut parts| parts.next_back());
        let mut incoming = Incoming::new(name, limit).await?;
        let (mut at, first) = self.first(url.clone(), limit).await?;
        let mut answer = first;
        let mut tag = None;
        loop {
            let total = match answer.status() {
                StatusCode::OK if incoming.bytes() == 0 => {
                    incoming.write(answer.body()).await?;
                    break;
                }
                StatusCode::PARTIAL_CONTENT => {
                    part(answer.headers(), incoming.bytes(), answer.body().len())
                        .ok_or_else(|| cannot(&at, "its pieces do not fit together"))?
                }
                status => return Err(cannot(&at, &format!("it answers {}", status.as_u16()))),
            };
            if total > limit {
                return Err(super::incoming::too_large(limit));
            }
            let now = answer.headers().get(header::ETAG).cloned();
            if incoming.bytes() > 0 && now != tag {
                return Err(cannot(&at, "it changed while it was read"));
            }
            tag = now;
            incoming.write(answer.body()).await?;
            if incoming.bytes() >= total {
                break;
            }
            if self.ports.clock.now() >= until {
                return Err(cannot(&at, "it came too slowly"));
            }
            (at, answer) = (at.clone(), self.piece(&at, incoming.bytes(), limit).await?);
        }
        if incoming.bytes() == 0 {
            return Err(cannot(&at, "it is empty"));
        }
        self.take(ws, incoming).await
    }

    /// The first piece, from wherever the server sends us on to.
    async fn first(&self, mut at: Url, limit: u64) -> Result<(Url, Response), Error> {
        for _ in 0..=REDIRECTS {
            let answer = self.piece(&at, 0, limit).await?;
            if !answer.status().is_redirection() {
                return Ok((at, answer));
            }
            let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
            at = to
                .and_then(|to| at.join(to).ok())
                .ok_or_else(|| cannot(&at, "it sends on to nowhere"))?;
        }
        Err(cannot(&at, &format!("it sends on more than {REDIRECTS} times")))
    }

    async fn piece(&self, at: &Url, from: u64, limit: u64) -> Result<Response, Error> {
        let uri: http::Uri =
            at.as_str().parse().map_err(|_| cannot(at, "the address cannot be read"))?;
        let out = &self.ports.outbound;
        out.check(&uri).map_err(|error| cannot(at, &error.detail))?;
        // One byte more than is allowed tells that there is more.
        let last = (from + PIECE - 1).min(limit);
        let mut request = Request::new(Body::empty());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = uri;
        let range = format!("bytes={from}-{last}");
        request.headers_mut().insert(
            header::RANGE,
            range.parse().map_err(|_| cannot(at, "the address cannot be read"))?,
        );
        out.send(request).await.map_err(|error| cannot(at, &error.detail))
    }
}

/// How many bytes there are in all, where an answer is the piece that begins at `from`.
fn part(headers: &HeaderMap, from: u64, len: usize) -> Option<u64> {
    let range = headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
    let (range, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    let fits = first == from && len > 0 && last.checked_sub(first)? + 1 == len as u64;
    fits.then(|| total.parse().ok()).flatten()
}

/// The query of an address may hold a secret: only its host is told.
fn cannot(at: &Url, why: &str) -> Error {
    Error::Fetch { host: at.host_str().unwrap_or_default().to_owned(), why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_the_one_that_was_asked_for() {
        let of = |range: &str, from, len| {
            let headers = HeaderMap::from_iter([(header::CONTENT_RANGE, range.parse().unwrap())]);
            part(&headers, from, len)
        };
        assert_eq!(of("bytes 0-3/10", 0, 4), Some(10));
        assert_eq!(of("bytes 4-9/10", 4, 6), Some(10));
        assert_eq!(of("bytes 0-3/10", 4, 4), None);
        assert_eq!(of("bytes 4-9/10", 4, 5), None);
        assert_eq!(of("bytes 9-4/10", 9, 6), None);
        assert_eq!(of("bytes 0-3/*", 0, 4), None);
    }
}

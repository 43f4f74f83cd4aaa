//! A simulator on a clock that stands still, and media to feed it.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;
use social_core::Timestamp;
use social_core::ports::ManualClock;
use social_sim::{Fault, FaultKind, Network, Sim, SimConfig, TableFetcher};

pub(crate) const PAGE: &str = "104500000000001";
pub(crate) const IG: &str = "17841400000000001";
pub(crate) const MEMBER: &str = "urn:li:person:Rb7hQ2sim1";
pub(crate) const ORG: &str = "urn:li:organization:90210001";
pub(crate) const CREATOR: &str = "-000simOpenIdHarbour0001";
pub(crate) const BASE: &str = "http://sim.test/";

pub(crate) struct Kit {
    pub sim: Arc<Sim>,
    pub clock: Arc<ManualClock>,
    pub media: Arc<TableFetcher>,
}

impl Kit {
    pub(crate) fn new() -> Self {
        Self::with(SimConfig::default())
    }

    pub(crate) fn with(config: SimConfig) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_secs(1_795_420_800)));
        let media = Arc::new(TableFetcher::new());
        let sim = Sim::new(config.with_fetcher(media.clone()), clock.clone());
        Self { sim: Arc::new(sim), clock, media }
    }

    pub(crate) fn pass(&self, secs: u64) {
        self.clock.advance(Duration::from_secs(secs));
    }

    pub(crate) fn token(&self, network: Network, account: &str) -> String {
        self.sim.grant(network, account).unwrap().access_token
    }

    pub(crate) fn fault(&self, operation: &str, kind: FaultKind) {
        self.sim.add_fault(Fault::on(operation, kind).nth(1));
    }

    /// The answer, which must come.
    pub(crate) async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.sim.handle(request).await.into_answer().expect("an answer")
    }

    pub(crate) async fn json(&self, request: Request<Bytes>) -> (u16, Value) {
        let answer = self.send(request).await;
        let status = answer.status().as_u16();
        (status, serde_json::from_slice(answer.body()).unwrap_or(Value::Null))
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> (u16, Value) {
        self.json(get(path, token)).await
    }

    /// A form to the Graph API, with the token beside it.
    pub(crate) async fn graph(
        &self,
        path: &str,
        token: &str,
        form: &[(&str, &str)],
    ) -> (u16, Value) {
        self.json(form_of(&format!("graph/v26.0/{path}"), form, Some(token))).await
    }

    /// The texts that are visible, oldest first.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.sim.ledger().live().map(|entry| entry.text.clone()).collect()
    }
}

pub(crate) fn url(path: &str) -> String {
    if path.starts_with("http") { path.to_owned() } else { format!("{BASE}{path}") }
}

pub(crate) fn get(path: &str, token: &str) -> Request<Bytes> {
    Request::get(url(path))
        .header("authorization", format!("Bearer {token}"))
        .body(Bytes::new())
        .unwrap()
}

pub(crate) fn form_of(path: &str, form: &[(&str, &str)], token: Option<&str>) -> Request<Bytes> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let mut request =
        Request::post(url(path)).header("content-type", "application/x-www-form-urlencoded");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(body.into()).unwrap()
}

pub(crate) fn jpeg(width: u32, height: u32) -> Bytes {
    picture(width, height, image::ImageFormat::Jpeg)
}

pub(crate) fn picture(width: u32, height: u32, format: image::ImageFormat) -> Bytes {
    let mut bytes = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(width, height, image::Rgb([90, 60, 30]))
        .write_to(&mut bytes, format)
        .unwrap();
    bytes.into_inner().into()
}

/// What to put into an MP4.
#[derive(Clone, Copy)]
pub(crate) struct Clip {
    pub width: u32,
    pub height: u32,
    pub millis: u32,
    pub fps: u32,
    pub edit_list: bool,
    pub moov_first: bool,
    pub padding: usize,
}

impl Default for Clip {
    fn default() -> Self {
        Self {
            width: 1080,
            height: 1920,
            millis: 8_000,
            fps: 30,
            edit_list: false,
            moov_first: true,
            padding: 64,
        }
    }
}

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut whole = (body.len() as u32 + 8).to_be_bytes().to_vec();
    whole.extend_from_slice(kind);
    whole.extend_from_slice(body);
    whole
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

impl Clip {
    /// The smallest file that has all that is looked at.
    pub(crate) fn mp4(self) -> Bytes {
        let mut mvhd = words(&[0, 0, 0, 1_000, self.millis]);
        mvhd.resize(100, 0);
        let mut tkhd = words(&[0, 0, 0, 1, 0, self.millis, 0, 0, 0, 0]);
        tkhd.extend(words(&[0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000]));
        tkhd.extend(words(&[self.width << 16, self.height << 16]));
        let mdhd = boxed(b"mdhd", &words(&[0, 0, 0, 30_000, 30 * self.millis, 0]));
        let mut hdlr = words(&[0, 0]);
        hdlr.extend_from_slice(b"vide");
        let mut stsd = words(&[0, 1, 16]);
        stsd.extend_from_slice(b"avc1");
        stsd.extend(words(&[0, 0]));
        let frames = self.millis * self.fps / 1_000;
        let stts = boxed(b"stts", &words(&[0, 1, frames, 30_000 / self.fps]));
        let stbl = boxed(b"stbl", &[boxed(b"stsd", &stsd), stts].concat());
        let minf = boxed(b"minf", &stbl);
        let mdia = boxed(b"mdia", &[mdhd, boxed(b"hdlr", &hdlr), minf].concat());
        let mut trak = boxed(b"tkhd", &tkhd);
        if self.edit_list {
            trak.extend(boxed(b"edts", &boxed(b"elst", &words(&[0, 1, self.millis, 0, 0x1_0000]))));
        }
        trak.extend(mdia);
        let moov = boxed(b"moov", &[boxed(b"mvhd", &mvhd), boxed(b"trak", &trak)].concat());
        let mdat = boxed(b"mdat", &vec![7; self.padding]);
        let ftyp = boxed(b"ftyp", b"isomiso2");
        let parts = if self.moov_first { [ftyp, moov, mdat] } else { [ftyp, mdat, moov] };
        parts.concat().into()
    }
}

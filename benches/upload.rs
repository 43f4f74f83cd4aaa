//! A video of 4 GB goes up to the simulated TikTok, and how much memory that takes: the other side
//! runs in a process of its own, and only counts what arrives.
//!
//! `make bench-upload`, or `ARGS=1` for another size in GB.

#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;

use social::core::flow::{Content, ContentMedia};
use social::core::ports::{
    AccountAuth, BlobKey, BlobStore, Clock, PlatformApi as _, SystemClock, Transport,
};
use social::platforms::transport::ReqwestTransport;
use social::platforms::{AppCredentials, Config, TikTok, TikTokEndpoints};
use social::sim::{Hosts, Network, Sim, SimConfig, SimServer};
use social::store::FolderBlobs;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What the brief of the engine allows.
const MOST_MB: u64 = 64;

#[tokio::main]
async fn main() -> Result<()> {
    let size = std::env::args().nth(1);
    if size.as_deref() == Some("serve") {
        return serve().await;
    }
    let bytes = size.map_or(Ok(4), |text| text.parse::<u64>())? << 30;
    // TikTok takes 4 GB of 10^9 bytes.
    let bytes = bytes.min(4_000_000_000);
    let mut other =
        Command::new(std::env::current_exe()?).arg("serve").stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    let said = other.stdout.take().ok_or("the other side says nothing")?;
    BufReader::new(said).read_line(&mut line)?;
    let outcome = upload(line.trim(), bytes).await;
    other.kill()?;
    other.wait()?;
    outcome
}

/// The networks, in this process; says where, and which token to use.
async fn serve() -> Result<()> {
    let config = SimConfig { keep_uploads: false, check_media: false, ..SimConfig::default() };
    let sim = Arc::new(Sim::new(config, Arc::new(SystemClock::new())));
    let server = SimServer::start(sim, "127.0.0.1:0".parse()?).await?;
    let accounts = server.sim.accounts();
    let creator = accounts.iter().find(|a| a.platform == Network::Tiktok).ok_or("no creator")?;
    let grant = server.sim.grant(Network::Tiktok, &creator.id).ok_or("no grant")?;
    println!("{} {} {}", server.base_url, creator.id, grant.access_token);
    std::future::pending().await
}

async fn upload(line: &str, bytes: u64) -> Result<()> {
    let mut words = line.split(' ');
    let mut word = || words.next().ok_or("the other side did not start");
    let (base, id, token) = (word()?, word()?.to_owned(), word()?);
    let hosts = Hosts::under(&base.parse()?);

    let folder = tempfile::tempdir()?;
    let key = BlobKey::new("renditions/film.mp4")?;
    std::fs::create_dir_all(folder.path().join("renditions"))?;
    std::fs::File::create(folder.path().join(key.as_str()))?.set_len(bytes)?;
    let blobs: Arc<dyn BlobStore> = Arc::new(FolderBlobs::new(folder.path())?);
    let transport: Arc<dyn Transport> =
        Arc::new(ReqwestTransport::builder().blobs(blobs.clone()).build()?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let app = AppCredentials::new("sim-app", "sim-secret");
    let hosts = TikTokEndpoints { auth: hosts.tiktok_auth, api: hosts.tiktok_api };
    let api = TikTok::new(Config::new(app).endpoints(hosts), transport, clock.clone());

    let auth = AccountAuth {
        remote_id: id,
        kind: "creator".into(),
        attributes: Default::default(),
        token: token.into(),
        scopes: Vec::new(),
    };
    let film = ContentMedia {
        key,
        bytes,
        mime: "video/mp4".into(),
        width: 1080,
        height: 1920,
        duration: None,
        alt: None,
        url: None,
    };
    let content = Content {
        kind: social::PostKind::Video,
        text: "A long film".into(),
        media: vec![film],
        options: Default::default(),
    };
    let before = memory("VmHWM:")?;
    let start = clock.now();
    let published = api.post_content(&auth, &content).await?;
    let (took, peak) = (clock.now().since(start), memory("VmHWM:")?);
    println!(
        "{:.1} GB up in {:.1} s ({:.0} MB/s), published as {:?}",
        bytes as f64 / 1e9,
        took.as_secs_f64(),
        bytes as f64 / 1e6 / took.as_secs_f64(),
        published.remote_id
    );
    println!("peak resident memory: {peak} MB ({before} MB before), of at most {MOST_MB} MB");
    if peak < MOST_MB { Ok(()) } else { Err("it took too much memory".into()) }
}

/// A line of this process's status, in MB.
fn memory(name: &str) -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with(name)).ok_or("no such line")?;
    let kb: u64 = line.split_whitespace().nth(1).ok_or("no number")?.parse()?;
    Ok(kb / 1024)
}

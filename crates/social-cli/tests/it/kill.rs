//! The real process, killed at random moments of a real run, and started again.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use social::core::ports::{Body, IdSource as _, SeededIds, SystemClock, Transport as _};
use social::platforms::transport::ReqwestTransport;
use social::sim::{HttpFetcher, Sim, SimConfig, SimServer};
use social::{
    Account, DeliveryStatus, MediaRef, Platform, PostRequest, Scheduler as _, Social, Target,
};
use url::Url;

/// How often the process is killed before it may finish.
const KILLS: u64 = 12;

async fn connect(social: &Social, platform: &Platform) -> Vec<Account> {
    let back: Url = "http://127.0.0.1:9/callback/".parse().unwrap();
    let link = social.accounts().connect(social.workspace(), platform, &back).await.unwrap();
    let allow = http::Request::post(link.url.as_str())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("decision=allow"))
        .unwrap();
    let answer = ReqwestTransport::builder().build().unwrap().send(allow).await.unwrap();
    let location = answer.headers()["location"].to_str().unwrap().parse().unwrap();
    social.accounts().finish_with_all(&location).await.unwrap().accounts
}

/// Where the process keeps what it knows.
#[derive(Clone)]
struct Place {
    folder: PathBuf,
    /// A SQLite file in the folder where there is none.
    database: Option<String>,
}

async fn open(place: &Place, networks: &SimServer, public_url: &Url) -> Social {
    let mut builder = Social::builder()
        .data_dir(&place.folder)
        .simulators(&networks.base_url)
        .public_url(public_url.clone());
    if let Some(database) = &place.database {
        builder = builder.database(database.clone());
    }
    builder.build().await.unwrap()
}

/// Runs the worker. Kills it after `lines` lines, or lets it finish.
fn work(place: &Place, networks: &Url, public_url: &Url, lines: Option<u64>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_social"));
    if let Some(database) = &place.database {
        command.env("SOCIAL_DATABASE", database);
    }
    let mut child = command
        .args(["work", "--json", "--until-settled", "--lease-ms", "400", "--data"])
        .arg(&place.folder)
        .args(["--simulators", networks.as_str(), "--public-url", public_url.as_str()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stdout.take().unwrap()).lines();
    match lines {
        Some(lines) => {
            for line in said.take(lines as usize) {
                line.unwrap();
            }
            // SIGKILL: nothing is flushed, nothing is handed back. It may have ended by itself.
            child.kill().unwrap();
            child.wait().unwrap();
        }
        None => {
            for line in said {
                line.unwrap();
            }
            assert!(child.wait().unwrap().success());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_neither_repeats_nor_loses_a_post() {
    let folder = tempfile::tempdir().unwrap();
    killed_again_and_again(Place { folder: folder.path().to_owned(), database: None }).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn nor_does_one_on_postgres() {
    let (folder, schema) = (tempfile::tempdir().unwrap(), crate::servers::Schema::new().await);
    let database = Some(schema.url());
    killed_again_and_again(Place { folder: folder.path().to_owned(), database }).await;
}

async fn killed_again_and_again(place: Place) {
    let config = SimConfig::default().with_fetcher(Arc::new(HttpFetcher::new(256 << 20).unwrap()));
    let sim = Arc::new(Sim::new(config, Arc::new(SystemClock::new())));
    let networks = SimServer::start(sim, "127.0.0.1:0".parse().unwrap()).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let public_url: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();

    let mut texts = Vec::new();
    let mut posts = Vec::new();
    {
        let social = open(&place, &networks, &public_url).await;
        let router = social::http::media(social.ports().blobs.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let photo = include_bytes!("../../../../examples/media/photo.jpg");
        let photo = bytes::Bytes::from_static(photo);
        let photo = social.library().add_bytes(social.workspace(), photo, None).await.unwrap();
        for platform in
            [Platform::INSTAGRAM, Platform::FACEBOOK, Platform::LINKEDIN, Platform::TIKTOK]
        {
            let account = connect(&social, &platform).await.remove(0);
            // TikTok cannot be asked for a photo post whose answer was lost: its video is in
            // the tests on simulated time.
            let kinds: &[bool] = match &platform {
                p if *p == Platform::INSTAGRAM => &[true],
                p if *p == Platform::TIKTOK => continue,
                _ => &[false, true],
            };
            for (n, with_photo) in kinds.iter().flat_map(|kind| [(0, kind), (1, kind), (2, kind)]) {
                let text = format!("{platform} {with_photo} {n}");
                let target = Target { platform: platform.clone(), account: Some(account.id) };
                let mut request = PostRequest::new(social.workspace(), &text, [target]);
                if *with_photo {
                    request = request.with_media(MediaRef::new(photo.id));
                }
                posts.push(social.posts().schedule_post(request).await.unwrap());
                texts.push(text);
            }
        }
    }

    let random = SeededIds::new(5);
    for _ in 0..KILLS {
        let lines = 1 + random.below(14);
        let (place, base, url) = (place.clone(), networks.base_url.clone(), public_url.clone());
        tokio::task::spawn_blocking(move || work(&place, &base, &url, Some(lines))).await.unwrap();
    }
    let (at, base, url) = (place.clone(), networks.base_url.clone(), public_url.clone());
    tokio::task::spawn_blocking(move || work(&at, &base, &url, None)).await.unwrap();

    let ledger = networks.sim.ledger();
    for text in &texts {
        let visible = ledger.live().filter(|entry| entry.text == *text).count();
        assert_eq!(visible, 1, "`{text}` is visible {visible} times");
    }
    let social = open(&place, &networks, &public_url).await;
    for post in posts {
        let view = social.posts().get(social.workspace(), post).await.unwrap();
        for delivery in view.deliveries {
            assert_eq!(delivery.status, DeliveryStatus::Published, "{:?}", delivery.failure);
        }
    }
    networks.stop().await;
}

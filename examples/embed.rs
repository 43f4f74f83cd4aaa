//! The smallest program that links the engine and publishes: here to a simulated Facebook Page.

use std::sync::Arc;

use social::core::ports::{Body, SystemClock, Transport as _};
use social::platforms::transport::ReqwestTransport;
use social::sim::{Sim, SimConfig, SimServer};
use social::{Platform, PostRequest, PostStatus, Scheduler as _, Social};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
pub(crate) async fn main() -> Result<()> {
    // A network to publish to; with an app's own credentials this is the real one.
    let sim = Sim::new(SimConfig::default(), Arc::new(SystemClock::new()));
    let networks = SimServer::start(Arc::new(sim), "127.0.0.1:0".parse()?).await?;

    let folder = tempfile::tempdir()?;
    let social =
        Social::builder().data_dir(folder.path()).simulators(&networks.base_url).build().await?;

    // Once: a person signs in. This one allows everything.
    let back = "http://127.0.0.1:8080/callback/".parse()?;
    let link = social.accounts().connect(social.workspace(), &Platform::FACEBOOK, &back).await?;
    let allow = http::Request::post(link.url.as_str())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("decision=allow"))?;
    let answer = ReqwestTransport::builder().build()?.send(allow).await?;
    let back = answer.headers().get("location").ok_or("not sent back")?.to_str()?.parse()?;
    social.accounts().finish(&back).await?;

    // From then on: ask, and it is done.
    let worker = social.start();
    let request = PostRequest::new(social.workspace(), "Good morning!", [Platform::FACEBOOK]);
    let post = social.posts().schedule_post(request).await?;
    let view = social.wait_for(post).await?;
    worker.stop().await;

    assert_eq!(view.status, PostStatus::Published);
    assert_eq!(networks.sim.ledger().live().count(), 1);
    networks.stop().await;
    Ok(())
}

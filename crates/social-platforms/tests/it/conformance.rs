//! The clients of the four networks, through the suite that a client of one's own passes too.

use std::sync::Arc;

use social_core::conformance::PlatformUnderTest;
use social_core::domain::PostKind;
use social_sim::Network;

use crate::kit::{Kit, MEMBER};

async fn network(network: Network, kind: PostKind) -> PlatformUnderTest {
    let kit = Arc::new(Kit::new());
    let auth = match network {
        Network::Linkedin => kit.auth(network, MEMBER),
        _ => kit.first(network),
    };
    let content = kit.content(network, kind, "Fresh beans at nine").await;
    let (time, judge) = (kit.clone(), kit.clone());
    PlatformUnderTest {
        api: kit.api(network),
        auth,
        content,
        wait: Box::new(move |wait| time.clock.advance(wait)),
        visible: Box::new(move || judge.sim.ledger().entries.len()),
    }
}

async fn instagram() -> PlatformUnderTest {
    network(Network::Instagram, PostKind::Carousel).await
}

async fn facebook() -> PlatformUnderTest {
    network(Network::Facebook, PostKind::Image).await
}

async fn linkedin() -> PlatformUnderTest {
    network(Network::Linkedin, PostKind::Text).await
}

async fn tiktok() -> PlatformUnderTest {
    network(Network::Tiktok, PostKind::Video).await
}

social_core::platform_api_conformance!(of_instagram, instagram);
social_core::platform_api_conformance!(of_facebook, facebook);
social_core::platform_api_conformance!(of_linkedin, linkedin);
social_core::platform_api_conformance!(of_tiktok, tiktok);

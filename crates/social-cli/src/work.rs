//! `social work`: do what is due.

use std::time::Duration;

use serde_json::json;
use social::core::engine::EngineConfig;
use social::core::ports::PostFilter;
use social::{Activity, Social};
use tokio::sync::broadcast::error::RecvError;

use crate::args::{Serve, Work};
use crate::failure::Failure;
use crate::output::{say, say_json};
use crate::serve;

/// Works until interrupted, or until nothing waits to be published.
pub(crate) async fn run(options: Work) -> Result<(), Failure> {
    let config =
        EngineConfig { lease: Duration::from_millis(options.lease_ms), ..EngineConfig::default() };
    let serve = Serve {
        config: options.config,
        data: options.data,
        storage: options.storage,
        public_url: options.public_url,
        platform_total: options.platform_total,
        ..Serve::default()
    };
    let settings = serve::gathered(&serve, None)?;
    if settings.simulators && options.simulators.is_none() {
        return Err(Failure::input(
            "the simulated networks run inside of the server: say by --simulators where they are",
        ));
    }
    let mut builder = serve::builder(&settings, config);
    if let Some(base) = &options.simulators {
        builder = builder.simulators(base);
    }
    let social = builder.build().await?;
    let mut activities = social.activities();
    let worker = social.start();
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    while !(options.until_settled && settled(&social).await?) {
        let later = social.ports().clock.now() + Duration::from_millis(200);
        tokio::select! {
            activity = activities.recv() => match activity {
                Ok(activity) => report(&activity, options.json),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => break,
            },
            () = social.ports().clock.sleep_until(later), if options.until_settled => {}
            _ = &mut interrupted => break,
        }
    }
    worker.stop().await;
    Ok(())
}

async fn settled(social: &Social) -> Result<bool, Failure> {
    let filter = PostFilter { limit: 1000, ..PostFilter::default() };
    let posts = social.posts().list(social.workspace(), &filter).await?;
    let mut deliveries = posts.iter().flat_map(|post| &post.deliveries);
    Ok(deliveries.all(|delivery| delivery.status.is_settled()))
}

fn report(activity: &Activity, as_json: bool) {
    let line = match activity {
        Activity::Step { delivery, platform, operation, at } => {
            json!({"at": at, "delivery": delivery, "platform": platform, "step": operation})
        }
        Activity::Status { delivery, platform, status, at, .. } => {
            json!({"at": at, "delivery": delivery, "platform": platform, "status": status})
        }
        _ => return,
    };
    if as_json {
        say_json(&line);
    } else {
        let words = ["step", "status"].iter().find_map(|key| line.get(key)?.as_str());
        let platform = line["platform"].as_str().unwrap_or_default();
        let at = line["at"].as_str().unwrap_or_default();
        say(format!("{at}  {platform:<10} {}", words.unwrap_or_default()));
    }
}

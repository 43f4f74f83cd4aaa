//! `social demo`: the main job, on networks that are simulated.

mod report;
mod stage;
mod timeline;

use std::time::Duration;

use social::{Platform, PostRequest, PostView, Scheduler as _};

use crate::args::Demo;
use crate::failure::Failure;
use crate::output::say;
use report::Report;
pub(crate) use stage::CLIP;
use stage::Stage;
use timeline::Timeline;

/// The networks of the demo.
pub(crate) const PLATFORMS: [Platform; 4] =
    [Platform::INSTAGRAM, Platform::FACEBOOK, Platform::LINKEDIN, Platform::TIKTOK];

/// How far ahead the photograph is scheduled.
const PHOTO_AHEAD: Duration = Duration::from_secs(4);
/// How far ahead the video is scheduled: encoding it takes a while on a small machine.
const VIDEO_AHEAD: Duration = Duration::from_secs(12);

/// Connects four accounts, publishes a photograph and a video, reads the numbers, and judges the
/// outcome by what the networks have made visible.
pub(crate) async fn run(options: Demo) -> Result<(), Failure> {
    let timeline = Timeline::new(!options.json);
    let stage = Stage::set(&options, &timeline).await?;
    let social = &stage.social;

    timeline.headline("Sign in, as a person would");
    for platform in &PLATFORMS {
        for account in stage.connect(platform).await? {
            timeline.connected(&account);
        }
    }

    timeline.headline("Preflight: what each network would get");
    let now = social.ports().clock.now();
    let photo = stage.add(options.photo.as_deref(), stage::PHOTO, "photo.jpg").await?;
    let video = stage.add(options.video.as_deref(), CLIP, "clip.mp4").await?;
    let request = |media: &social::Asset, ahead| {
        let alt = Some("A dandelion gone to seed, against a low sun".to_owned());
        PostRequest::new(social.workspace(), options.text.clone(), stage.targets())
            .at(now + ahead)
            .with_media(social::MediaRef { alt, ..social::MediaRef::new(media.id) })
    };
    let mut first = request(&photo, PHOTO_AHEAD);
    let mut second = request(&video, VIDEO_AHEAD);
    second.content = format!("{} (and now as a film)", options.text);
    // A description belongs to a picture; a film has none.
    second.media[0].alt = None;
    first.idempotency_key = Some("demo-photo".into());
    second.idempotency_key = Some("demo-video".into());
    for (name, request) in [("photo", &first), ("video", &second)] {
        timeline.preview(name, &social.posts().preview(request).await?);
    }

    timeline.headline("Publish: the photo and the video, each to four networks");
    let worker = social.start();
    let activities = social.activities();
    let posts =
        [social.posts().schedule_post(first).await?, social.posts().schedule_post(second).await?];
    let shown = timeline.follow(activities, stage.names());
    let mut views = Vec::new();
    for post in posts {
        tokio::select! {
            view = social.wait_for(post) => views.push(view?),
            _ = tokio::signal::ctrl_c() => {
                worker.stop().await;
                return Err(Failure::later("interrupted; what was scheduled is kept"));
            }
        }
    }
    shown.stop().await;
    // Where people see each post is asked for in a job of its own; give that job its turn.
    stage.wait_for_permalinks(&mut views).await?;
    worker.stop().await;

    let report = Report::judge(&stage, &views).await?;
    if options.json {
        report.print_json(&stage);
    } else {
        timeline.headline("What came of it");
        report.print(&stage);
    }
    if options.keep {
        if !options.json {
            say("\nThe feeds stay up; stop with Ctrl-C.");
        }
        tokio::signal::ctrl_c().await?;
    }
    stage.strike().await;
    report.verdict()
}

/// All deliveries of some posts.
fn deliveries(views: &[PostView]) -> impl Iterator<Item = &social::Delivery> {
    views.iter().flat_map(|view| &view.deliveries)
}

//! `tiktok_rust` against the simulated Content Posting and Display APIs.

use std::path::Path;
use std::time::Duration;

use tiktok_rust::client::Service as ClientService;
use tiktok_rust::creator::Service as CreatorService;
use tiktok_rust::direct_post::{PostInfo, PostStatusData, PrivacyLevel, Service as PostService};
use tiktok_rust::error::TikTokApiError;
use tiktok_rust::user::Service as UserService;
use tiktok_rust::videos::{Service as VideoService, VideoField};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn passed(what: &str) {
    println!("  passed  {what}");
}

fn ensure(fine: bool, what: &str) -> Outcome {
    if fine { Ok(()) } else { Err(what.into()) }
}

fn info(title: &str) -> PostInfo {
    PostInfo {
        title: title.to_owned(),
        privacy_level: PrivacyLevel::PublicToEveryone,
        disable_duet: false,
        disable_comment: false,
        disable_stitch: false,
        video_cover_timestamp_ms: 1000,
    }
}

/// The status, once it is no longer under way.
async fn settled(service: &PostService, token: &str, id: &str) -> Result<String, TikTokApiError> {
    for _ in 0..40 {
        let status = service.get_post_status(token, id).await?.status;
        if !status.starts_with("PROCESSING") {
            return Ok(status);
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    Ok("still under way".to_owned())
}

async fn run(base: &str, token: &str, clip: &str, clip_url: &str, picture: &str) -> Outcome {
    let creator = CreatorService::new().with_base_url(base).get_creator_info(token).await?;
    ensure(creator.max_video_post_duration_sec > 0, "a creator without a limit")?;
    ensure(creator.privacy_level_options.contains(&"SELF_ONLY".to_owned()), "no privacy levels")?;
    passed("creator info");

    let user = UserService::new().with_base_url(base);
    let me = user.get_user_info(token, vec!["open_id", "display_name", "follower_count"]).await?;
    ensure(me.open_id.is_some() && me.follower_count.is_some_and(|n| n > 0), "an empty user")?;
    passed("user info");

    let service = PostService::new().with_base_url(base);
    let size = std::fs::metadata(Path::new(clip))?.len();
    let video = service.upload_video_from_file(token, info("From a file"), clip, size, size, 1).await?;
    let PostStatusData { publish_id, status } = video;
    ensure(publish_id.starts_with("v_pub_file~"), &publish_id)?;
    ensure(status.starts_with("PROCESSING"), &status)?;
    passed("a video from a file: init, upload, status");

    let pulled = service.upload_video_from_url(token, info("From an address"), clip_url).await?;
    ensure(pulled.publish_id.starts_with("v_pub_url~"), &pulled.publish_id)?;
    passed("a video from an address");

    let pictures = vec![picture.to_owned(), picture.to_owned()];
    let photos = service.upload_photo_from_urls(token, info("Photos"), pictures).await?;
    ensure(photos.publish_id.starts_with("p_pub_url~"), &photos.publish_id)?;
    passed("photos");

    for id in [&publish_id, &pulled.publish_id, &photos.publish_id] {
        let status = settled(&service, token, id).await?;
        ensure(status == "PUBLISH_COMPLETE", &format!("{id}: {status}"))?;
    }
    passed("all of them are published");

    // A post has its id once it was looked at, which takes twenty seconds here.
    let videos = VideoService::new().with_base_url(base);
    let mut listed = Vec::new();
    for _ in 0..30 {
        let fields = vec![VideoField::Id, VideoField::Title, VideoField::ViewCount];
        listed = videos.list_videos(token, None, Some(20), fields).await?.videos;
        if listed.len() >= 3 {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let ours = listed.iter().find(|video| video.title.as_deref() == Some("From a file"));
    let ours = ours.ok_or("the video is not listed")?;
    let fields = vec![VideoField::Id, VideoField::LikeCount];
    let found = videos.query_videos(token, vec![ours.id.clone()], fields).await?;
    ensure(found.len() == 1 && found[0].like_count.is_some(), "the video is not found by its id")?;
    passed("the list of videos, and one by its id");

    let wrong = user.get_user_info("act.wrong", vec!["open_id"]).await;
    ensure(matches!(wrong, Err(TikTokApiError::AccessTokenInvalid(_))), "a wrong token was taken")?;
    passed("a wrong token is told by its code");

    let client = ClientService::with_credentials("sim-app", "sim-secret").with_base_url(base);
    ensure(client.get_access_token().await?.access_token.starts_with("clt."), "no client token")?;
    passed("a client's own token");
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base, token, clip, clip_url, picture] = &arguments[..] else {
        eprintln!("usage: BASE TOKEN CLIP CLIP_URL PICTURE_URL");
        std::process::exit(2);
    };
    if let Err(error) = run(base, token, clip, clip_url, picture).await {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

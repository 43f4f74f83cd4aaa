//! Each kind of post that an option asks for, step by step, and what people then see.

use serde_json::{Value, json};
use social_core::domain::PostKind;
use social_core::ports::AccountAuth;
use social_sim::{LedgerEntry, Network, SimConfig};

use crate::kit::{Kit, MEMBER, ORGANIZATION};

struct Post {
    network: Network,
    account: Option<&'static str>,
    kind: PostKind,
    /// A picture in place of a clip.
    picture: bool,
    options: Value,
}

fn post(network: Network, kind: PostKind, options: Value) -> Post {
    let account = (network == Network::Linkedin).then_some(MEMBER);
    Post { network, account, kind, picture: false, options }
}

/// Publishes it, and says which steps that took and what is visible.
async fn publish(
    kit: &Kit,
    auth: &AccountAuth,
    post: &Post,
    text: &str,
) -> (Vec<String>, LedgerEntry) {
    let api = kit.api(post.network);
    let kind = if post.picture { PostKind::Image } else { post.kind };
    let mut content = kit.content(post.network, kind, text).await;
    content.kind = post.kind;
    content.options = post.options.as_object().unwrap().clone();
    let (outcome, mut steps) = kit.publish(&*api, auth, &content).await;
    outcome.published();
    let ledger = kit.sim.ledger();
    let [entry] = &ledger.entries[..] else { panic!("{:?}", ledger.entries) };
    // How often something is asked depends on how long the network takes.
    steps.dedup();
    (steps, entry.clone())
}

async fn visible(post: Post) -> (Vec<String>, LedgerEntry) {
    let kit = Kit::new();
    let auth = match post.account {
        Some(account) => kit.auth(post.network, account),
        None => kit.first(post.network),
    };
    publish(&kit, &auth, &post, "Fresh (new) beans").await
}

fn commits(steps: &[String]) -> Vec<&str> {
    steps.iter().filter_map(|step| step.strip_suffix(" Commit")).collect()
}

#[tokio::test]
async fn instagram_stories_of_pictures_and_clips() {
    let story = json!({"format": "story"});
    for picture in [true, false] {
        let post = Post { picture, ..post(Network::Instagram, PostKind::Story, story.clone()) };
        let (steps, entry) = visible(post).await;
        assert_eq!(commits(&steps), ["instagram.media_publish"]);
        assert_eq!((entry.kind.as_str(), entry.text.as_str()), ("story", ""));
    }
}

#[tokio::test]
async fn an_instagram_reel_with_all_that_can_be_said_of_it() {
    let options = json!({
        "collaborators": ["roastery"], "location_id": "104500000000001",
        "user_tags": [{"username": "ana"}], "share_to_feed": false, "audio_name": "Steam",
        "thumb_offset": 1500, "trial_params": {"graduation_strategy": "MANUAL"},
        "is_ai_generated": true,
    });
    let (_, entry) = visible(post(Network::Instagram, PostKind::Video, options)).await;
    assert_eq!(entry.kind, "reel");
}

#[tokio::test]
async fn an_instagram_clip_that_is_fetched() {
    let (steps, entry) =
        visible(post(Network::Instagram, PostKind::Video, json!({"source": "url"}))).await;
    assert!(!steps.iter().any(|step| step.starts_with("instagram.rupload")), "{steps:?}");
    assert_eq!(entry.kind, "reel");
}

#[tokio::test]
async fn an_instagram_carousel_of_a_picture_and_a_clip() {
    let kit = Kit::new();
    let api = kit.api(Network::Instagram);
    let mut content = kit.content(Network::Instagram, PostKind::Carousel, "Both").await;
    content.media[1] = kit.clip(1000).await;
    let tags = json!({"user_tags": [{"username": "ana", "x": 0.5, "y": 0.5, "item": 2}]});
    content.options = tags.as_object().unwrap().clone();
    kit.publish(&*api, &kit.first(Network::Instagram), &content).await.0.published();
    let kinds: Vec<_> =
        kit.sim.ledger().entries[0].media.iter().map(|item| item.mime.clone()).collect();
    assert_eq!(kinds, ["image/jpeg", "video/mp4", "image/jpeg"]);
}

#[tokio::test]
async fn facebook_links_reels_and_stories() {
    let link = json!({"link": "https://harbour.example/menu"});
    let (_, entry) = visible(post(Network::Facebook, PostKind::Text, link)).await;
    assert_eq!(entry.kind, "link");

    let reel = post(Network::Facebook, PostKind::Reel, json!({"format": "reel", "title": "Steam"}));
    let (steps, entry) = visible(reel).await;
    assert_eq!(commits(&steps), ["facebook.clip_finish"]);
    assert_eq!((entry.kind.as_str(), entry.text.as_str()), ("reel", "Fresh (new) beans"));

    let story = json!({"format": "story"});
    let (steps, entry) = visible(post(Network::Facebook, PostKind::Story, story.clone())).await;
    assert_eq!(commits(&steps), ["facebook.clip_finish"]);
    assert_eq!(entry.kind, "story");

    let photo = Post { picture: true, ..post(Network::Facebook, PostKind::Story, story) };
    let (steps, entry) = visible(photo).await;
    assert_eq!(commits(&steps), ["facebook.photo_stories"]);
    assert_eq!(entry.kind, "story");
}

#[tokio::test]
async fn linkedin_articles_polls_documents_and_reshares() {
    let article = json!({"article": {"source": "https://harbour.example/", "title": "Menu",
        "description": "What we roast"}});
    let poll = json!({"poll": {"question": "Which one?", "options": ["This", "That"], "days": 7}});
    let reshare = json!({"reshare_of": "urn:li:share:72"});
    let document = json!({"title": "The plan"});
    for (kind, picture, options, shown) in [
        (PostKind::Text, false, article.clone(), "article"),
        (PostKind::Image, true, article, "article"),
        (PostKind::Text, false, poll, "poll"),
        (PostKind::Text, false, reshare, "reshare"),
        (PostKind::Document, false, document, "document"),
    ] {
        for account in [MEMBER, ORGANIZATION] {
            let options = options.clone();
            let account = Some(account);
            let (steps, entry) =
                visible(Post { network: Network::Linkedin, account, kind, picture, options }).await;
            assert_eq!(commits(&steps), ["linkedin.posts_create"]);
            assert_eq!(entry.kind, shown, "{steps:?}");
        }
    }
}

#[tokio::test]
async fn a_linkedin_mention_is_seen_as_a_name() {
    let kit = Kit::new();
    let text = "With @[Harbour Coffee](urn:li:organization:90210001) (today)!";
    let auth = kit.auth(Network::Linkedin, MEMBER);
    let plain = post(Network::Linkedin, PostKind::Text, json!({}));
    let (_, entry) = publish(&kit, &auth, &plain, text).await;
    assert_eq!(entry.text, "With Harbour Coffee (today)!");
}

#[tokio::test]
async fn tiktok_drafts_and_clips_that_are_fetched() {
    let (steps, entry) =
        visible(post(Network::Tiktok, PostKind::Inbox, json!({"format": "inbox"}))).await;
    assert_eq!(commits(&steps), ["tiktok.upload"]);
    assert_eq!(entry.kind, "draft");

    let pulled = json!({"format": "inbox", "source": "url"});
    let (steps, entry) = visible(post(Network::Tiktok, PostKind::Inbox, pulled)).await;
    assert_eq!(commits(&steps), ["tiktok.video_pull"]);
    assert_eq!(entry.kind, "draft");

    let pictures = Post {
        picture: true,
        ..post(Network::Tiktok, PostKind::Inbox, json!({"format": "inbox"}))
    };
    let (steps, entry) = visible(pictures).await;
    assert_eq!(commits(&steps), ["tiktok.content_init"]);
    assert_eq!(entry.kind, "draft");

    let options = json!({"source": "url", "privacy_level": "PUBLIC_TO_EVERYONE",
        "brand_organic_toggle": true, "is_aigc": true, "video_cover_timestamp_ms": 900});
    let (steps, entry) = visible(post(Network::Tiktok, PostKind::Video, options)).await;
    assert_eq!(commits(&steps), ["tiktok.video_pull"]);
    assert_eq!(entry.kind, "video");
}

#[tokio::test]
async fn an_option_that_a_network_does_not_have_stops_the_post_before_anything_is_sent() {
    let kit = Kit::new();
    for network in Network::ALL {
        let api = kit.api(network);
        let mut content = kit.content(network, PostKind::Video, "Hello").await;
        content.options.insert("colour".into(), "blue".into());
        let outcome = kit.publish(&*api, &kit.first(network), &content).await.0;
        let crate::kit::Outcome::Failed(error) = outcome else { panic!("{outcome:?}") };
        assert!(error.detail.contains("`colour`"), "{error}");
        assert!(kit.sim.ledger().entries.is_empty());
    }
}

#[tokio::test]
async fn what_is_said_under_a_post_is_there_once_and_found_again() {
    let kit = Kit::with(SimConfig::default());
    for network in [Network::Instagram, Network::Facebook, Network::Linkedin] {
        let (api, auth) = (kit.api(network), kit.first(network));
        let kind = if network == Network::Instagram { PostKind::Image } else { PostKind::Text };
        let content = kit.content(network, kind, &format!("Hello {network}")).await;
        let id = kit.publish(&*api, &auth, &content).await.0.published().remote_id.unwrap();
        if network == Network::Linkedin {
            // A fresh post is not known yet.
            let error = api.comment(&auth, &id, "More in the menu").await.unwrap_err();
            assert_eq!(error.kind, social_core::ErrorKind::NotReady);
        }
        kit.clock.advance(std::time::Duration::from_secs(10));
        assert_ne!(api.has_comment(&auth, &id, "More in the menu").await.unwrap(), Some(true));
        api.comment(&auth, &id, "More in the menu").await.unwrap();
        assert_ne!(api.has_comment(&auth, &id, "More in the menu").await.unwrap(), Some(false));
    }
    let comments = kit.sim.ledger().entries.iter().filter(|it| it.kind == "comment").count();
    assert_eq!(comments, 3);
}

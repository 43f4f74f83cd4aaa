use serde_json::json;

use crate::house::{House, ask};

#[tokio::test]
async fn words_are_suggested_and_fit() {
    let house = House::new().await;
    let key = house.human_key().await;
    let send = |path: &'static str, body: serde_json::Value| {
        let request = ask("POST", path).key(&key).json(&body);
        house.send(request)
    };
    let topic = json!({ "topic": "We roast coffee at the harbour.", "platform": "facebook" });
    let caption = send("/api/content/caption", topic).await;
    assert_eq!(caption.is(200)["source"], "offline");
    let text = json!({ "text": "Fresh coffee, roasted at the harbour. Coffee!", "limit": 2 });
    let tags = send("/api/content/hashtags", text).await;
    assert_eq!(tags.is(200)["hashtags"], json!(["coffee", "harbour"]));
    let long = json!({ "text": "word ".repeat(1000), "platform": "instagram", "media": true });
    let fit = send("/api/content/optimize", long).await;
    assert!(fit.is(200)["text"].as_str().unwrap().chars().count() <= 2200);
    let ideas = send("/api/content/ideas", json!({ "industry": "coffee roastery" })).await;
    assert!(!ideas.is(200)["items"].as_array().unwrap().is_empty());
    let nothing = send("/api/content/hashtags", json!({ "text": " " })).await;
    nothing.is_problem(422, "content_empty");
    let where_to = send("/api/content/caption", json!({ "topic": "x", "platform": "myspace" }));
    where_to.await.is_problem(422, "platform_unknown");
}

#[tokio::test]
async fn a_voice_is_kept_and_suggestions_are_held_to_it() {
    let house = House::new().await;
    let key = house.human_key().await;
    let none = house.send(ask("GET", "/api/voice").key(&key)).await;
    assert_eq!(none.is(200)["avoid"], json!([]));
    let voice = json!({ "max_emoji": 0, "hashtags_always": ["harbour"], "max_hashtags": 2 });
    house.send(ask("PUT", "/api/voice").key(&key).json(&voice)).await.is(200);
    let kept = house.send(ask("GET", "/api/voice").key(&key)).await;
    assert_eq!(kept.is(200)["hashtags_always"], json!(["harbour"]));
    let asked = json!({ "topic": "Fresh coffee at nine, roasted here.", "platform": "instagram" });
    let caption = house.send(ask("POST", "/api/content/caption").key(&key).json(&asked)).await;
    let text = caption.is(200)["text"].as_str().unwrap();
    assert!(text.contains("#harbour") && text.matches('#').count() <= 2, "{text}");
    assert_eq!(caption.body["source"], "offline");
    let wrong = ask("PUT", "/api/voice").key(&key).json(&json!({ "loud": true }));
    house.send(wrong).await.is_problem(422, "unknown_field");
}

#[tokio::test]
async fn an_experiment_draws_texts_and_says_when_nobody_can_tell() {
    let (house, key) = House::ready().await;
    let begun = json!({ "name": "With a question", "goal": "engagement" });
    let begun = house.send(ask("POST", "/api/experiments").key(&key).json(&begun)).await;
    let id = begun.is(201)["id"].as_str().unwrap().to_owned();
    let mut drawn = Vec::new();
    for n in 0..2 {
        let post =
            json!({ "content": format!("Draft {n}"), "platforms": ["facebook"], "draft": true });
        let post = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
        let post = post.is(201)["id"].as_str().unwrap().to_owned();
        let texts =
            json!({ "post_id": post, "a": format!("Plain {n}"), "b": format!("Ready {n}?") });
        let path = format!("/api/experiments/{id}/posts");
        let trial = house.send(ask("POST", &path).key(&key).json(&texts)).await;
        let variant = trial.is(201)["variant"].as_str().unwrap().to_owned();
        let text = house.send(ask("GET", &format!("/api/posts/{post}")).key(&key)).await;
        assert_eq!(text.is(200)["content"], texts[&variant], "{}", text.text);
        drawn.push(variant);
        house
            .send(ask("POST", &path).key(&key).json(&texts))
            .await
            .is_problem(409, "post_not_editable");
    }
    drawn.sort();
    assert_eq!(drawn, ["a", "b"], "of each two posts one gets each");
    let key = house.human_key().await;
    let standing = house.send(ask("GET", &format!("/api/experiments/{id}")).key(&key)).await;
    assert_eq!(standing.is(200)["verdict"], "not_enough_data");
    assert_eq!(standing.body["posts"].as_array().unwrap().len(), 2);
    assert!(standing.body["summary"].as_str().unwrap().starts_with("Not enough data."));
}

#[tokio::test]
async fn best_times_say_what_they_rest_on_and_keep_quiet_hours() {
    let (house, _) = House::ready().await;
    let key = house.human_key().await;
    let accounts = house.send(ask("GET", "/api/accounts").key(&key)).await.body;
    let id = accounts["items"][0]["account_id"].as_str().unwrap();
    let path = format!("/api/accounts/{id}/best-times?zone=Europe/Berlin&quiet=20-10&limit=4");
    let times = house.send(ask("GET", &path).key(&key)).await;
    let items = times.is(200)["items"].as_array().unwrap();
    assert_eq!(items.len(), 4);
    for item in items {
        let hour: u32 = item["hour"].as_str().unwrap()[4..].parse().unwrap();
        assert!((10..20).contains(&hour), "{item}");
        assert_eq!((&item["source"], &item["zone"]), (&json!("habit"), &json!("Europe/Berlin")));
        assert!(item["evidence"].as_str().unwrap().starts_with("no posts"), "{item}");
    }
    let wrong = format!("/api/accounts/{id}/best-times?quiet=late");
    house.send(ask("GET", &wrong).key(&key)).await.is_problem(422, "invalid_field");
}

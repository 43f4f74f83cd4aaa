//! What Prometheus reads after some posts went out.

use std::collections::{BTreeMap, BTreeSet};

use crate::kit::{Served, fed, json, social};

/// The samples by name and labels, and the names that are described and typed.
fn parse(text: &str) -> (BTreeMap<&str, f64>, BTreeSet<&str>) {
    let (mut samples, mut known) = (BTreeMap::new(), BTreeSet::new());
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            known.insert(rest.split(' ').next().unwrap());
        } else if !line.starts_with('#') {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(samples.insert(name, value.parse().unwrap()).is_none(), "twice: {name}");
        }
    }
    (samples, known)
}

#[test]
fn after_a_post_the_numbers_tell_of_it() {
    let server = Served::start(&["--sandbox"]);
    let key = social()
        .args(["key", "create", "--policy", "none", "--data"])
        .arg(server.data.path())
        .output();
    let key = json(&key.unwrap())["token"].as_str().unwrap().to_owned();
    let photo = server.data.path().join("photo.jpg");
    std::fs::write(&photo, include_bytes!("../../../../examples/media/photo.jpg")).unwrap();
    let mut quick = social();
    quick.env("SOCIAL_BASE_URL", &server.url).env("SOCIAL_API_TOKEN", &key);
    quick.args(["quick", "--to", "instagram,facebook", "--alt", "A dandelion", "--media"]);
    let post = json(&fed(quick.arg(&photo), "First light"));
    assert_eq!(post["status"], "published", "{post}");
    let id = post["id"].as_str().unwrap();
    server.get(&format!("/api/posts/{id}"));

    let (status, text) = server.get("/metrics");
    assert_eq!(status, 200, "{text}");
    let (samples, known) = parse(&text);
    let at = |name: &str| *samples.get(name).unwrap_or_else(|| panic!("no {name} in:\n{text}"));
    for platform in ["instagram", "facebook"] {
        let name = |start: &str, rest: &str| format!("{start}{{platform=\"{platform}\"{rest}}}");
        assert!(at(&name("social_publishes_total", ",outcome=\"published\"")) == 1.0);
        assert!(at(&name("social_publish_lateness_seconds_count", "")) == 1.0);
    }
    let asked = samples.iter().filter(|(name, _)| {
        name.starts_with("social_platform_requests_total") && name.contains("outcome=\"ok\"")
    });
    assert!(asked.map(|(_, count)| count).sum::<f64>() >= 4.0, "{text}");
    assert!(at("social_queue_lag_seconds_count{kind=\"publish\"}") >= 2.0);
    assert!(at("social_queue_jobs{state=\"waiting\"}") >= 2.0);
    assert!(at("social_worker_last_claim_timestamp_seconds") > 1.7e9);
    assert!(at("social_media_processing_seconds_count{kind=\"image\"}") >= 1.0);
    assert!(at("social_media_bytes_total{kind=\"image\",direction=\"in\"}") > 0.0);
    let unasked = "{method=\"GET\",route=\"/api/posts/{id}\",status=\"401\"}";
    assert!(at(&format!("social_http_requests_total{unasked}")) == 1.0);
    // No id is a label, every name is ours, and each is told of.
    assert!(!text.contains(id) && !text.contains("acct_"), "{text}");
    for name in samples.keys() {
        let name = name.split('{').next().unwrap();
        let family = ["_bucket", "_count", "_sum"].iter().find_map(|end| name.strip_suffix(end));
        let family = family.filter(|family| known.contains(family)).unwrap_or(name);
        assert!(family.starts_with("social_") && known.contains(family), "{name}");
        assert!(text.contains(&format!("# HELP {family} ")), "{family} is not described");
    }
}

//! Every network's rules: what is made is as planned, and planning it again changes nothing.

use image::ImageFormat as Codec;
use social_core::domain::media::MediaProbe;
use social_core::ports::{MediaPipeline, Progress};
use social_core::rules::{
    MediaRule, Plan, Rules, facebook, instagram, linkedin, plan_media, tiktok,
};
use social_media::LocalMedia;

use crate::helpers::{encoded, scene, source};
use crate::jpeg_exif::{quadrants, tagged};

pub(crate) fn networks() -> [Rules; 4] {
    [instagram(), facebook(), linkedin(), tiktok()]
}

#[tokio::test]
async fn every_picture_fits_every_network() {
    let media = LocalMedia::new();
    let sources = [
        ("panorama", encoded(&scene(2600, 500), Codec::Jpeg)),
        ("tower", encoded(&scene(300, 1700), Codec::Png)),
        ("tiny", encoded(&scene(50, 60), Codec::WebP)),
        ("turned", tagged(&quadrants(700, 1100), 6)),
        ("drawing", encoded(&scene(900, 900), Codec::Gif)),
    ];
    for rules in networks() {
        for kind in &rules.kinds {
            let Some(rule @ MediaRule::Image(_)) = &kind.media else { continue };
            for (name, bytes) in &sources {
                let which = format!("{} {:?} {name}", rules.name, kind.kind);
                let source = source(bytes.clone());
                let probe = media.probe(&source).await.unwrap();
                let Plan::Image(plan) = plan_media(&probe, rule).unwrap() else { unreachable!() };
                let done =
                    media.optimize_for_platform(&source, rule, &Progress::none()).await.unwrap();
                let mut again = media.probe(&done.content).await.unwrap();
                // Where to look is asked of what comes in, not of what was made.
                if let MediaProbe::Image(image) = &mut again {
                    image.focus = None;
                }
                assert_eq!(again, done.probe, "{which}");
                let MediaProbe::Image(image) = &again else { unreachable!() };
                let (size, planned) = ((image.width, image.height), (plan.width, plan.height));
                assert_eq!((size, image.format), (planned, plan.format), "{which}");
                assert!(image.bytes <= plan.max_bytes, "{which}");
                assert_eq!(done.mime, plan.format.mime());
                let Plan::Image(again) = plan_media(&again, rule).unwrap() else { unreachable!() };
                assert!(again.keep, "{which}: {again:?}");
            }
        }
    }
}

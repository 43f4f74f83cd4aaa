use social_sim::media::{MediaFacts, Mp4Error};

use crate::kit::{Clip, jpeg};

#[test]
fn a_video_says_how_large_how_long_and_how_fast_it_is() {
    let MediaFacts::Video(facts) = MediaFacts::probe(&Clip::default().mp4()) else {
        panic!("not a video")
    };
    assert_eq!((facts.width, facts.height, facts.duration_ms), (1080, 1920, 8_000));
    assert!((facts.fps - 30.0).abs() < 0.01, "{}", facts.fps);
    assert_eq!(facts.video_codec, "avc1");
    assert!(facts.moov_first && !facts.edit_list);
}

#[test]
fn order_and_edit_lists_are_seen() {
    let clip = Clip { moov_first: false, edit_list: true, ..Clip::default() };
    let MediaFacts::Video(facts) = MediaFacts::probe(&clip.mp4()) else { panic!("not a video") };
    assert!(!facts.moov_first && facts.edit_list);
}

#[test]
fn cut_files_are_no_panic() {
    let whole = Clip::default().mp4();
    for end in 0..whole.len() {
        let facts = MediaFacts::probe(&whole[..end]);
        assert!(!matches!(facts, MediaFacts::Video(_)) || end > whole.len() - 73, "{end}");
    }
    let cut = MediaFacts::probe(&whole[..40]);
    assert_eq!(cut, MediaFacts::BrokenVideo(Mp4Error::CutShort));
    assert_eq!(MediaFacts::probe(b"hello"), MediaFacts::Unknown);
}

#[test]
fn an_image_says_its_format_and_size() {
    let MediaFacts::Image(image) = MediaFacts::probe(&jpeg(320, 400)) else { panic!("no image") };
    assert_eq!((image.width, image.height), (320, 400));
}

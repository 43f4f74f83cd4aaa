//! Pictures: upright, flat, without metadata, within their size.

use image::{DynamicImage, ImageFormat as Codec, Rgba, RgbaImage};
use social_core::domain::media::{Crop, ImageFormat, ImagePlan};
use social_core::ports::{MediaErrorKind, MediaPipeline, ThumbnailAt};
use social_media::LocalMedia;

use crate::helpers::{
    content, encoded, image_plan, near, noise, pixels, probe_image, scene, source,
};
use crate::jpeg_exif::{BLUE, GREEN, GREY, RED, quadrants, tagged, with_segment};

#[tokio::test]
async fn every_orientation_comes_out_upright() {
    let upright = quadrants(96, 64);
    for orientation in 1..=8 {
        let source = source(tagged(&upright, orientation));
        let probe = probe_image(&source).await.unwrap();
        assert_eq!((probe.width, probe.height, probe.orientation), (96, 64, orientation));
        assert!(probe.metadata);

        let plan = image_plan(48, 32, ImageFormat::Jpeg);
        let out = pixels(&LocalMedia::new().process_image(&source, &plan).await.unwrap());
        assert_eq!(out.dimensions(), (48, 32));
        for (x, y, colour) in [(8, 8, RED), (40, 8, GREEN), (8, 24, BLUE), (40, 24, GREY)] {
            let found = out.get_pixel(x, y).0;
            assert!(near(found, colour), "orientation {orientation}: {found:?} at {x}, {y}");
        }
    }
}

#[tokio::test]
async fn a_crop_is_meant_upright() {
    let upright = quadrants(96, 64);
    for orientation in 1..=8 {
        let plan = ImagePlan {
            crop: Some(Crop { x: 52, y: 4, width: 40, height: 24 }),
            ..image_plan(20, 12, ImageFormat::Png)
        };
        let source = source(tagged(&upright, orientation));
        let out = pixels(&LocalMedia::new().process_image(&source, &plan).await.unwrap());
        assert_eq!(out.dimensions(), (20, 12));
        assert!(out.pixels().all(|p| near(p.0, GREEN)), "orientation {orientation}");
    }
}

#[tokio::test]
async fn transparency_is_laid_on_white() {
    let glass = RgbaImage::from_fn(64, 64, |x, _| Rgba([0, 0, 200, if x < 32 { 0 } else { 255 }]));
    let source = source(encoded(&DynamicImage::ImageRgba8(glass), Codec::Png));
    assert!(probe_image(&source).await.unwrap().alpha);
    let media = LocalMedia::new();
    let flat = media.process_image(&source, &image_plan(64, 64, ImageFormat::Jpeg)).await.unwrap();
    let out = pixels(&flat);
    assert!(near(out.get_pixel(8, 32).0, [255, 255, 255]));
    assert!(near(out.get_pixel(56, 32).0, [0, 0, 200]));

    for format in [ImageFormat::Png, ImageFormat::Webp] {
        let kept = media.process_image(&source, &image_plan(32, 32, format)).await.unwrap();
        let probe = probe_image(&kept.content).await.unwrap();
        assert_eq!((probe.format, probe.alpha), (format, true));
    }
}

#[tokio::test]
async fn metadata_is_seen_and_taken_out() {
    let plain = encoded(&scene(80, 60), Codec::Jpeg);
    assert!(!probe_image(&source(plain.clone())).await.unwrap().metadata);
    let xmp = with_segment(&plain, 0xe1, b"http://ns.adobe.com/xap/1.0/\0<x/>");
    let iptc = with_segment(&plain, 0xed, b"Photoshop 3.0\08BIM\x04\x04");
    let exif = tagged(&quadrants(80, 60), 1);
    for bytes in [xmp, iptc, exif] {
        let source = source(bytes);
        assert!(probe_image(&source).await.unwrap().metadata);
        let plan = image_plan(80, 60, ImageFormat::Jpeg);
        let out = LocalMedia::new().process_image(&source, &plan).await.unwrap();
        assert!(!probe_image(&out.content).await.unwrap().metadata);
        let bytes = content(&out);
        assert!(!bytes.windows(4).any(|w| w == b"Exif" || w == b"8BIM" || w == b"http"));
    }
}

#[tokio::test]
async fn quality_gives_way_until_the_bytes_suffice() {
    let source = source(encoded(&noise(400, 400), Codec::Png));
    let media = LocalMedia::new();
    let plan = |max_bytes| ImagePlan { max_bytes, ..image_plan(400, 400, ImageFormat::Jpeg) };
    let best = media.process_image(&source, &plan(8 << 20)).await.unwrap();
    let limit = best.probe.bytes() * 6 / 10;
    let less = media.process_image(&source, &plan(limit)).await.unwrap();
    assert!(less.probe.bytes() <= limit);
    assert!(less.probe.bytes() > limit / 2, "no more quality is lost than must be");

    let error = media.process_image(&source, &plan(10_000)).await.unwrap_err();
    assert_eq!(error.kind, MediaErrorKind::CannotFit);
    assert!(error.detail.contains("scale it"), "{error}");
}

#[tokio::test]
async fn what_fits_is_handed_back_untouched() {
    let bytes = encoded(&scene(100, 100), Codec::Png);
    let plan = ImagePlan { keep: true, ..image_plan(100, 100, ImageFormat::Png) };
    let kept = LocalMedia::new().process_image(&source(bytes.clone()), &plan).await.unwrap();
    assert_eq!(content(&kept)[..], bytes[..]);
    assert_eq!(kept.mime, "image/png");
}

#[tokio::test]
async fn moving_pictures_are_known_and_give_their_first_frame() {
    let mut bytes = Vec::new();
    let frame = |colour| image::Frame::new(RgbaImage::from_pixel(40, 30, Rgba(colour)));
    image::codecs::gif::GifEncoder::new(&mut bytes)
        .encode_frames([frame([200, 0, 0, 255]), frame([0, 200, 0, 255])])
        .unwrap();
    let moving = source(bytes);
    let probe = probe_image(&moving).await.unwrap();
    assert!(probe.animated && probe.format == ImageFormat::Gif);
    let plan = image_plan(40, 30, ImageFormat::Jpeg);
    let out = pixels(&LocalMedia::new().process_image(&moving, &plan).await.unwrap());
    assert!(near(out.get_pixel(20, 15).0, [200, 0, 0]));

    let still = source(encoded(&scene(40, 30), Codec::Gif));
    assert!(!probe_image(&still).await.unwrap().animated);
}

#[tokio::test]
async fn a_thumbnail_is_a_small_upright_jpeg() {
    let source = source(tagged(&quadrants(300, 600), 6));
    let media = LocalMedia::new();
    let small = media.generate_thumbnail(&source, ThumbnailAt::Best, 100).await.unwrap();
    assert_eq!(small.probe.size(), (100, 200));
    assert!(near(pixels(&small).get_pixel(20, 20).0, RED));
    let never_larger = media.generate_thumbnail(&source, ThumbnailAt::Best, 4000).await.unwrap();
    assert_eq!(never_larger.probe.size(), (300, 600));
}

#[tokio::test]
async fn the_same_plan_gives_the_same_bytes() {
    let source = source(encoded(&scene(500, 400), Codec::Png));
    let plan = image_plan(250, 200, ImageFormat::Jpeg);
    let one = LocalMedia::builder().threads(1).build().process_image(&source, &plan).await.unwrap();
    let two = LocalMedia::new().process_image(&source, &plan).await.unwrap();
    assert_eq!(content(&one), content(&two));
}

#[tokio::test]
async fn a_real_photograph_is_made_fit() {
    let photo = crate::helpers::demo("photo.jpg");
    let probe = probe_image(&photo).await.unwrap();
    assert_eq!((probe.width, probe.height, probe.format), (5312, 2988, ImageFormat::Jpeg));
    let plan = ImagePlan {
        crop: Some(Crop { x: 1461, y: 0, width: 2390, height: 2988 }),
        ..image_plan(1080, 1350, ImageFormat::Jpeg)
    };
    let done = LocalMedia::new().process_image(&photo, &plan).await.unwrap();
    assert_eq!(done.probe.size(), (1080, 1350));
}

#[tokio::test]
async fn tiff_and_bmp_are_read() {
    for codec in [Codec::Tiff, Codec::Bmp] {
        let plan = image_plan(60, 40, ImageFormat::Jpeg);
        let file = source(encoded(&scene(120, 80), codec));
        let done = LocalMedia::new().process_image(&file, &plan).await.unwrap();
        assert_eq!((done.probe.size(), done.mime.as_str()), ((60, 40), "image/jpeg"));
    }
}

#[tokio::test]
async fn a_jpeg_without_its_last_rows_is_shown() {
    let mut bytes = encoded(&scene(600, 400), Codec::Jpeg);
    bytes.truncate(bytes.len() - 40);
    let plan = image_plan(300, 200, ImageFormat::Jpeg);
    let out = LocalMedia::new().process_image(&source(bytes), &plan).await.unwrap();
    let best = scene(600, 400).resize_exact(300, 200, image::imageops::FilterType::Lanczos3);
    let (out, best) = (pixels(&out), best.into_rgb8());
    assert!(near(out.get_pixel(150, 20).0, best.get_pixel(150, 20).0));
}

#[tokio::test]
async fn of_metadata_only_what_is_asked_for_stays() {
    use exif::experimental::Writer;
    use exif::{Field, In, Reader, Tag, Value};
    use social_core::domain::media::Keep;

    let field = |tag, text: &str| Field {
        tag,
        ifd_num: In::PRIMARY,
        value: Value::Ascii(vec![text.as_bytes().to_vec()]),
    };
    let fields = [
        field(Tag::Copyright, "Ada Example"),
        field(Tag::DateTimeOriginal, "2026:05:01 10:00:00"),
        field(Tag::Model, "a telephone"),
        field(Tag::GPSLatitudeRef, "N"),
    ];
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut block = std::io::Cursor::new(Vec::new());
    writer.write(&mut block, false).unwrap();
    let block = [b"Exif\0\0".as_slice(), &block.into_inner()].concat();
    let photo = source(with_segment(&encoded(&scene(64, 48), Codec::Jpeg), 0xe1, &block));

    let kept = async |metadata| {
        let plan = ImagePlan { metadata, ..image_plan(32, 24, ImageFormat::Jpeg) };
        let done = LocalMedia::new().process_image(&photo, &plan).await.unwrap();
        let bytes = content(&done).to_vec();
        let exif = Reader::new().read_from_container(&mut std::io::Cursor::new(bytes));
        exif.map_or_else(|_| Vec::new(), |exif| exif.fields().map(|f| f.tag).collect())
    };
    assert_eq!(kept(Keep::default()).await, []);
    assert_eq!(kept(Keep { credit: true, taken_at: false }).await, [Tag::Copyright]);
    let both = kept(Keep { credit: true, taken_at: true }).await;
    assert!(both.contains(&Tag::DateTimeOriginal), "{both:?}");
    assert!(!both.contains(&Tag::Model) && !both.contains(&Tag::GPSLatitudeRef), "{both:?}");
}

//! Our side.

use std::io::BufRead;
use std::path::Path;
use std::time::{Duration, Instant};

use social_core::domain::media::{Crop, ImageFormat, ImagePlan, VideoAction, VideoPlan};
use social_core::ports::{MediaPipeline, MediaSource, Processed, Progress, ThumbnailAt};
use social_media::LocalMedia;
use tokio::runtime::{Builder, Runtime};

/// Does what it is told on standard input.
pub(crate) fn run(input: &str, what: &[&str]) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let mut job = job(&runtime, input, what);
    let mut made: Vec<Processed> = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        if let Some(prefix) = line.strip_prefix("save ") {
            for (number, one) in made.iter().enumerate() {
                let to = format!("{prefix}.{number}");
                match &one.content {
                    MediaSource::Bytes(bytes) => std::fs::write(to, bytes).unwrap(),
                    MediaSource::File(path) => drop(std::fs::copy(path, to).unwrap()),
                }
            }
            println!("saved");
        } else {
            made.clear();
            let (begin, before) = (Instant::now(), busy());
            made = job(&runtime, line == "two");
            let wall = begin.elapsed().as_secs_f64() * 1e3;
            println!("{wall:.3} {:.3}", busy() - before);
        }
    }
}

/// How long this process kept the processor busy, in milliseconds: all its threads together.
fn busy() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let nanoseconds = threads.filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    });
    nanoseconds.sum::<f64>() / 1e6
}

/// Does the job; once more beside it where that is asked for.
type Job = Box<dyn FnMut(&Runtime, bool) -> Vec<Processed>>;

fn job(runtime: &Runtime, input: &str, what: &[&str]) -> Job {
    let file = MediaSource::File(input.into());
    let bytes = || MediaSource::Bytes(std::fs::read(Path::new(input)).unwrap().into());
    let media = LocalMedia::builder().threads(2).build();
    let none = Progress::none;
    match what {
        [kind @ ("images" | "smallest"), sizes @ ..] => {
            let source = bytes();
            let probe = runtime.block_on(media.probe(&source)).unwrap();
            let smallest = *kind == "smallest";
            let plan = |size: &&str| ImagePlan { smallest, ..plan(probe.size(), size) };
            let plans: Vec<_> = sizes.iter().map(plan).collect();
            Box::new(move |r, two| {
                let one = || media.process_images(&source, &plans);
                if two {
                    let both = r.block_on(async { tokio::join!(one(), one()) });
                    return both.0.and(both.1).unwrap();
                }
                r.block_on(one()).unwrap()
            })
        }
        ["probe"] => Box::new(move |r, _| {
            r.block_on(media.probe(&file)).unwrap();
            Vec::new()
        }),
        ["still", seconds] => {
            let at = ThumbnailAt::KeyFrame(Duration::from_secs_f64(seconds.parse().unwrap()));
            Box::new(move |r, _| {
                vec![r.block_on(media.generate_thumbnail(&file, at, 1280)).unwrap()]
            })
        }
        ["copy"] => {
            let plan = clip(VideoAction::Remux);
            Box::new(move |r, _| {
                vec![r.block_on(media.process_video(&file, &plan, &none())).unwrap()]
            })
        }
        ["encode"] => {
            let (media, plan) = (LocalMedia::new(), clip(portrait()));
            Box::new(move |r, _| {
                vec![r.block_on(media.process_video(&file, &plan, &none())).unwrap()]
            })
        }
        ["encode-three"] => {
            let plans = [clip(portrait()), clip(sized(1080, 1080)), clip(sized(1280, 720))];
            let media = LocalMedia::new();
            Box::new(move |r, _| r.block_on(media.process_videos(&file, &plans, &none())).unwrap())
        }
        ["heic"] => {
            let plan = ImagePlan::scaled(1080, 810, ImageFormat::Jpeg);
            Box::new(move |r, _| vec![r.block_on(media.process_image(&file, &plan)).unwrap()])
        }
        // From asking for the end to the end.
        ["cancel"] => {
            let (media, plan) = (LocalMedia::new(), clip(portrait()));
            Box::new(move |r, _| {
                let progress = none();
                let stop = progress.cancel.clone();
                let begin = r.block_on(async {
                    let work = media.process_video(&file, &plan, &progress);
                    let later = tokio::task::spawn_blocking(move || {
                        std::thread::park_timeout(Duration::from_millis(1500));
                        stop.cancel();
                        Instant::now()
                    });
                    let (done, begin) = tokio::join!(work, later);
                    done.unwrap_err();
                    begin.unwrap()
                });
                println!("{:.3}", begin.elapsed().as_secs_f64() * 1e3);
                Vec::new()
            })
        }
        _ => unreachable!("no such job: {what:?}"),
    }
}

/// The middle of the picture in the shape of `size`, as in `1080x1350`.
fn plan(whole: (u32, u32), size: &str) -> ImagePlan {
    let (width, height) = size.split_once('x').unwrap();
    let (width, height): (u32, u32) = (width.parse().unwrap(), height.parse().unwrap());
    let shape = f64::from(width) / f64::from(height);
    let (w, h) = (f64::from(whole.0), f64::from(whole.1));
    let (w, h) = if w / h > shape { (h * shape, h) } else { (w, w / shape) };
    let (w, h) = (w.round() as u32, h.round() as u32);
    let crop = Crop { x: (whole.0 - w) / 2, y: (whole.1 - h) / 2, width: w, height: h };
    ImagePlan { crop: Some(crop), ..ImagePlan::scaled(width, height, ImageFormat::Jpeg) }
}

fn clip(action: VideoAction) -> VideoPlan {
    VideoPlan { action, trim: None, max_bytes: u64::MAX, changes: Vec::new() }
}

/// The middle of a wide clip in another shape.
fn sized(width: u32, height: u32) -> VideoAction {
    let VideoAction::Transcode { fps, max_bitrate, sample_rate, channels, .. } = portrait() else {
        unreachable!("it is encoded")
    };
    let across = (1080 * width / height).min(1920);
    let crop = Some(Crop { x: (1920 - across) / 2, y: 0, width: across, height: 1080 });
    VideoAction::Transcode { crop, width, height, fps, max_bitrate, sample_rate, channels }
}

/// The middle of a wide clip, upright.
fn portrait() -> VideoAction {
    VideoAction::Transcode {
        crop: Some(Crop { x: 656, y: 0, width: 608, height: 1080 }),
        width: 1080,
        height: 1920,
        fps: 30.0,
        max_bitrate: 25_000_000,
        sample_rate: 48_000,
        channels: 2,
    }
}

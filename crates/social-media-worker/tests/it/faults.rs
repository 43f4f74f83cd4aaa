//! Workers that die, lie, hang or want too much: each an error of one order.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use social_core::domain::media::{VideoAction, VideoPlan};
use social_core::ports::{MediaErrorKind, MediaPipeline, Progress};
use social_media::native::{Answer, FromWorker, Order, Task, ToWorker, Workers, frame, unframe};
use social_media::{Budget, LocalMedia};

use crate::helpers::{WORKER, builder, demo, demo_path};

/// Long enough to be caught in the middle.
fn large() -> VideoPlan {
    VideoPlan {
        action: VideoAction::Transcode {
            crop: None,
            width: 1920,
            height: 1080,
            fps: 60.0,
            max_bitrate: 20_000_000,
            sample_rate: 48_000,
            channels: 2,
        },
        trim: None,
        max_bytes: 1 << 30,
        changes: Vec::new(),
    }
}

/// A program that passes for the worker, says that it is ready, and then does `then`.
fn fake(dir: &Path, then: &str) -> PathBuf {
    let ready = r#"{"ready":{"protocol":1,"open":[]}}"#;
    let path = dir.join("worker");
    let text = format!(
        "#!/bin/sh\nprintf '\\{:03o}\\000\\000\\000%s' '{ready}'\nexport PATH=/usr/bin:/bin\n{then}\n",
        ready.len()
    );
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn workers(scratch: &Path) -> Workers {
    Workers::builder(scratch).program(WORKER).build()
}

#[tokio::test]
async fn a_worker_that_is_killed_costs_one_order() {
    let scratch = tempfile::tempdir().unwrap();
    let workers = workers(scratch.path());
    let shared = workers.clone();
    let media =
        LocalMedia::builder().scratch_dir(scratch.path()).native(Arc::new(workers.clone())).build();
    let progress = Progress::new(move |_| {
        for process in shared.processes() {
            Command::new("kill").args(["-9", &process.to_string()]).status().unwrap();
        }
    });
    let error = media.process_video(&demo("clip.mp4"), &large(), &progress).await.unwrap_err();
    assert_eq!(error.kind, MediaErrorKind::Corrupt, "{error}");
    assert!(error.detail.contains("signal: 9"), "{error}");
    assert!(media.probe(&demo("clip.mp4")).await.is_ok(), "the next order finds a new worker");
}

#[tokio::test]
async fn garbage_and_silence_from_the_worker_are_errors() {
    for (then, named) in [
        ("printf '\\004\\000\\000\\000oops'; cat >/dev/null", "the decoder ended"),
        ("printf '\\377\\377\\377\\377'; cat >/dev/null", "the decoder ended"),
        ("head -c 1 >/dev/null; exit 3", "exit status: 3"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let media = builder().worker(fake(dir.path(), then)).scratch_dir(dir.path()).build();
        let error = media.probe(&demo("clip.mp4")).await.unwrap_err();
        assert_eq!(error.kind, MediaErrorKind::Corrupt, "{then}");
        assert!(error.detail.contains(named), "{then}: {error}");
    }
}

#[tokio::test]
async fn a_worker_of_another_release_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = fake(dir.path(), "");
    let text = std::fs::read_to_string(&path).unwrap().replace("\"protocol\":1", "\"protocol\":7");
    std::fs::write(&path, text).unwrap();
    let media = builder().worker(path).scratch_dir(dir.path()).build();
    let error = media.probe(&demo("clip.mp4")).await.unwrap_err();
    assert!(error.detail.contains("another release"), "{error}");
}

#[tokio::test]
async fn a_worker_that_is_missing_is_told_with_where_to_get_it() {
    let media = builder().worker("/nowhere/social-media-worker").build();
    let error = media.probe(&demo("clip.mp4")).await.unwrap_err();
    assert_eq!(error.kind, MediaErrorKind::Unsupported);
    assert!(error.detail.contains("cargo build -p social-media-worker"), "{error}");
    assert!(error.detail.contains("SOCIAL_MEDIA_WORKER"), "{error}");
}

#[tokio::test]
async fn what_takes_too_long_is_ended() {
    let dir = tempfile::tempdir().unwrap();
    let budget = Budget { picture_time: Duration::from_millis(50), ..Budget::default() };
    let path = fake(dir.path(), "cat >/dev/null");
    let media = builder().worker(path).scratch_dir(dir.path()).budget(budget).build();
    let error = media.probe(&demo("clip.mp4")).await.unwrap_err();
    assert_eq!(error.kind, MediaErrorKind::TimedOut, "{error}");
}

#[tokio::test]
async fn what_wants_too_much_memory_fails_alone() {
    let scratch = tempfile::tempdir().unwrap();
    let workers = Workers::builder(scratch.path()).program(WORKER).memory(420 << 20).build();
    let media = LocalMedia::builder().scratch_dir(scratch.path()).native(Arc::new(workers)).build();
    let error =
        media.process_video(&demo("clip.mp4"), &large(), &Progress::none()).await.unwrap_err();
    let typed = matches!(
        error.kind,
        MediaErrorKind::TooLarge | MediaErrorKind::Codec | MediaErrorKind::Corrupt
    );
    assert!(typed, "{:?} {error}", error.kind);
    assert!(media.probe(&demo("clip.mp4")).await.is_ok(), "a small order is still done");
}

#[tokio::test]
async fn cancelling_ends_the_process() {
    let scratch = tempfile::tempdir().unwrap();
    let workers = workers(scratch.path());
    let media =
        LocalMedia::builder().scratch_dir(scratch.path()).native(Arc::new(workers.clone())).build();
    let progress = Progress::new(|_| {});
    let stop = progress.cancel.clone();
    let watched = {
        let mut watched = Progress::new(move |_| stop.cancel());
        watched.cancel = progress.cancel.clone();
        watched
    };
    let error = media.process_video(&demo("clip.mp4"), &large(), &watched).await.unwrap_err();
    assert_eq!(error.kind, MediaErrorKind::Cancelled);
    assert!(workers.processes().is_empty(), "no worker goes on in secret");
    assert!(media.queue().is_empty());
}

#[tokio::test]
async fn workers_are_kept_and_replaced() {
    let scratch = tempfile::tempdir().unwrap();
    let workers = Workers::builder(scratch.path()).program(WORKER).recycle(2, u64::MAX).build();
    let media =
        LocalMedia::builder().scratch_dir(scratch.path()).native(Arc::new(workers.clone())).build();
    let mut seen = Vec::new();
    for _ in 0..3 {
        media.probe(&demo("clip.mp4")).await.unwrap();
        seen.push(workers.processes());
    }
    assert_eq!(seen[0].len(), 1, "one waits for the next order");
    assert!(seen[1].is_empty(), "after two it has done enough");
    assert_ne!(seen[2], seen[0]);
}

/// A worker that is spoken to without the pipeline.
struct Bare {
    child: Child,
    scratch: tempfile::TempDir,
}

impl Bare {
    fn start() -> (Self, Vec<String>) {
        let scratch = tempfile::tempdir().unwrap();
        for folder in ["in", "out"] {
            std::fs::create_dir(scratch.path().join(folder)).unwrap();
        }
        let child = Command::new(WORKER)
            .args([scratch.path().join("in"), scratch.path().join("out")])
            .args(["3000000000", "1000000000"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut bare = Self { child, scratch };
        let FromWorker::Ready { open, .. } = bare.hear() else { unreachable!("it is ready") };
        (bare, open)
    }

    fn hear(&mut self) -> FromWorker {
        let out = self.child.stdout.as_mut().unwrap();
        let mut length = [0; 4];
        out.read_exact(&mut length).unwrap();
        let mut body = vec![0; u32::from_le_bytes(length) as usize];
        out.read_exact(&mut body).unwrap();
        unframe(&[&length[..], &body].concat()).unwrap().unwrap().0
    }

    fn probe(&mut self, input: &Path) -> FromWorker {
        let (input, budget) = (input.to_path_buf(), Budget::default());
        let order = Order { input, budget, threads: 1, task: Task::Probe };
        let bytes = frame(&ToWorker::Work(Box::new(order))).unwrap();
        self.child.stdin.as_mut().unwrap().write_all(&bytes).unwrap();
        self.hear()
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_worker_is_shut_in() {
    let (mut bare, open) = Bare::start();
    println!("open: {open:?}");
    let facts =
        |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", bare.child.id())).unwrap();
    let limits = facts("limits");
    for limit in ["Max address space         3000000000", "Max core file size        0  "] {
        assert!(limits.contains(limit), "{limits}");
    }
    if !open.iter().any(|what| what.starts_with("calls")) {
        assert!(facts("status").contains("Seccomp:\t2"), "calls go through a filter");
    }
    // Inside of its folder it reads; outside, with Landlock, it does not even see.
    let inside = bare.scratch.path().join("in/clip.mp4");
    std::fs::copy(demo_path("clip.mp4"), &inside).unwrap();
    assert!(matches!(bare.probe(&inside), FromWorker::Done(Answer::Clip(_))));
    if !open.iter().any(|what| what.starts_with("files")) {
        let outside = bare.probe(&demo_path("clip.mp4"));
        assert!(matches!(outside, FromWorker::Failed { .. }), "{outside:?}");
    }
}

#[test]
fn it_does_nothing_for_a_person() {
    assert_eq!(Command::new(WORKER).status().unwrap().code(), Some(2));
}

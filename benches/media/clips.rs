//! The bars of clips.

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::bars::{Bars, median};
use crate::peer::{Peer, in_turns};

const SHAPE: &str =
    "crop=608:1080:656:0,scale=1080:1920:flags=bicubic,setsar=1,fps=30,format=yuv420p";
/// The same encoder at the same settings.
const ENCODE: &str = "-c:v libx264 -preset veryfast -crf 20 -profile:v high -g 60 -maxrate 25M \
                      -bufsize 25M -c:a aac -b:a 128k -ar 48000 -ac 2 -movflags +faststart";

/// Its name, the clip, our job, the commands it is timed beside, and how often.
type Case<'a> = (&'a str, &'a str, &'a [&'a str], Vec<String>, usize);

pub(crate) fn run(inputs: &str, bars: &mut Bars) {
    let (clip, short) = (format!("{inputs}/clip.mp4"), format!("{inputs}/clip_10s.mp4"));
    if !std::path::Path::new(&clip).exists() {
        return;
    }
    let still = |ahead: &str| {
        format!(
            "ffmpeg -v error -y -nostdin {ahead} -i {clip} -frames:v 1 -vf scale=1280:-2 -q:v 3 {inputs}/still.jpg"
        )
    };
    let (seek, key) = (still("-ss 11.3"), still("-skip_frame nokey -noaccurate_seek -ss 11.3"));
    let encode = |filters: &str| {
        format!(
            "ffmpeg -v error -y -nostdin -i {short} -vf {filters} {ENCODE} {inputs}/encoded.mp4"
        )
    };
    let wide = "scale=1080:1920:force_original_aspect_ratio=increase:flags=bicubic,crop=1080:1920,setsar=1,fps=30,format=yuv420p";
    // As three commands, one for each size.
    let three = [
        SHAPE,
        "crop=1080:1080:420:0,setsar=1,fps=30,format=yuv420p",
        "scale=1280:720:flags=bicubic,setsar=1,fps=30,format=yuv420p",
    ]
    .map(&encode)
    .join(" && ");
    let cases: [Case<'_>; 5] = [
        (
            "clip-probe",
            &clip,
            &["probe"],
            vec![format!("ffprobe -v error -show_format -show_streams -of json {clip}")],
            9,
        ),
        ("clip-still", &clip, &["still", "11.3"], vec![seek, key], 7),
        (
            "clip-copy",
            &clip,
            &["copy"],
            vec![format!(
                "ffmpeg -v error -y -nostdin -i {clip} -c copy -movflags +faststart {inputs}/copied.mp4"
            )],
            9,
        ),
        ("clip-encode", &short, &["encode"], vec![encode(SHAPE), encode(wide)], 3),
        ("clip-three", &short, &["encode-three"], vec![three], 3),
    ];
    for (name, input, job, commands, rounds) in cases {
        if !bars.wants(name) {
            continue;
        }
        let mut ours = Peer::ours(&[&[input], job].concat());
        let mut others = vec![Vec::new(); commands.len()];
        let (a, _) = in_turns(
            rounds,
            || ours.time().wall,
            || {
                for (command, times) in commands.iter().zip(&mut others) {
                    times.push(shell(command));
                }
                0.0
            },
        );
        let us = median(&a);
        let best = others.iter().map(|times| median(times)).fold(f64::INFINITY, f64::min);
        println!("{name}: ours {us:.1} ms {:.0} MB, the fastest command {best:.1} ms", ours.peak());
        match name {
            "clip-probe" => bars.least(name, best / us, 5.0),
            "clip-still" => bars.least(name, best / us, 4.0),
            "clip-copy" => bars.most(name, us / best, 1.05),
            "clip-three" => bars.most(name, us / best, 0.8),
            _ => bars.most(name, us / best, 1.0),
        }
    }
    let heic = format!("{inputs}/photo_12.heic");
    if bars.wants("heic-12mp-ms") && std::path::Path::new(&heic).exists() {
        let mut ours = Peer::ours(&[&heic, "heic"]);
        let times: Vec<f64> = (0..5).map(|_| ours.time().wall).collect();
        bars.most("heic-12mp-ms", median(&times), 1500.0);
    }
    if bars.wants("clip-cancel-ms") {
        let mut ours = Peer::ours(&[&short, "cancel"]);
        bars.most("clip-cancel-ms", ours.time().wall, 250.0);
    }
}

/// Commands, one after the other.
fn shell(commands: &str) -> f64 {
    let begin = Instant::now();
    for command in commands.split(" && ") {
        let mut words = command.split_whitespace();
        let done = Command::new(words.next().unwrap()).args(words).stdout(Stdio::null()).status();
        assert!(done.unwrap().success(), "{command}");
    }
    begin.elapsed().as_secs_f64() * 1e3
}

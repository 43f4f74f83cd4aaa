//! The bars of pictures.

use crate::bars::{Bars, median};
use crate::peer::{Peer, Took, in_turns};
use crate::score::{Cut, Original};

/// One comparison.
struct Case {
    name: &'static str,
    file: &'static str,
    sizes: &'static [&'static str],
    /// How sharp is told to do it.
    sharp: &'static str,
    /// What is compared, and how many times as much of it sharp has to take.
    bars: &'static [(Measure, f64)],
    /// The part of sharp's memory; 0 where any will do.
    memory: f64,
}

#[derive(Clone, Copy)]
enum Measure {
    /// Of one thread: what the processor was busy, which a busy machine does not change.
    Thread,
    /// By the clock, with as many threads as it likes.
    Clock,
    /// By the clock, two at once on two cores.
    Two,
}

use Measure::{Clock, Thread, Two};

const FEED: &[&str] = &["1080x1350"];
const THREE: &[&str] = &["1080x1080", "1080x1350", "1080x566"];

const fn case(
    name: &'static str,
    file: &'static str,
    bars: &'static [(Measure, f64)],
    memory: f64,
) -> Case {
    Case { name, file, sizes: FEED, sharp: "plain", bars, memory }
}

const CASES: [Case; 13] = [
    case("p3-12mp", "p3_12.jpg", &[(Thread, 4.2), (Two, 4.2)], 0.334),
    case("srgb-12mp", "srgb_12.jpg", &[(Thread, 3.3), (Two, 3.3)], 0.334),
    Case {
        sharp: "ignore",
        ..case("srgb-12mp-ignored", "srgb_12.jpg", &[(Thread, 1.25), (Two, 1.25)], 0.334)
    },
    case("plain-12mp", "plain_12.jpg", &[(Thread, 1.5), (Two, 1.5)], 0.334),
    case("landscape-20mp", "plain_20.jpg", &[(Thread, 1.7), (Two, 1.7)], 0.334),
    case("detailed-12mp", "detailed_12.jpg", &[(Thread, 2.4), (Two, 2.4)], 0.334),
    case("huge-48mp", "srgb_48.jpg", &[(Thread, 1.25), (Two, 1.25)], 0.334),
    case("progressive-18mp", "progressive_18.jpg", &[(Thread, 1.0), (Two, 1.0)], 0.6),
    Case {
        sizes: THREE,
        ..case("three-srgb-12mp", "srgb_12.jpg", &[(Clock, 3.4), (Thread, 5.5)], 0.334)
    },
    Case {
        sizes: THREE,
        ..case("three-plain-12mp", "plain_12.jpg", &[(Clock, 1.3), (Thread, 2.3)], 0.334)
    },
    case("png-12mp", "photo_12.png", &[(Thread, 1.0), (Two, 1.0)], 0.65),
    Case {
        sharp: "moz",
        ..case("smallest-12mp", "srgb_12.jpg", &[(Thread, 2.0), (Two, 2.0)], 0.334)
    },
    case("cmyk", "cmyk.jpg", &[(Thread, 1.0)], 0.0),
];
const ROUNDS: usize = 15;

pub(crate) fn run(inputs: &str, bars: &mut Bars) {
    for case in CASES {
        let input = format!("{inputs}/{}", case.file);
        if bars.wants(case.name) && std::path::Path::new(&input).exists() {
            compare(inputs, &input, &case, bars);
        }
    }
}

fn compare(inputs: &str, input: &str, case: &Case, bars: &mut Bars) {
    let Case { name, sizes, .. } = *case;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/media/sharp.js");
    let smallest = case.sharp == "moz";
    let kind = if smallest { "smallest" } else { "images" };
    for (measure, goal) in case.bars {
        // One thread is all that is measured then, so one thread is all it gets. Three pictures at
        // once are sharp's own way to use two, and cost what they cost.
        let alone = matches!(measure, Thread) && sizes.len() == 1;
        let options = if alone { format!("{},alone", case.sharp) } else { case.sharp.to_owned() };
        let mut ours = Peer::ours(&[&[input, kind], sizes].concat());
        let mut sharp =
            Peer::start("node", &[&[script, options.as_str(), inputs, input], sizes].concat());
        let (a, b) = match measure {
            Two => in_turns(ROUNDS, || ours.two(), || sharp.two()),
            Clock | Thread => in_turns(ROUNDS, || ours.time(), || sharp.time()),
        };
        let value = |took: &Took| match measure {
            Thread => took.cpu,
            Clock => took.wall,
            Two => took.wall / 2.0,
        };
        let (us, them): (Vec<_>, Vec<_>) =
            (a.iter().map(value).collect(), b.iter().map(value).collect());
        let (full, unit) = match measure {
            Thread => (format!("{name}-thread"), "ms of the processor"),
            Clock => (format!("{name}-clock"), "ms"),
            Two => (format!("{name}-two"), "ms a picture, two at once"),
        };
        let (us, them) = (median(&us), median(&them));
        println!("{full}: ours {us:.1}, sharp {them:.1} {unit}");
        bars.least(&full, them / us, *goal);
    }
    let mut ours = Peer::ours(&[&[input, kind], sizes].concat());
    let mut sharp = Peer::start("node", &[&[script, case.sharp, inputs, input], sizes].concat());
    let _ = in_turns(3, || ours.time(), || sharp.time());
    let (ours_at, sharp_at) = (format!("{inputs}/ours"), format!("{inputs}/sharp"));
    ours.save(&ours_at);
    sharp.save(&sharp_at);
    if case.memory > 0.0 {
        println!("{name}: ours {:.0} MB, sharp {:.0} MB at most", ours.peak(), sharp.peak());
        bars.most(&format!("{name}-memory"), ours.peak() / sharp.peak(), case.memory);
    }
    // Inks have no one right look on a screen.
    if name == "cmyk" || case.sharp == "ignore" {
        return;
    }
    let original = Original::open(input);
    for (number, size) in sizes.iter().enumerate() {
        let (we, our_bytes) = original.score(&format!("{ours_at}.{number}"), Cut::Ours);
        let (they, their_bytes) = original.score(&format!("{sharp_at}.{number}"), Cut::Sharp);
        println!(
            "{name} {size}: ours ssim2 {we:.2} {our_bytes} B, sharp ssim2 {they:.2} {their_bytes} B"
        );
        bars.least(&format!("{name}-{size}-ssim2-less-sharp"), we - they, -0.2);
        let most = if smallest { 1.05 } else { 1.02 };
        bars.most(&format!("{name}-{size}-bytes"), our_bytes as f64 / their_bytes as f64, most);
    }
}

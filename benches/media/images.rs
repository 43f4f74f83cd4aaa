//! The bars of pictures.

use crate::bars::{Bars, median};
use crate::peer::{Peer, in_turns};
use crate::score::{Cut, Original};

/// Name, file, sizes, how many times as fast as sharp, and the part of its memory (0: any).
const CASES: [(&str, &str, &[&str], f64, f64); 11] = [
    ("p3-12mp", "p3_12.jpg", &["1080x1350"], 4.2, 0.334),
    ("srgb-12mp", "srgb_12.jpg", &["1080x1350"], 3.3, 0.334),
    ("plain-12mp", "plain_12.jpg", &["1080x1350"], 1.5, 0.334),
    ("landscape-20mp", "plain_20.jpg", &["1080x1350"], 1.7, 0.334),
    ("detailed-12mp", "detailed_12.jpg", &["1080x1350"], 2.4, 0.334),
    ("huge-48mp", "srgb_48.jpg", &["1080x1350"], 1.25, 0.334),
    ("progressive-18mp", "progressive_18.jpg", &["1080x1350"], 1.0, 0.0),
    ("three-srgb-12mp", "srgb_12.jpg", &THREE, 3.4, 0.334),
    ("three-plain-12mp", "plain_12.jpg", &THREE, 1.3, 0.334),
    ("png-12mp", "photo_12.png", &["1080x1350"], 1.0, 0.0),
    ("cmyk", "cmyk.jpg", &["1080x1350"], 1.0, 0.0),
];
const THREE: [&str; 3] = ["1080x1080", "1080x1350", "1080x566"];
const ROUNDS: usize = 15;

pub(crate) fn run(inputs: &str, bars: &mut Bars) {
    for (name, file, sizes, goal, memory) in CASES {
        let input = format!("{inputs}/{file}");
        if !bars.wants(name) || !std::path::Path::new(&input).exists() {
            continue;
        }
        let mut ours = Peer::ours(&[&[input.as_str(), "images"], sizes].concat());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/media/sharp.js");
        let mut sharp = Peer::start("node", &[&[script, inputs, input.as_str()], sizes].concat());
        let (a, b) = in_turns(ROUNDS, || ours.time(), || sharp.time());
        let (ours_at, sharp_at) = (format!("{inputs}/ours"), format!("{inputs}/sharp"));
        ours.save(&ours_at);
        sharp.save(&sharp_at);
        let (us, them) = (median(&a), median(&b));
        println!(
            "{name}: ours {us:.1} ms {:.0} MB, sharp {them:.1} ms {:.0} MB",
            ours.peak(),
            sharp.peak()
        );
        bars.least(name, them / us, goal);
        if memory > 0.0 {
            bars.most(&format!("{name}-memory"), ours.peak() / sharp.peak(), memory);
        }
        // Inks have no one right look on a screen.
        if name == "cmyk" {
            continue;
        }
        let original = Original::open(&input);
        for (number, size) in sizes.iter().enumerate() {
            let (we, our_bytes) = original.score(&format!("{ours_at}.{number}"), Cut::Ours);
            let (they, their_bytes) = original.score(&format!("{sharp_at}.{number}"), Cut::Sharp);
            println!(
                "{name} {size}: ours ssim2 {we:.2} {our_bytes} B, sharp ssim2 {they:.2} {their_bytes} B"
            );
            bars.least(&format!("{name}-{size}-ssim2-less-sharp"), we - they, -0.2);
            bars.most(&format!("{name}-{size}-bytes"), our_bytes as f64 / their_bytes as f64, 1.02);
        }
    }
}

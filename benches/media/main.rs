//! Pictures and clips beside what others use: sharp and the commands of FFmpeg, in one run, taking
//! turns job by job, so that what else the machine does strikes both alike.
//!
//! `make bench-media` sets everything up and runs it. A bar that is short ends it with an error.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

mod bars;
mod clips;
mod images;
mod peer;
mod score;
mod sheet;
mod worker;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["worker", input, what @ ..] => worker::run(input, what),
        ["sheet", to, photographs @ ..] => sheet::make(to, photographs),
        ["bars", inputs, only @ ..] => {
            let mut bars = bars::Bars::new(only);
            images::run(inputs, &mut bars);
            clips::run(inputs, &mut bars);
            return bars.end();
        }
        _ => println!("run it by `make bench-media`"),
    }
    ExitCode::SUCCESS
}

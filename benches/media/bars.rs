//! What has to be reached.

use std::process::ExitCode;

/// The bars so far.
pub(crate) struct Bars {
    only: Vec<String>,
    short: usize,
}

impl Bars {
    /// All bars, or those whose names contain one of `only`.
    pub(crate) fn new(only: &[&str]) -> Self {
        Self { only: only.iter().map(ToString::to_string).collect(), short: 0 }
    }

    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| name.contains(part.as_str()))
    }

    /// At least `goal` is wanted.
    pub(crate) fn least(&mut self, name: &str, ratio: f64, goal: f64) {
        self.say(name, ratio, goal, ratio >= goal);
    }

    /// At most `goal` is wanted.
    pub(crate) fn most(&mut self, name: &str, ratio: f64, goal: f64) {
        self.say(name, ratio, goal, ratio <= goal);
    }

    fn say(&mut self, name: &str, ratio: f64, goal: f64, ok: bool) {
        self.short += usize::from(!ok);
        let verdict = if ok { "ok" } else { "short" };
        println!("bar {name} ratio {ratio:.3} goal {goal} {verdict}");
    }

    pub(crate) fn end(&self) -> ExitCode {
        println!("{} short", self.short);
        if self.short == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// The one in the middle.
pub(crate) fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

//! A process that does a job whenever it is told, and says how long it took.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// How long a job took, in milliseconds: by the clock, and of the processor.
#[derive(Clone, Copy)]
pub(crate) struct Took {
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
}

/// One of the two sides.
pub(crate) struct Peer {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Peer {
    pub(crate) fn start(program: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to = child.stdin.take().unwrap();
        let from = BufReader::new(child.stdout.take().unwrap());
        Self { child, to, from }
    }

    /// This program's own side.
    pub(crate) fn ours(arguments: &[&str]) -> Self {
        let program = std::env::current_exe().unwrap();
        Self::start(program.to_str().unwrap(), &[&["worker"], arguments].concat())
    }

    fn ask(&mut self, line: &str) -> String {
        writeln!(self.to, "{line}").unwrap();
        let mut answer = String::new();
        self.from.read_line(&mut answer).unwrap();
        assert!(!answer.is_empty(), "the other side died at {line}");
        answer.trim().to_owned()
    }

    /// One job.
    pub(crate) fn time(&mut self) -> Took {
        self.timed("run")
    }

    /// Two jobs at once.
    pub(crate) fn two(&mut self) -> Took {
        self.timed("two")
    }

    fn timed(&mut self, line: &str) -> Took {
        let answer = self.ask(line);
        let mut numbers = answer.split(' ').map(|number| number.parse().unwrap());
        Took { wall: numbers.next().unwrap(), cpu: numbers.next().unwrap_or(0.0) }
    }

    /// Writes what the last job made to `prefix`.0, `prefix`.1, …
    pub(crate) fn save(&mut self, prefix: &str) {
        self.ask(&format!("save {prefix}"));
    }

    /// The most memory it ever held, in megabytes.
    pub(crate) fn peak(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: 0");
        let kilobytes = line.split_whitespace().nth(1).and_then(|n| n.parse::<f64>().ok());
        kilobytes.unwrap_or(0.0) / 1024.0
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Times two sides in turns, a first job of each not counted.
pub(crate) fn in_turns<T>(
    rounds: usize,
    mut one: impl FnMut() -> T,
    mut two: impl FnMut() -> T,
) -> (Vec<T>, Vec<T>) {
    one();
    two();
    (0..rounds).map(|_| (one(), two())).unzip()
}

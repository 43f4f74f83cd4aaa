//! The queues of others: each phase is a process of `peers/`, which says what it measured.

use std::process::Command;

/// One of them.
#[derive(Clone, Copy)]
pub(crate) enum Peer {
    BullMq,
    GraphileWorker,
    PgBoss,
    Apalis,
    GraphileWorkerRs,
}

/// Those that keep their jobs in PostgreSQL.
pub(crate) const ON_POSTGRES: [Peer; 4] =
    [Peer::GraphileWorker, Peer::PgBoss, Peer::Apalis, Peer::GraphileWorkerRs];

impl Peer {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::BullMq => "bullmq",
            Self::GraphileWorker => "graphile-worker",
            Self::PgBoss => "pg-boss",
            Self::Apalis => "apalis",
            Self::GraphileWorkerRs => "graphile-worker-rs",
        }
    }

    fn ask(self, phase: &str, options: &[(&str, i64)]) -> serde_json::Value {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/bench-queue");
        let mut command = match self {
            Self::Apalis | Self::GraphileWorkerRs => Command::new("rust/release/peers"),
            _ => Command::new("node"),
        };
        command.current_dir(folder);
        if command.get_program() == "node" {
            command.arg("peers.mjs");
        }
        command.arg(self.name()).arg(phase);
        for (name, value) in options {
            command.arg(format!("--{name}")).arg(value.to_string());
        }
        let out = command.output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let line = text.lines().last().unwrap_or_default();
        serde_json::from_str(line).unwrap_or_else(|_| {
            panic!("{} {phase}: {text}{}", self.name(), String::from_utf8_lossy(&out.stderr))
        })
    }

    fn work(self, count: usize, due: i64) -> serde_json::Value {
        let count = i64::try_from(count).unwrap();
        self.ask("reset", &[]);
        self.ask("enqueue", &[("n", count), ("due", due)]);
        let told = self.ask("work", &[("n", count), ("conc", 50)]);
        assert_eq!(told["got"], count, "{told}");
        told
    }

    /// Jobs a second.
    pub(crate) fn drain(self, count: usize) -> f64 {
        self.work(count, -1000)["rate"].as_f64().unwrap()
    }

    /// Jobs put in a second, in bulk and for later.
    pub(crate) fn schedule(self, count: usize) -> f64 {
        self.ask("reset", &[]);
        let options = [("n", i64::try_from(count).unwrap()), ("due", 3_600_000)];
        self.ask("enqueue", &options)["rate"].as_f64().unwrap()
    }

    /// How late the 99th of a hundred began, all due at the same millisecond.
    pub(crate) fn late(self, count: usize) -> f64 {
        self.work(count, 8000)["late_p99"].as_f64().unwrap()
    }
}

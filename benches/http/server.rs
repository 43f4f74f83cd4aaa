//! The server as a process, on a fresh data folder.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::Result;
use super::client::{Ask, Client};

/// Limits out of the way: who asks here is one key at one address.
const CONFIG: &str = "log = \"warn\"\n[limits]\nrequests_per_minute = 4000000000\n\
                      address_requests_per_minute = 4000000000\n";

/// A server, killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    pub(crate) key: String,
    /// What it says goes on being read.
    _out: Lines<BufReader<ChildStdout>>,
    _data: tempfile::TempDir,
}

impl Server {
    /// Starts it; with simulated networks where it is to take posts.
    pub(crate) async fn start(program: &Path, sandbox: bool) -> Result<Self> {
        let program = std::path::absolute(program)?;
        // Not where files are memory: the disk's flush is part of what is measured.
        let data = tempfile::tempdir_in(std::env::current_dir()?.join("target"))?;
        std::fs::write(data.path().join("social.toml"), CONFIG)?;
        let mut serve = Command::new(&program);
        serve.args(["serve", "--listen", "127.0.0.1:0", "--data", "data"]).current_dir(data.path());
        if sandbox {
            serve.arg("--sandbox");
        }
        let mut child = serve.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let out = child.stdout.take().ok_or("no output")?;
        let mut out = BufReader::new(out).lines();
        let line = out.next_line().await?.ok_or("it did not start")?;
        let said: Value = serde_json::from_str(&line)?;
        let url = said["listening"].as_str().unwrap_or_default();
        let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let mut key = String::new();
        if sandbox {
            let mut create = Command::new(&program);
            create.args(["key", "create", "--data", "data", "--json"]).current_dir(data.path());
            let made: Value = serde_json::from_slice(&create.output().await?.stdout)?;
            key = made["token"].as_str().ok_or("no key")?.to_owned();
        }
        Ok(Self { child, address, key, _out: out, _data: data })
    }

    /// Returns when it says that it is ready.
    pub(crate) async fn ready(&self) -> Result<()> {
        let mut client = Client::connect(self).await?;
        while client.send(&Ask::get("/readyz".to_owned())).await?.0 != 200 {
            tokio::time::sleep_until(tokio::time::Instant::now() + Duration::from_millis(5)).await;
        }
        Ok(())
    }

    fn process(&self, file: &str) -> Result<String> {
        let id = self.child.id().ok_or("the server has ended")?;
        Ok(std::fs::read_to_string(format!("/proc/{id}/{file}"))?)
    }

    /// How many bytes of memory it holds.
    pub(crate) fn resident(&self) -> Result<u64> {
        let status = self.process("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
        Ok(kilobytes * 1024)
    }

    /// How long it has used processors.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let stat = self.process("stat")?;
        // After the name, which may hold anything: user and system time are the 12th and 13th.
        let rest = stat.rsplit_once(')').ok_or("no stat")?.1;
        let ticks: u64 = rest.split_whitespace().skip(11).take(2).flat_map(str::parse::<u64>).sum();
        Ok(Duration::from_millis(ticks * 10))
    }
}

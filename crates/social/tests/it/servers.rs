//! Real servers for tests: `scripts/servers` starts them, and installs them where they are missing.

use std::process::Command;

/// The address of a server, which is started where it does not run.
#[allow(clippy::disallowed_methods, reason = "a test's own environment")]
pub(crate) fn url(which: &str) -> String {
    if let Ok(url) = std::env::var(format!("SOCIAL_TEST_{}", which.to_uppercase())) {
        return url;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/servers");
    let out = Command::new(script).args(["url", which]).output().expect("scripts/servers runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).expect("an address").trim().to_owned()
}

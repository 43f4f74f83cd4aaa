//! Versions of networks' APIs, as data with an end, and the step to the next one.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use social_core::Timestamp;

/// A version of a network's API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiVersion {
    /// As it stands in requests: `v26.0`, `202609`.
    pub name: String,
    /// When the network stops taking it, where that is known.
    pub ends: Option<Timestamp>,
}

impl ApiVersion {
    /// A version that ends at `ends`.
    pub fn new(name: impl Into<String>, ends: Option<Timestamp>) -> Self {
        Self { name: name.into(), ends }
    }
}

/// The versions that a client speaks, oldest first, and the one it speaks now. Shared by all
/// workers of a process; a new process begins with the first and steps once more.
#[derive(Debug)]
pub(crate) struct Versions {
    known: Vec<ApiVersion>,
    current: AtomicUsize,
    /// Whether it was said that no later one is known.
    warned: AtomicBool,
}

impl Versions {
    pub(crate) fn new(known: &[ApiVersion]) -> Self {
        Self { known: known.to_vec(), current: AtomicUsize::new(0), warned: AtomicBool::new(false) }
    }

    fn at(&self) -> Option<&ApiVersion> {
        let last = self.known.len().saturating_sub(1);
        self.known.get(self.current.load(Ordering::SeqCst).min(last))
    }

    /// The version that requests name; empty where none is configured.
    pub(crate) fn name(&self) -> &str {
        self.at().map_or("", |version| &version.name)
    }

    /// When the version that requests name ends and no later one is known.
    pub(crate) fn ends(&self) -> Option<(String, Timestamp)> {
        let last = self.known.last()?;
        last.ends.map(|ends| (last.name.clone(), ends))
    }

    /// The network says that `ended` is over: the next one it is. Whether there is one. Several
    /// workers that are told so at once step once.
    pub(crate) fn step_from(&self, ended: &str) -> bool {
        let Some(index) = self.known.iter().position(|version| version.name == ended) else {
            return false;
        };
        if index + 1 >= self.known.len() {
            if !self.warned.swap(true, Ordering::SeqCst) {
                tracing::warn!(
                    ended,
                    "the network has ended a version of its API, and no later one is configured"
                );
            }
            return false;
        }
        let _ = self.current.compare_exchange(index, index + 1, Ordering::SeqCst, Ordering::SeqCst);
        tracing::warn!(
            ended,
            now = self.name(),
            "the network has ended a version of its API: configure a newer one"
        );
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_that_are_told_at_once_step_once() {
        let known =
            ["1", "2", "3"].map(|name| ApiVersion::new(name, Some(Timestamp::from_secs(9))));
        let versions = Versions::new(&known);
        assert_eq!(versions.name(), "1");
        assert!(versions.step_from("1") && versions.step_from("1"));
        assert_eq!(versions.name(), "2");
        assert!(versions.step_from("2"));
        assert!(!versions.step_from("3"), "there is no later one");
        assert_eq!(versions.ends(), Some(("3".to_owned(), Timestamp::from_secs(9))));
    }
}

//! No files but the two folders and the system's libraries, by Landlock.

use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetStatus,
    path_beneath_rules,
};

use crate::serve::Bounds;

/// What libraries read that are opened late, and what they ask of the machine.
const SYSTEM: [&str; 6] = ["/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/proc/cpuinfo", "/sys"];

pub(super) fn shut(bounds: &Bounds) -> Result<(), String> {
    let abi = ABI::V3;
    let read = AccessFs::from_read(abi);
    let rules = || -> Result<RulesetCreated, landlock::RulesetError> {
        let there = SYSTEM.iter().filter(|path| Path::new(path).exists());
        Ruleset::default()
            .handle_access(AccessFs::from_all(abi))?
            .create()?
            .add_rules(path_beneath_rules(there, read))?
            .add_rules(path_beneath_rules([&bounds.from], read))?
            .add_rules(path_beneath_rules([&bounds.to], AccessFs::from_all(abi)))
    };
    let status =
        rules().and_then(RulesetCreated::restrict_self).map_err(|error| error.to_string())?;
    match status.ruleset {
        RulesetStatus::NotEnforced => Err("this kernel has no Landlock".to_owned()),
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
    }
}

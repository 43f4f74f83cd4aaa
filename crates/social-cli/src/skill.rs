//! `social skill install`: the agent skill, put where an agent looks for it.

use std::path::Path;

use serde_json::json;

use crate::args::Skill;
use crate::failure::Failure;
use crate::output::{Output, say};

/// The skill's folder.
const NAME: &str = "social-media-automation";

macro_rules! file {
    ($path:literal) => {
        ($path, include_str!(concat!("../../../skill/skills/social-media-automation/", $path)))
    };
}

/// Its files. They come with the command, so that both are of one version.
const FILES: [(&str, &str); 5] = [
    file!("SKILL.md"),
    file!("skill.yaml"),
    file!("references/http.md"),
    file!("references/errors.md"),
    file!("references/platforms.md"),
];

/// What a server hands to agents that ask it.
pub(crate) const TEXT: &str = FILES[0].1;

pub(crate) fn run(action: &Skill) -> Result<(), Failure> {
    let Skill::Install(options) = action;
    let folder = options.dir.join(NAME);
    install(&folder)?;
    match Output::choose(options.json) {
        Output::Json => crate::output::say_json(&json!({ "installed": folder, "name": NAME })),
        Output::Text => {
            say(format!("The skill is in {}", folder.display()));
            say("Set SOCIAL_API_TOKEN for the agent: `social key create` makes one.");
        }
    }
    Ok(())
}

/// Writes every file over what was there of the same name: an update leaves no old instructions.
fn install(folder: &Path) -> Result<(), Failure> {
    for (name, text) in FILES {
        let path = folder.join(name);
        let write = || {
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(&path, text)
        };
        write().map_err(|error| {
            let fix = "choose another folder by --dir";
            Failure::input(format!("{} cannot be written: {error}; {fix}", path.display()))
        })?;
    }
    Ok(())
}

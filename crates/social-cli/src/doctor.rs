//! `social doctor`: whether all that the engine stands on can be used, and what to do.

use social::core::engine::{Check, EngineConfig, checkup};

use crate::args::{Doctor, Serve};
use crate::demo::CLIP;
use crate::failure::Failure;
use crate::output::{Output, say};
use crate::serve::{self, Settings};

/// Looks at everything, and says of each part that it is well or what to do. Ends with 2 where
/// something is not.
pub(crate) async fn run(options: Doctor) -> Result<(), Failure> {
    let output = Output::choose(options.json);
    let serve = Serve {
        config: options.config,
        data: options.data,
        storage: options.storage,
        ..Serve::default()
    };
    let checks = look(&serve).await;
    let ok = checks.iter().all(|check| check.ok);
    match output {
        Output::Json => {
            let answer = serde_json::json!({ "ok": ok, "checks": checks });
            output.answer(&answer, |_| Vec::new());
        }
        Output::Text => checks.iter().for_each(|check| say(line(check))),
    }
    if ok { Ok(()) } else { Err(Failure::said(2)) }
}

fn line(check: &Check) -> String {
    let mark = if check.ok { "ok" } else { "NO" };
    let line = format!("{mark:<3} {:<14} {}", check.part, check.found);
    match &check.fix {
        Some(fix) => format!("{line}\n                   {fix}"),
        None => line,
    }
}

async fn look(options: &Serve) -> Vec<Check> {
    let settings = match Settings::gather(options, None) {
        Ok(settings) => settings,
        Err(problems) => {
            let bad = |problem| Check::bad("configuration", problem, "Correct it as it says.");
            return problems.into_iter().map(bad).collect();
        }
    };
    let mut checks = configuration(&settings);
    if !checks.iter().all(|check| check.ok) {
        return checks;
    }
    match serve::builder(&settings, EngineConfig::default()).build().await {
        Ok(social) => checks.extend(checkup(social.ports(), CLIP.into()).await),
        Err(error) => checks.push(Check::bad(
            "store",
            error.to_string(),
            "Do as it says; see that the database runs and that its address is right.",
        )),
    }
    checks
}

/// What can be known without going anywhere: what `serve --check` looks at too.
pub(crate) fn configuration(settings: &Settings) -> Vec<Check> {
    let builder = serve::builder(settings, EngineConfig::default());
    let wrong = builder.check_addresses();
    let fix = "Correct it by flag, environment or configuration.";
    let mut checks: Vec<Check> =
        wrong.iter().map(|error| Check::bad("configuration", error.to_string(), fix)).collect();
    if settings.storage.database.is_none() && !settings.data.is_dir() {
        let found = format!("there is no folder {}", settings.data.display());
        let fix = "Say by --data where it is; the first `social serve` makes it.";
        checks.push(Check::bad("data", found, fix));
    }
    if checks.is_empty() {
        checks.push(Check::good("configuration", "reads well"));
    }
    checks
}

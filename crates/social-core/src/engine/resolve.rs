//! From what was asked to what each account would get, with everything that is wrong with it.

use std::collections::BTreeSet;
use std::time::Duration;

use super::posts::{DeliveryPreview, SlotSearch};
use super::quota::{QuotaLeft, Quotas};
use super::{Error, Ports};
use crate::Timestamp;
use crate::domain::{Account, Budget, Grant, GrantStatus, MediaRef, PostId, Said, Target};
use crate::ports::{BlobKey, Near, PlatformApi, PostRequest, UnitOfWork, When};
use crate::preflight::{Code, Draft, DraftMedia, Finding, Severity, Unreachable, Verdict, check};
use crate::rules::QuotaScope;
use crate::rules::options::PostOptions;

/// What a quota of posts and a text said twice are counted by.
pub(super) const DAY: Duration = Duration::from_secs(24 * 3600);

/// A request with its accounts found and its content checked.
pub(super) struct Resolved {
    pub(super) due_at: Timestamp,
    pub(super) targets: Vec<ResolvedTarget>,
    pub(super) findings: Vec<Finding>,
}

/// What one account would get.
pub(super) struct ResolvedTarget {
    pub(super) account: Account,
    pub(super) text: String,
    pub(super) options: serde_json::Map<String, serde_json::Value>,
    pub(super) verdict: Verdict,
    /// A post that says the same to the same account within a day.
    pub(super) twin: Option<PostId>,
    /// How many posts the network still takes of the account by then, as far as it is known.
    pub(super) posts_left: Option<u32>,
}

impl ResolvedTarget {
    /// What a person would want to know where the same went there within a day.
    pub(super) fn doubled(&self) -> Option<Finding> {
        let message = format!(
            "the same text went there within a day as {}: it is refused unless allow_duplicate is \
             set",
            self.twin?
        );
        let mut found = finding(Code::Duplicate, "/content", message);
        found.severity = Severity::Warning;
        found.platform = Some(self.account.platform.clone());
        Some(found)
    }

    pub(super) fn preview(&self) -> DeliveryPreview {
        let words = |changes: &[crate::domain::media::Change]| {
            changes.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        DeliveryPreview {
            platform: self.account.platform.clone(),
            account: self.account.id,
            name: self.account.name.clone(),
            kind: self.verdict.kind,
            text: self.text.clone(),
            length: self.verdict.length,
            limit: self.verdict.limit,
            posts_left: self.posts_left,
            media: self
                .verdict
                .plans
                .iter()
                .map(|plan| plan.as_ref().map_or_else(Vec::new, |plan| words(plan.changes())))
                .collect(),
        }
    }
}

/// Finds the time, accounts and media, and checks what each account would get. Reads only. `except`
/// is a post that stands there already and is changed: it does not count beside itself.
pub(super) async fn resolve(
    ports: &Ports,
    unit: &mut dyn UnitOfWork,
    request: &PostRequest,
    except: Option<PostId>,
    budget: &Budget,
) -> Result<Resolved, Error> {
    let now = ports.clock.now();
    let accounts = unit.accounts().list(request.workspace).await?;
    let named: Vec<&Account> =
        request.targets.iter().filter_map(|target| account(&accounts, target, "").ok()).collect();
    let search = SlotSearch { accounts: &named, now, quiet: budget.quiet_hours, except };
    let due_at = match request.when {
        When::Now => now + budget.undo(request.undo, &ports.config),
        When::At(at) => at,
        When::NextSlot => search.next(unit).await?,
        When::Slot(slot) if search.is_free(unit, slot).await? => slot,
        When::Slot(slot) => return Err(Error::SlotTaken(slot)),
    };
    let mut resolved = Resolved { due_at, targets: Vec::new(), findings: Vec::new() };
    if request.targets.is_empty() {
        let message = format!("no network was named; known are: {}", ports.platforms.names());
        resolved.findings.push(finding(Code::NoTarget, "/platforms", message));
    }
    let media = media(unit, request, &mut resolved.findings).await?;
    let mut seen = BTreeSet::new();
    for (at, target) in request.targets.iter().enumerate() {
        let pointer = format!("/platforms/{at}");
        let Ok(api) = ports.platforms.get(&target.platform) else {
            let known = ports.platforms.names();
            let message =
                format!("the network `{}` is not known; known are: {known}", target.platform);
            resolved.findings.push(finding(Code::PlatformUnknown, &pointer, message));
            continue;
        };
        match account(&accounts, target, &pointer) {
            Err(found) => resolved.findings.push(*found),
            // The same account named twice is one delivery: publishing there twice is a mistake.
            Ok(account) if !seen.insert(account.id) => {}
            Ok(account) => {
                let near = Near { at: due_at, within: DAY, except, said: None };
                let times = (due_at, now);
                let checked =
                    draft(ports, unit, request, api.as_ref(), account, &media, near, times);
                let (target, findings) = checked.await?;
                resolved.findings.extend(findings);
                resolved.targets.push(target);
            }
        }
    }
    Ok(resolved)
}

#[allow(clippy::too_many_arguments, reason = "all that a verdict stands on, each once")]
async fn draft(
    ports: &Ports,
    unit: &mut dyn UnitOfWork,
    request: &PostRequest,
    api: &dyn PlatformApi,
    account: &Account,
    media: &[DraftMedia],
    near: Near,
    (due_at, now): (Timestamp, Timestamp),
) -> Result<(ResolvedTarget, Vec<Finding>), Error> {
    let own = request.overrides.get(&account.platform);
    let text = own.and_then(|own| own.content.clone()).unwrap_or_else(|| request.content.clone());
    let near = Near { said: Some(Said::of(&text, &request.media)), ..near };
    let near = unit.deliveries().nearby(request.workspace, account.id, &near).await?;
    let grant = unit.grants().get(request.workspace, account.grant_id).await?;
    let renewable = api.capabilities().refresh || account.token.is_some();
    let token_ends = grant
        .as_ref()
        .and_then(|grant| if renewable { grant.refresh_expires_at } else { grant.expires_at })
        .filter(|_| account.token.is_none());
    let options = own.map(|own| own.options.clone()).unwrap_or_default();
    let public = has_public_url(ports).await?;
    let unreachable = Unreachable {
        images: api.capabilities().fetches_images && !public,
        asked: !public,
        clips: account.attributes.contains_key("clips_by_url") && !public,
    };
    let posts_that_day = u32::try_from(near.fullest_day()).unwrap_or(u32::MAX);
    let verdict = check(&Draft {
        rules: api.rules(),
        text: &text,
        media,
        at: due_at,
        now,
        token_ends,
        options: &options,
        unreachable,
        posts_that_day,
    });
    let mut findings = verdict.findings.clone();
    if grant.as_ref().is_none_or(|grant| grant.status != GrantStatus::Active) {
        let mut found = finding(
            Code::AccountNeedsReauth,
            "/platforms",
            format!("the connection of {} has ended: connect it again", account.name),
        );
        found.platform = Some(account.platform.clone());
        findings.push(found);
    }
    findings.extend(missing_scopes(api, account, grant.as_ref(), &options));
    findings.extend(ending_version(api, due_at));
    let quotas = Quotas::of(ports, &account.platform, account.id);
    let left = quotas.left_for(media.len(), due_at).await?;
    findings.extend(left.iter().filter_map(|left| too_few(api, account, left)));
    if let Some(until) = quotas.blocked().await?
        && until > due_at
    {
        let message = format!(
            "{} asked to be left alone until {until}: the post goes out then",
            api.rules().name
        );
        findings.push(warning(api, Code::DailyQuota, "/time", message));
    }
    let posts = api.rules().posts_per_day.map(|most| most.saturating_sub(posts_that_day));
    // What every post takes alike counts posts.
    let alike = left.iter().filter(|it| it.rule.per_item == 0).map(|it| it.calls);
    let posts_left = posts.into_iter().chain(alike).min();
    let account = account.clone();
    Ok((ResolvedTarget { account, text, options, verdict, twin: near.twin, posts_left }, findings))
}

/// A quota of which there will be less than the post takes.
fn too_few(api: &dyn PlatformApi, account: &Account, left: &QuotaLeft) -> Option<Finding> {
    let QuotaLeft { rule, calls, needs } = left;
    if needs <= calls {
        return None;
    }
    let whose = match rule.scope {
        QuotaScope::App => "this app",
        QuotaScope::Account => &account.name,
    };
    let per = match rule.quota.per.as_secs() {
        86_400 => "a day".to_owned(),
        3600 => "an hour".to_owned(),
        60 => "a minute".to_owned(),
        secs => format!("{secs} seconds"),
    };
    let (name, all) = (&api.rules().name, rule.quota.calls);
    let what = rule.operations.join(", ");
    let mut message = format!(
        "{name} takes {all} requests {per} of {whose} ({what}); {calls} are left by then, and the \
         post takes {needs}"
    );
    let never = *needs > all;
    message.push_str(if never {
        ": leave some media out"
    } else {
        ": it goes out as more are given back"
    });
    let mut found = warning(api, Code::DailyQuota, "/time", message);
    if never {
        found.severity = Severity::Error;
    }
    (found.limit, found.actual) = (Some((*calls).into()), Some((*needs).into()));
    Some(found)
}

/// What the person did not grant and the post needs.
fn missing_scopes(
    api: &dyn PlatformApi,
    account: &Account,
    grant: Option<&Grant>,
    options: &serde_json::Map<String, serde_json::Value>,
) -> Vec<Finding> {
    // Some networks do not tell what was granted.
    let Some(granted) = grant.map(|grant| &grant.scopes).filter(|scopes| !scopes.is_empty()) else {
        return Vec::new();
    };
    let lacks = |scope: &String| !granted.contains(scope);
    let needed = api.needed_scopes(account, false);
    let missing: Vec<_> = needed.iter().filter(|scope| lacks(scope)).cloned().collect();
    let mut findings = Vec::new();
    if !missing.is_empty() {
        let message = format!(
            "{} does not allow publishing ({} is missing): sign in again and allow it",
            account.name,
            missing.join(", ")
        );
        let mut found = warning(api, Code::ScopeMissing, "/platforms", message);
        found.severity = Severity::Error;
        findings.push(found);
    }
    let options = PostOptions::read(&account.platform, options);
    if options.is_ok_and(|options| options.first_comment().is_some()) {
        let all = api.needed_scopes(account, true);
        let more = all.into_iter().filter(|scope| !needed.contains(scope) && lacks(scope));
        let more: Vec<_> = more.collect();
        if !more.is_empty() {
            let message = format!(
                "the first comment cannot be made ({} is missing): sign in again and allow it",
                more.join(", ")
            );
            let pointer = format!("/overrides/{}/options/first_comment", account.platform);
            findings.push(warning(api, Code::ScopeMissing, &pointer, message));
        }
    }
    findings
}

/// A version of the network's API that will have ended by then, or a month later.
fn ending_version(api: &dyn PlatformApi, due_at: Timestamp) -> Option<Finding> {
    let month = Duration::from_secs(30 * 24 * 3600);
    let (version, ends) = api.version_ends().filter(|(_, ends)| *ends <= due_at + month)?;
    let message = format!(
        "{} ends version {version} of its API at {ends}: update this program, or configure a \
         newer one",
        api.rules().name
    );
    Some(warning(api, Code::VersionEnds, "/time", message))
}

fn warning(api: &dyn PlatformApi, code: Code, pointer: &str, message: String) -> Finding {
    let mut found = finding(code, pointer, message);
    found.platform = Some(api.platform().clone());
    found.severity = Severity::Warning;
    found
}

async fn has_public_url(ports: &Ports) -> Result<bool, Error> {
    let probe = BlobKey::new("probe")?;
    Ok(ports.blobs.public_url(&probe, ports.config.media_url_ttl).await?.is_some())
}

pub(super) fn account<'a>(
    accounts: &'a [Account],
    target: &Target,
    pointer: &str,
) -> Result<&'a Account, Box<Finding>> {
    let refuse = |code, message: String| {
        let mut found = finding(code, pointer, message);
        found.platform = Some(target.platform.clone());
        Err(Box::new(found))
    };
    let mut of_platform = accounts.iter().filter(|a| a.platform == target.platform);
    if let Some(id) = target.account {
        return match of_platform.find(|account| account.id == id) {
            Some(account) => Ok(account),
            None => refuse(
                Code::AccountNotConnected,
                format!("account {id} is not connected: connect it, or name another"),
            ),
        };
    }
    match (of_platform.next(), of_platform.next()) {
        (Some(account), None) => Ok(account),
        (Some(first), Some(second)) => refuse(
            Code::AccountAmbiguous,
            format!(
                "several accounts are connected ({} is {}, {} is {}, …): name one as {}:<id>",
                first.name, first.id, second.name, second.id, target.platform
            ),
        ),
        (None, _) => refuse(
            Code::AccountNotConnected,
            "no account is connected: connect one first".to_owned(),
        ),
    }
}

async fn media(
    unit: &mut dyn UnitOfWork,
    request: &PostRequest,
    findings: &mut Vec<Finding>,
) -> Result<Vec<DraftMedia>, Error> {
    let mut probes = Vec::new();
    for (at, MediaRef { asset, alt, wishes }) in request.media.iter().enumerate() {
        match unit.media().asset(request.workspace, *asset).await? {
            Some(found) => {
                let (alt, wishes) = (alt.clone(), *wishes);
                probes.push(DraftMedia { probe: found.probe, alt, wishes });
            }
            None => findings.push(finding(
                Code::MediaNotFound,
                &format!("/media/{at}"),
                format!("media {}: there is no {asset}: upload it first", at + 1),
            )),
        }
    }
    Ok(probes)
}

fn finding(code: Code, pointer: &str, message: String) -> Finding {
    Finding {
        code,
        severity: Severity::Error,
        platform: None,
        pointer: pointer.to_owned(),
        message,
        limit: None,
        actual: None,
        fix: None,
    }
}

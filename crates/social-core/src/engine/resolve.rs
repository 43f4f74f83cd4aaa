//! From what was asked to what each account would get, with everything that is wrong with it.

use std::collections::BTreeSet;

use super::posts::DeliveryPreview;
use super::{Error, Ports};
use crate::Timestamp;
use crate::domain::media::MediaProbe;
use crate::domain::{Account, DeliveryStatus, GrantStatus, MediaRef, Target};
use crate::ports::{BlobKey, PlatformApi, PostRequest, UnitOfWork, When};
use crate::preflight::{Code, Draft, Finding, Severity, Verdict, check};

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
}

impl ResolvedTarget {
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
            media: self
                .verdict
                .plans
                .iter()
                .map(|plan| plan.as_ref().map_or_else(Vec::new, |plan| words(plan.changes())))
                .collect(),
        }
    }
}

/// Finds accounts and media, and checks what each account would get. Reads only.
pub(super) async fn resolve(
    ports: &Ports,
    unit: &mut dyn UnitOfWork,
    request: &PostRequest,
) -> Result<Resolved, Error> {
    let now = ports.clock.now();
    let due_at = match request.when {
        When::Now => now,
        When::At(at) => at,
    };
    let mut resolved = Resolved { due_at, targets: Vec::new(), findings: Vec::new() };
    if request.targets.is_empty() {
        let message = format!("no network was named; known are: {}", ports.platforms.names());
        resolved.findings.push(finding(Code::NoTarget, "/platforms", message));
    }
    let media = media(unit, request, &mut resolved.findings).await?;
    let accounts = unit.accounts().list(request.workspace).await?;
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
                let checked =
                    draft(ports, unit, request, api.as_ref(), account, &media, (due_at, now));
                let (target, findings) = checked.await?;
                resolved.findings.extend(findings);
                resolved.targets.push(target);
            }
        }
    }
    Ok(resolved)
}

async fn draft(
    ports: &Ports,
    unit: &mut dyn UnitOfWork,
    request: &PostRequest,
    api: &dyn PlatformApi,
    account: &Account,
    media: &[(MediaProbe, Option<String>)],
    (due_at, now): (Timestamp, Timestamp),
) -> Result<(ResolvedTarget, Vec<Finding>), Error> {
    let own = request.overrides.get(&account.platform);
    let text = own.and_then(|own| own.content.clone()).unwrap_or_else(|| request.content.clone());
    let grant = unit.grants().get(request.workspace, account.grant_id).await?;
    let renewable = api.capabilities().refresh || account.token.is_some();
    let token_ends = grant
        .as_ref()
        .and_then(|grant| if renewable { grant.refresh_expires_at } else { grant.expires_at })
        .filter(|_| account.token.is_none());
    let day = std::time::Duration::from_secs(24 * 3600);
    let near = unit
        .deliveries()
        .of_account(request.workspace, account.id, due_at - day, due_at + day)
        .await?;
    // The fullest rolling day that would hold this post is at least as full as each half.
    let counted = |d: &&crate::domain::Delivery| {
        !matches!(d.status, DeliveryStatus::Cancelled | DeliveryStatus::Failed)
    };
    let before = near.iter().filter(counted).filter(|d| d.due_at <= due_at).count();
    let after = near.iter().filter(counted).filter(|d| d.due_at > due_at).count();
    let unreachable = api.capabilities().fetches_images && !has_public_url(ports).await?;
    let verdict = check(&Draft {
        rules: api.rules(),
        text: &text,
        media,
        at: due_at,
        now,
        token_ends,
        unreachable,
        posts_that_day: before.max(after) as u32,
    });
    let mut findings = verdict.findings.clone();
    if grant.is_none_or(|grant| grant.status != GrantStatus::Active) {
        let mut found = finding(
            Code::AccountNeedsReauth,
            "/platforms",
            format!("the connection of {} has ended: connect it again", account.name),
        );
        found.platform = Some(account.platform.clone());
        findings.push(found);
    }
    let options = own.map(|own| own.options.clone()).unwrap_or_default();
    let account = account.clone();
    Ok((ResolvedTarget { account, text, options, verdict }, findings))
}

async fn has_public_url(ports: &Ports) -> Result<bool, Error> {
    let probe = BlobKey::new("probe")?;
    Ok(ports.blobs.public_url(&probe, ports.config.media_url_ttl).await?.is_some())
}

fn account<'a>(
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
) -> Result<Vec<(MediaProbe, Option<String>)>, Error> {
    let mut probes = Vec::new();
    for (at, MediaRef { asset, alt }) in request.media.iter().enumerate() {
        match unit.media().asset(request.workspace, *asset).await? {
            Some(found) => probes.push((found.probe, alt.clone())),
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

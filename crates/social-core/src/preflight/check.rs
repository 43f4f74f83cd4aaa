//! The check itself: pure, so that the server, the command and an app all say the same.

use serde_json::{Map, Value};

use super::{Code, Finding, Fix, Severity};
use crate::Timestamp;
use crate::domain::media::MediaProbe;
use crate::domain::{PostKind, Wishes};
use crate::rules::options::{PostOptions, Problem, Shape};
use crate::rules::{KindRule, Plan, Rules, count, hashtags, mentions, plan_media_as, shorten};

/// What one network would get.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// The network's limits.
    pub rules: &'a Rules,
    /// The text.
    pub text: &'a str,
    /// The media, in order.
    pub media: &'a [DraftMedia],
    /// What only this network knows, as the author wrote it.
    pub options: &'a Map<String, Value>,
    /// When it shall be visible.
    pub at: Timestamp,
    /// The current instant.
    pub now: Timestamp,
    /// When the account's token ends and nobody but a person can renew it.
    pub token_ends: Option<Timestamp>,
    /// What the network would have to fetch and cannot reach.
    pub unreachable: Unreachable,
    /// How many posts the account already has in the day around `at`.
    pub posts_that_day: u32,
}

/// A media item of a draft.
#[derive(Debug, Clone)]
pub struct DraftMedia {
    /// What it is.
    pub probe: MediaProbe,
    /// What it shows, for those who cannot see it.
    pub alt: Option<String>,
    /// How the author wants it made fit.
    pub wishes: Wishes,
}

/// What a network would have to fetch and cannot reach, since media have no public address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unreachable {
    /// Pictures.
    pub images: bool,
    /// Clips whose author asks for it.
    pub asked: bool,
    /// All clips.
    pub clips: bool,
}

/// What a draft would become on its network.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// What kind of post it is, where the network has such posts.
    pub kind: Option<PostKind>,
    /// How long the text is, as the network counts.
    pub length: u32,
    /// How long it may be.
    pub limit: u32,
    /// What is done with each media item, where it can be made fit.
    pub plans: Vec<Option<Plan>>,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Whether it can be published.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity != Severity::Error)
    }
}

/// Checks a draft against everything that is known beforehand, and reports all of it at once.
#[must_use]
pub fn check(draft: &Draft<'_>) -> Verdict {
    let mut report = Report { rules: draft.rules, findings: Vec::new() };
    times(draft, &mut report);
    let options = match PostOptions::read(&draft.rules.platform, draft.options) {
        Ok(options) => Some(options),
        Err(problem) => {
            report.option(&problem);
            None
        }
    };
    let kind = kind(draft, options.as_ref(), &mut report);
    let first = draft.media.first().map(|item| &item.probe);
    let rule = kind.and_then(|kind| draft.rules.kind_with(kind, first));
    if let (Some(options), Some(kind)) = (&options, kind) {
        let media: Vec<_> = draft.media.iter().map(|item| &item.probe).collect();
        for problem in options.problems(Shape { kind, media: &media }) {
            report.option(&problem);
        }
    }
    let mut plans = Vec::new();
    if let Some(rule) = rule {
        text(draft, rule, options.as_ref(), &mut report);
        plans = media(draft, rule, options.as_ref(), &mut report);
    }
    Verdict {
        kind: rule.map(|rule| rule.kind),
        length: rule.map_or(0, |rule| count(draft.text, rule.text.unit)),
        limit: rule.map_or(0, |rule| rule.text.max),
        plans,
        findings: report.findings,
    }
}

struct Report<'a> {
    rules: &'a Rules,
    findings: Vec<Finding>,
}

impl Report<'_> {
    fn add(
        &mut self,
        severity: Severity,
        code: Code,
        pointer: &str,
        message: String,
    ) -> &mut Finding {
        self.findings.push(Finding {
            code,
            severity,
            platform: Some(self.rules.platform.clone()),
            pointer: pointer.to_owned(),
            message,
            limit: None,
            actual: None,
            fix: None,
        });
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }

    fn option(&mut self, problem: &Problem) {
        let mut pointer = format!("/overrides/{}/options", self.rules.platform);
        if !problem.field.is_empty() {
            pointer = format!("{pointer}/{}", problem.field);
        }
        self.error(Code::OptionInvalid, &pointer, problem.message.clone());
    }

    fn error(&mut self, code: Code, pointer: &str, message: String) -> &mut Finding {
        self.add(Severity::Error, code, pointer, message)
    }
}

fn times(draft: &Draft<'_>, report: &mut Report<'_>) {
    if draft.at < draft.now {
        report.error(
            Code::TimeInPast,
            "/time",
            format!("{} has passed (it is {}): choose a later time, or now", draft.at, draft.now),
        );
    }
    if let Some(ends) = draft.token_ends.filter(|ends| *ends <= draft.at) {
        let message =
            format!("the connection ends at {ends}, before the post is due: sign in again");
        report.error(Code::TokenExpires, "/time", message);
    }
    if let Some(limit) = draft.rules.posts_per_day
        && draft.posts_that_day >= limit
    {
        let name = &draft.rules.name;
        let message = format!("{name} takes {limit} posts a day, and that day has them already");
        let finding = report.add(Severity::Warning, Code::DailyQuota, "/time", message);
        finding.limit = Some(limit.into());
        finding.actual = Some(u64::from(draft.posts_that_day) + 1);
    }
}

fn kind(
    draft: &Draft<'_>,
    options: Option<&PostOptions>,
    report: &mut Report<'_>,
) -> Option<PostKind> {
    // Pictures beside each other are taken everywhere, clips among them only here and there.
    let fits = |probe: &MediaProbe| {
        let rule = draft.rules.kind_with(PostKind::Carousel, Some(probe));
        let takes = rule.and_then(|rule| rule.media.as_ref()).is_some_and(|rule| rule.takes(probe));
        takes || matches!(probe, MediaProbe::Image(_))
    };
    let shape = match draft.media {
        [] => PostKind::Text,
        [DraftMedia { probe: MediaProbe::Video(_), .. }] => PostKind::Video,
        [DraftMedia { probe: MediaProbe::Document(_), .. }] => PostKind::Document,
        [_] => PostKind::Image,
        all if all.iter().all(|item| fits(&item.probe)) => PostKind::Carousel,
        _ => {
            let message = "a post takes pictures, or one video or document: leave the rest out";
            let message = message.to_owned();
            report.error(Code::MediaUnsupported, "/media", message);
            return None;
        }
    };
    let kind = options.map_or(shape, |options| options.kind(shape));
    if draft.rules.kind(kind).is_none() {
        let name = &draft.rules.name;
        let message = match kind {
            PostKind::Text => format!("{name} has no posts without a picture or video: add one"),
            PostKind::Carousel => {
                format!("{name} takes one media item a post: leave the others out")
            }
            PostKind::Image => format!("{name} takes no pictures: use a video"),
            PostKind::Video => format!("{name} takes no videos: use a picture"),
            PostKind::Document => format!("{name} takes no documents: use pictures or a video"),
            PostKind::Reel | PostKind::Story | PostKind::Inbox => {
                format!("{name} has no such format: leave it out")
            }
        };
        report.error(Code::KindUnsupported, "/media", message);
        return None;
    }
    if draft.media.is_empty() && kind != PostKind::Text {
        let message = "this format needs a picture or a video: add one".to_owned();
        report.error(Code::MediaCount, "/media", message);
        return None;
    }
    Some(kind)
}

fn text(
    draft: &Draft<'_>,
    rule: &KindRule,
    options: Option<&PostOptions>,
    report: &mut Report<'_>,
) {
    let limits = &rule.text;
    let length = count(draft.text, limits.unit);
    let shows = options.is_some_and(PostOptions::has_content);
    if limits.required && !shows && draft.text.trim().is_empty() {
        report.error(Code::ContentEmpty, "/content", "there is no text: write one".into());
    }
    if limits.max == 0 && length > 0 {
        let name = &draft.rules.name;
        let message = format!("{name} takes no text with this kind of post: it is left out");
        report.add(Severity::Warning, Code::ContentDropped, "/content", message);
        return;
    }
    if length > limits.max {
        let over = length - limits.max;
        let message = format!("{length} of {} characters: shorten the text by {over}", limits.max);
        let finding = report.error(Code::ContentTooLong, "/content", message);
        finding.limit = Some(limits.max.into());
        finding.actual = Some(length.into());
        finding.fix = shorten(draft.text, limits).map(|text| Fix::UseText { text });
    }
    let mut tags = |code, what: &str, limit: Option<u32>, tags: Vec<&str>, sign: char| {
        let Some(limit) = limit.filter(|limit| tags.len() > *limit as usize) else { return };
        let message = format!("{} of {limit} {what}: leave some out", tags.len());
        let finding = report.error(code, "/content", message);
        finding.limit = Some(limit.into());
        finding.actual = Some(tags.len() as u64);
        finding.fix =
            Some(Fix::UseText { text: without(draft.text, sign, &tags[limit as usize..]) });
    };
    let found = hashtags(draft.text).collect();
    tags(Code::TooManyHashtags, "hashtags", limits.max_hashtags, found, '#');
    let found = mentions(draft.text).collect();
    tags(Code::TooManyMentions, "mentions", limits.max_mentions, found, '@');
}

/// `text` without these tags, which are slices of it.
fn without(text: &str, sign: char, tags: &[&str]) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for tag in tags {
        let at = tag.as_ptr() as usize - text.as_ptr() as usize;
        kept.push_str(text[from..at].trim_end_matches(sign).trim_end_matches(' '));
        from = at + tag.len();
    }
    kept.push_str(&text[from..]);
    kept
}

fn media(
    draft: &Draft<'_>,
    rule: &KindRule,
    options: Option<&PostOptions>,
    report: &mut Report<'_>,
) -> Vec<Option<Plan>> {
    let name = &draft.rules.name;
    let items = u32::try_from(draft.media.len()).unwrap_or(u32::MAX);
    if !rule.items.contains(&items) {
        let (least, most) = (rule.items.start(), rule.items.end());
        let message = format!("{items} media items; {name} takes {least} to {most}");
        let finding = report.error(Code::MediaCount, "/media", message);
        finding.limit = Some((*most).into());
        finding.actual = Some(items.into());
        finding.fix = (items > *most).then_some(Fix::DropMedia { from: *most });
    }
    let Unreachable { images, asked, clips } = draft.unreachable;
    let beside = images && rule.kind == PostKind::Carousel;
    let fetched = beside || clips || (asked && options.is_some_and(PostOptions::fetches_clips));
    let out_of_reach = |probe: &MediaProbe| match probe {
        MediaProbe::Image(_) => images,
        MediaProbe::Video(_) => fetched,
        MediaProbe::Document(_) => false,
    };
    if draft.media.iter().any(|item| out_of_reach(&item.probe)) {
        let message = format!(
            "{name} fetches these media from a public address, and none is set: \
             configure the public address of the media folder or bucket"
        );
        report.error(Code::MediaNotPublic, "/media", message);
    }
    let mut plans = Vec::new();
    for (at, DraftMedia { probe, alt, wishes }) in draft.media.iter().enumerate() {
        let pointer = format!("/media/{at}");
        let own = draft.rules.kind_with(rule.kind, Some(probe)).unwrap_or(rule);
        let Some(limits) = &own.media else { continue };
        let plan = match plan_media_as(probe, limits, wishes) {
            Ok(plan) => {
                if !plan.changes().is_empty() {
                    let changes = plan.changes().to_vec();
                    let spoken =
                        changes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                    let message = format!("media {}: {spoken}", at + 1);
                    let finding =
                        report.add(Severity::Warning, Code::MediaChanged, &pointer, message);
                    finding.fix = Some(Fix::Process { changes });
                }
                Some(plan)
            }
            Err(refused) => {
                let message = format!("media {}: {refused}", at + 1);
                report.error(Code::MediaUnsupported, &pointer, message);
                None
            }
        };
        plans.push(plan);
        let length = alt.as_ref().map_or(0, |alt| alt.chars().count());
        if let Some(max) = rule.text.max_alt.filter(|max| length > *max as usize) {
            let message = format!(
                "media {}: the description has {length} of {max} characters: shorten it",
                at + 1
            );
            let finding = report.error(Code::AltTooLong, &format!("{pointer}/alt"), message);
            finding.limit = Some(max.into());
            finding.actual = Some(length as u64);
        }
    }
    plans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::media::{ColourProfile, ImageFormat, ImageProbe};
    use crate::rules::{facebook, instagram};

    fn photo() -> DraftMedia {
        let probe = ImageProbe {
            format: ImageFormat::Jpeg,
            width: 1080,
            height: 1080,
            bytes: 200_000,
            orientation: 1,
            alpha: false,
            animated: false,
            colour: ColourProfile::Untagged,
            metadata: false,
            motion: None,
            focus: None,
        };
        DraftMedia { probe: MediaProbe::Image(probe), alt: None, wishes: Wishes::default() }
    }

    fn no_options() -> &'static Map<String, Value> {
        static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
        &NONE
    }

    fn draft<'a>(rules: &'a Rules, text: &'a str, media: &'a [DraftMedia]) -> Draft<'a> {
        Draft {
            rules,
            text,
            media,
            at: Timestamp::from_secs(2_000),
            now: Timestamp::from_secs(1_000),
            token_ends: None,
            options: no_options(),
            unreachable: Unreachable::default(),
            posts_that_day: 0,
        }
    }

    fn codes(verdict: &Verdict) -> Vec<Code> {
        verdict.findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let rules = instagram();
        let text = "#tag ".repeat(31) + &"x".repeat(2200);
        let media: Vec<_> = (0..11).map(|_| photo()).collect();
        let draft = Draft {
            at: Timestamp::from_secs(1),
            unreachable: Unreachable { images: true, ..Unreachable::default() },
            token_ends: Some(Timestamp::from_secs(0)),
            ..draft(&rules, &text, &media)
        };
        let verdict = check(&draft);
        assert_eq!(
            codes(&verdict),
            [
                Code::TimeInPast,
                Code::TokenExpires,
                Code::ContentTooLong,
                Code::TooManyHashtags,
                Code::MediaCount,
                Code::MediaNotPublic,
            ]
        );
        assert!(!verdict.is_valid());
    }

    #[test]
    fn a_fix_that_is_applied_fits() {
        let rules = instagram();
        let media = [photo()];
        let text = "Good morning ".repeat(200);
        let verdict = check(&draft(&rules, &text, &media));
        let Some(Fix::UseText { text }) = &verdict.findings[0].fix else { panic!("{verdict:?}") };
        assert!(check(&draft(&rules, text, &media)).is_valid());

        let tags: String = (0..34).map(|n| format!("#t{n} ")).collect();
        let verdict = check(&draft(&rules, &tags, &media));
        let Some(Fix::UseText { text }) = &verdict.findings[0].fix else { panic!("{verdict:?}") };
        assert!(check(&draft(&rules, text, &media)).is_valid(), "{text}");
        assert!(text.contains("#t29") && !text.contains("#t30"), "{text}");
    }

    #[test]
    fn a_kind_a_network_does_not_have_is_named() {
        let verdict = check(&draft(&instagram(), "Hello", &[]));
        assert_eq!(codes(&verdict), [Code::KindUnsupported]);
        assert!(check(&draft(&facebook(), "Hello", &[])).is_valid());
        assert_eq!(codes(&check(&draft(&facebook(), " ", &[]))), [Code::ContentEmpty]);
    }
}

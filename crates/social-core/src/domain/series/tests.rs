use std::time::Duration;

use chrono::{Days, NaiveTime, Timelike as _, Weekday};
use proptest::prelude::*;

use super::rule::Day;
use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn recurrence(rule: Rule, zone: Tz, from: &str) -> Recurrence {
    Recurrence { rule, zone, from: day(from), until: None, except: BTreeSet::new() }
}

fn instants(series: &Recurrence, after: &str, count: usize) -> Vec<String> {
    series.after(at(after)).take(count).map(|o| o.at.to_string()).collect()
}

const NEW_YORK: Tz = chrono_tz::America::New_York;

#[test]
fn the_hour_stays_when_the_clocks_change() {
    let daily = recurrence(Rule::daily(1, time("09:30")).unwrap(), NEW_YORK, "2027-03-12");
    assert_eq!(
        instants(&daily, "2027-03-12T00:00:00Z", 4),
        [
            "2027-03-12T14:30:00Z",
            "2027-03-13T14:30:00Z",
            "2027-03-14T13:30:00Z",
            "2027-03-15T13:30:00Z"
        ]
    );
}

#[test]
fn a_time_that_does_not_exist_comes_as_soon_as_the_clocks_go_on() {
    for rule in [Rule::daily(1, time("02:30")).unwrap(), Rule::cron("30 2 * * *").unwrap()] {
        let series = recurrence(rule, NEW_YORK, "2027-03-01");
        let next: Vec<_> = series.after(at("2027-03-13T12:00:00Z")).take(2).collect();
        // 03:00 in New York, which comes right after 01:59 that night.
        assert_eq!(next[0].at, at("2027-03-14T07:00:00Z"));
        assert!(next[0].shifted && !next[1].shifted);
        assert_eq!(next[0].wall, day("2027-03-14").and_time(time("02:30")));
        assert_eq!(next[1].at, at("2027-03-15T06:30:00Z"));
    }
}

#[test]
fn a_time_that_comes_twice_is_used_once() {
    for rule in [Rule::daily(1, time("01:30")).unwrap(), Rule::cron("30 1 * * *").unwrap()] {
        let series = recurrence(rule, NEW_YORK, "2027-11-01");
        assert_eq!(
            instants(&series, "2027-11-06T12:00:00Z", 2),
            ["2027-11-07T05:30:00Z", "2027-11-08T06:30:00Z"]
        );
    }
    let half_hours = recurrence(Rule::cron("*/30 * * * *").unwrap(), NEW_YORK, "2027-11-01");
    assert_eq!(
        instants(&half_hours, "2027-11-07T04:59:00Z", 4),
        [
            "2027-11-07T05:00:00Z",
            "2027-11-07T05:30:00Z",
            "2027-11-07T07:00:00Z",
            "2027-11-07T07:30:00Z"
        ]
    );
}

#[test]
fn several_times_that_do_not_exist_come_once() {
    let half_hours = recurrence(Rule::cron("*/30 * * * *").unwrap(), NEW_YORK, "2027-03-01");
    assert_eq!(
        instants(&half_hours, "2027-03-14T06:29:00Z", 3),
        ["2027-03-14T06:30:00Z", "2027-03-14T07:00:00Z", "2027-03-14T07:30:00Z"]
    );
}

#[test]
fn a_day_that_a_country_left_out_is_no_end() {
    // Samoa went from 29 to 31 December 2011.
    let apia = chrono_tz::Pacific::Apia;
    let daily = recurrence(Rule::daily(1, time("12:00")).unwrap(), apia, "2011-12-01");
    let next: Vec<_> = daily.after(at("2011-12-29T12:00:00Z")).take(3).collect();
    let shown: Vec<_> = next.iter().map(|o| (o.wall.date().to_string(), o.shifted)).collect();
    assert_eq!(
        shown,
        [
            ("2011-12-29".to_owned(), false),
            ("2011-12-30".to_owned(), true),
            ("2011-12-31".to_owned(), false)
        ]
    );
}

#[test]
fn weeks_and_months_keep_their_rhythm() {
    let utc = Tz::UTC;
    let days = [Day(Weekday::Thu), Day(Weekday::Mon)].into();
    let fortnight = recurrence(Rule::weekly(2, days, time("08:00")).unwrap(), utc, "2026-11-24");
    // The first day is a Tuesday; its week's Monday has passed.
    assert_eq!(
        instants(&fortnight, "2026-11-01T00:00:00Z", 4),
        [
            "2026-11-26T08:00:00Z",
            "2026-12-07T08:00:00Z",
            "2026-12-10T08:00:00Z",
            "2026-12-21T08:00:00Z"
        ]
    );
    let last = recurrence(Rule::monthly(1, 31, time("08:00")).unwrap(), utc, "2027-01-01");
    assert_eq!(
        instants(&last, "2027-01-01T00:00:00Z", 4),
        [
            "2027-01-31T08:00:00Z",
            "2027-02-28T08:00:00Z",
            "2027-03-31T08:00:00Z",
            "2027-04-30T08:00:00Z"
        ]
    );
}

#[test]
fn a_series_ends_and_leaves_out() {
    let mut daily = recurrence(Rule::daily(1, time("08:00")).unwrap(), Tz::UTC, "2027-01-01");
    daily.until = Some(day("2027-01-03"));
    daily.leave_out(day("2027-01-02").and_time(time("08:00")));
    assert_eq!(
        instants(&daily, "2026-01-01T00:00:00Z", 9),
        ["2027-01-01T08:00:00Z", "2027-01-03T08:00:00Z"]
    );
}

#[test]
fn what_was_missed_is_left_or_done_as_is_wished() {
    let hourly = recurrence(Rule::cron("0 * * * *").unwrap(), Tz::UTC, "2027-01-01");
    let (done, now) = (at("2027-01-01T00:00:00Z"), at("2027-01-01T05:00:30Z"));
    let run = |missed, most| {
        let caught = hourly.catch_up(done, now, missed, Duration::from_secs(60), most);
        assert_eq!(caught.next.unwrap().at, at("2027-01-01T06:00:00Z"));
        let hours: Vec<_> = caught.run.iter().map(|o| o.wall.hour()).collect();
        (hours, caught.skipped)
    };
    assert_eq!(run(Missed::Skip, 9), (vec![5], 4));
    assert_eq!(run(Missed::Once, 9), (vec![4, 5], 3));
    assert_eq!(run(Missed::All, 9), (vec![1, 2, 3, 4, 5], 0));
    assert_eq!(run(Missed::All, 2), (vec![3, 4, 5], 2));
}

#[test]
fn quiet_hours_end_by_the_clocks_of_their_zone() {
    let quiet =
        QuietHours { from: time("22:00"), until: time("07:00"), zone: chrono_tz::Europe::Berlin };
    assert_eq!(quiet.after(at("2027-01-01T22:30:00Z")), at("2027-01-02T06:00:00Z"));
    assert_eq!(quiet.after(at("2027-01-02T05:59:00Z")), at("2027-01-02T06:00:00Z"));
    assert_eq!(quiet.after(at("2027-01-02T06:00:00Z")), at("2027-01-02T06:00:00Z"));
    assert_eq!(quiet.after(at("2027-01-02T20:59:00Z")), at("2027-01-02T20:59:00Z"));
    // The clocks go ahead in that night.
    assert_eq!(quiet.after(at("2027-03-27T22:00:00Z")), at("2027-03-28T05:00:00Z"));
}

#[test]
fn rules_that_make_no_sense_are_told_by_what_is_wrong() {
    assert_eq!(Rule::daily(0, time("08:00")), Err(BadRule::Every(366)));
    assert_eq!(Rule::weekly(1, BTreeSet::new(), time("08:00")), Err(BadRule::NoDay));
    assert_eq!(Rule::monthly(1, 32, time("08:00")), Err(BadRule::DayOfMonth));
    for text in ["", "every day", "0 0 9 * * *", "61 * * * *"] {
        assert!(matches!(Rule::cron(text), Err(BadRule::Expression { .. })), "{text}");
    }
}

#[test]
fn a_series_reads_back_as_it_was_written_and_is_checked() {
    let days = [Day(Weekday::Mon)].into();
    for rule in [
        Rule::daily(2, time("08:00")).unwrap(),
        Rule::weekly(1, days, time("08:00")).unwrap(),
        Rule::monthly(3, 31, time("08:00")).unwrap(),
        Rule::cron("30 9 * * mon-fri").unwrap(),
    ] {
        let series = recurrence(rule, NEW_YORK, "2027-01-01");
        let text = serde_json::to_string(&series).unwrap();
        assert_eq!(serde_json::from_str::<Recurrence>(&text).unwrap(), series, "{text}");
        let broken = text.replace("\"every\":", "\"every\":0,\"was\":");
        assert!(broken == text || serde_json::from_str::<Recurrence>(&broken).is_err());
    }
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let wall = (0_u32..24, 0_u32..60).prop_map(|(h, m)| NaiveTime::from_hms_opt(h, m, 0).unwrap());
    let days = prop::collection::btree_set(0_u8..7, 1..4)
        .prop_map(|days| days.into_iter().map(|d| Day(Weekday::try_from(d).unwrap())).collect());
    prop_oneof![
        (1_u16..10, wall.clone()).prop_map(|(every, at)| Rule::daily(every, at).unwrap()),
        (1_u16..5, days, wall.clone())
            .prop_map(|(every, days, at)| Rule::weekly(every, days, at).unwrap()),
        (1_u16..4, 1_u8..32, wall)
            .prop_map(|(every, day, at)| Rule::monthly(every, day, at).unwrap()),
        prop::sample::select(vec![
            "*/20 * * * *",
            "30 2 * * *",
            "0 9 * * mon-fri",
            "15 1 L * *",
            "0 0 * * mon#2"
        ])
        .prop_map(|text| Rule::cron(text).unwrap()),
    ]
}

fn any_series() -> impl Strategy<Value = Recurrence> {
    let zones = vec![
        Tz::UTC,
        NEW_YORK,
        chrono_tz::Europe::Berlin,
        chrono_tz::Australia::Lord_Howe,
        chrono_tz::Asia::Kathmandu,
        chrono_tz::Africa::Casablanca,
        chrono_tz::America::Sao_Paulo,
    ];
    (any_rule(), prop::sample::select(zones), 0_u64..400).prop_map(|(rule, zone, later)| {
        Recurrence {
            rule,
            zone,
            from: day("2026-06-01") + Days::new(later),
            until: None,
            except: BTreeSet::new(),
        }
    })
}

fn any_instant() -> impl Strategy<Value = Timestamp> {
    (0_i64..400 * 24 * 60 * 60)
        .prop_map(|secs| at("2026-06-01T00:00:00Z") + Duration::from_secs(secs.unsigned_abs()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn occurrences_rise_and_show_their_wall_time(series in any_series(), from in any_instant()) {
        let mut last = (from, None);
        for next in series.after(from).take(40) {
            prop_assert!(next.at > last.0 && Some(next.wall) > last.1);
            let shown = next.at.as_datetime().with_timezone(&series.zone).naive_local();
            prop_assert_eq!(shown != next.wall, next.shifted);
            prop_assert!(shown >= next.wall && next.wall.date() >= series.from);
            last = (next.at, Some(next.wall));
        }
    }

    #[test]
    fn where_one_begins_to_look_changes_nothing(
        series in any_series(),
        from in any_instant(),
        later in 0_u64..20 * 24 * 60 * 60,
    ) {
        let whole: Vec<_> = series.after(from).take(60).collect();
        let middle = from + Duration::from_secs(later);
        let rest: Vec<_> = series.after(middle).take(20).collect();
        let expected: Vec<_> = whole.into_iter().filter(|o| o.at > middle).take(20).collect();
        prop_assert_eq!(&rest[..expected.len().min(rest.len())], &expected[..expected.len().min(rest.len())]);
    }

    #[test]
    fn both_halves_of_a_series_are_the_whole(series in any_series(), from in any_instant(), place in 0_usize..12) {
        let whole: Vec<_> = series.after(from).take(30).collect();
        let cut = whole[place].wall;
        let mut first = series.clone();
        let rest = first.split(cut);
        let mut both: Vec<_> = first.after(from).take(30).collect();
        prop_assert!(both.iter().all(|o| o.wall < cut));
        prop_assert!(rest.after(from).take(5).all(|o| o.wall >= cut));
        both.extend(rest.after(from).take(30));
        both.truncate(30);
        prop_assert_eq!(both, whole);
    }

    #[test]
    fn quiet_hours_are_left_by_going_ahead(from in 0_u32..24, until in 0_u32..24, time in any_instant()) {
        let hour = |h| NaiveTime::from_hms_opt(h, 0, 0).unwrap();
        let quiet = QuietHours { from: hour(from), until: hour(until), zone: NEW_YORK };
        let free = quiet.after(time);
        prop_assert!(free >= time && !quiet.contains(free));
        prop_assert!(free.since(time) <= Duration::from_secs(49 * 60 * 60));
    }

    #[test]
    fn jitter_is_the_same_each_time_and_never_too_much(series in any_series(), most in 0_u64..600) {
        let next = series.next_after(at("2027-01-01T00:00:00Z")).unwrap();
        let most = Duration::from_secs(most);
        let moved = Recurrence::jittered(&next, most, "series_1");
        prop_assert!(moved >= next.at && moved <= next.at + most);
        prop_assert_eq!(moved, Recurrence::jittered(&next, most, "series_1"));
    }
}

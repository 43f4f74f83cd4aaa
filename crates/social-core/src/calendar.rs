//! Days worth a post.

use chrono::{Datelike as _, Days, NaiveDate, Weekday};

/// A day worth a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// When.
    pub date: NaiveDate,
    /// What it is.
    pub name: &'static str,
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.date, self.name)
    }
}

/// Days that fall on the same date each year: those of the United Nations and other world days.
/// Source: <https://www.un.org/en/observances/list-days-weeks>.
const FIXED: &[(u32, u32, &str)] = &[
    (1, 1, "New Year's Day"),
    (1, 24, "International Day of Education"),
    (2, 11, "International Day of Women and Girls in Science"),
    (2, 14, "Valentine's Day"),
    (2, 21, "International Mother Language Day"),
    (3, 8, "International Women's Day"),
    (3, 20, "International Day of Happiness"),
    (3, 22, "World Water Day"),
    (4, 7, "World Health Day"),
    (4, 22, "Earth Day"),
    (4, 23, "World Book Day"),
    (5, 1, "Labour Day"),
    (5, 3, "World Press Freedom Day"),
    (5, 15, "International Day of Families"),
    (5, 20, "World Bee Day"),
    (6, 3, "World Bicycle Day"),
    (6, 5, "World Environment Day"),
    (6, 21, "International Day of Yoga"),
    (7, 30, "International Day of Friendship"),
    (8, 12, "International Youth Day"),
    (8, 19, "World Photography Day"),
    (9, 21, "International Day of Peace"),
    (9, 27, "World Tourism Day"),
    (10, 1, "International Coffee Day"),
    (10, 5, "World Teachers' Day"),
    (10, 10, "World Mental Health Day"),
    (10, 16, "World Food Day"),
    (10, 31, "Halloween"),
    (11, 13, "World Kindness Day"),
    (12, 10, "Human Rights Day"),
    (12, 24, "Christmas Eve"),
    (12, 31, "New Year's Eve"),
];

/// The days worth a post from `from` on for `ahead` days, in order.
#[must_use]
pub fn days(from: NaiveDate, ahead: u32) -> Vec<Day> {
    let all = (0..=u64::from(ahead)).filter_map(|n| from.checked_add_days(Days::new(n)));
    all.flat_map(|date| named(date).map(move |name| Day { date, name })).collect()
}

fn named(date: NaiveDate) -> impl Iterator<Item = &'static str> {
    let (month, day, year) = (date.month(), date.day(), date.year());
    let fixed =
        FIXED.iter().filter(move |(m, d, _)| (*m, *d) == (month, day)).map(|(.., name)| *name);
    let nth = |weekday, n| NaiveDate::from_weekday_of_month_opt(year, month, weekday, n);
    // The Friday after the fourth Thursday of November, and the Monday after that.
    let thanks = NaiveDate::from_weekday_of_month_opt(year, 11, Weekday::Thu, 4);
    let after = |days| thanks.and_then(|thanks| thanks.checked_add_days(Days::new(days)));
    let easter = easter(year);
    let moving = [
        (month == 5 && nth(Weekday::Sun, 2) == Some(date), "Mother's Day"),
        (month == 6 && nth(Weekday::Sun, 3) == Some(date), "Father's Day"),
        (after(1) == Some(date), "Black Friday"),
        (after(2) == Some(date), "Small Business Saturday"),
        (after(4) == Some(date), "Cyber Monday"),
        (easter == Some(date), "Easter Sunday"),
    ];
    fixed.chain(moving.into_iter().filter(|(is, _)| *is).map(|(_, name)| name))
}

/// Easter Sunday of the Gregorian calendar, by the method of Meeus, Jones and Butcher.
fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_and_moving_days_come_in_order() {
        let from = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let found: Vec<String> = days(from, 40).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "2026-11-27: Black Friday",
                "2026-11-28: Small Business Saturday",
                "2026-11-30: Cyber Monday",
                "2026-12-10: Human Rights Day",
                "2026-12-24: Christmas Eve",
                "2026-12-31: New Year's Eve",
                "2027-01-01: New Year's Day",
            ]
        );
    }

    #[test]
    fn easter_falls_where_the_almanac_says() {
        for (year, month, day) in
            [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)]
        {
            assert_eq!(easter(year), NaiveDate::from_ymd_opt(year, month, day));
        }
    }
}

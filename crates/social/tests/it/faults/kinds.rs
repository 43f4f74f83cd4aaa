//! The table of what can be published where, held to the tests that cover it.

use std::collections::BTreeMap;

use super::*;

/// The table, and the folders of tests that it names.
const TABLE: &str = include_str!("../../../../social-platforms/KINDS.md");
const TESTS: &[(&str, &str)] = &[
    ("kinds", include_str!("../../../../social-platforms/tests/it/kinds.rs")),
    ("numbers", include_str!("../../../../social-platforms/tests/it/numbers.rs")),
    ("sign_in", include_str!("../../../../social-platforms/tests/it/sign_in.rs")),
    ("instagram", include_str!("../../../../social-platforms/src/instagram/tests.rs")),
    ("facebook", include_str!("../../../../social-platforms/src/facebook/tests.rs")),
    ("linkedin", include_str!("../../../../social-platforms/src/linkedin/tests.rs")),
    ("tiktok", include_str!("../../../../social-platforms/src/tiktok/tests.rs")),
    ("options", include_str!("../../../../social-core/src/rules/options/mod.rs")),
];

const COLUMNS: [&str; 6] = [
    "Instagram",
    "Instagram Login",
    "Facebook Page",
    "LinkedIn member",
    "LinkedIn organisation",
    "TikTok",
];

/// What a case is about, and in which columns it stands.
fn place(case: &Case) -> (String, usize) {
    let column = match (case.platform.as_str(), case.account) {
        ("instagram", LOGIN) => 1,
        ("instagram", _) => 0,
        ("facebook", _) => 2,
        ("linkedin", "organization") => 4,
        ("linkedin", _) => 3,
        _ => 5,
    };
    let mut what = case.name;
    for word in
        ["instagram ", "facebook ", "linkedin ", "tiktok ", "login ", "member ", "organization "]
    {
        what = what.strip_prefix(word).unwrap_or(what);
    }
    (what.to_owned(), column)
}

/// The rows of the table: a kind of post, and in each column the flow that is cut everywhere.
fn rows(cases: &[Case]) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    let mut cells: BTreeMap<(String, usize), &str> = BTreeMap::new();
    for case in cases {
        let (what, column) = place(case);
        if !kinds.contains(&what) {
            kinds.push(what.clone());
        }
        cells.insert((what, column), case.name);
    }
    let row = |what: &String| {
        let cell = |column| {
            let name = cells.get(&(what.clone(), column));
            name.map_or("–".to_owned(), |name| format!("`{name}`"))
        };
        let cells: Vec<_> = (0..COLUMNS.len()).map(cell).collect();
        format!("| {what} | {} |", cells.join(" | "))
    };
    kinds.iter().map(row).collect()
}

#[tokio::test]
async fn the_table_of_kinds_names_every_flow_that_is_cut() {
    let cases = cases().await;
    let head = format!("| kind of post | {} |", COLUMNS.join(" | "));
    let lines: Vec<_> = TABLE.lines().collect();
    let at = lines.iter().position(|line| **line == head);
    let at = at.unwrap_or_else(|| panic!("the table begins with {head}"));
    let there: Vec<_> = lines[at + 2..].iter().take_while(|line| line.starts_with('|')).collect();
    let wanted = rows(&cases);
    assert_eq!(
        there.iter().map(ToString::to_string).collect::<Vec<_>>(),
        wanted,
        "KINDS.md is to have these rows:\n{}",
        wanted.join("\n")
    );
}

#[test]
fn every_test_that_the_table_names_is_there() {
    let mut count = 0;
    for name in TABLE.split('`').skip(1).step_by(2) {
        let Some((file, test)) = name.split_once("::") else { continue };
        let found = TESTS.iter().find(|(known, _)| *known == file);
        let (_, source) = found.unwrap_or_else(|| panic!("{file} is not looked at"));
        assert!(source.contains(&format!("fn {test}(")), "there is no test {name}");
        count += 1;
    }
    assert!(count >= 10, "only {count} tests are named");
}

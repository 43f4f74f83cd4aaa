//! Tables for spreadsheets.

/// A table as CSV (RFC 4180), with a first line of names. A cell that a spreadsheet would take for
/// a formula is quoted by an apostrophe: texts of posts come from people.
#[must_use]
pub fn csv<const N: usize>(
    names: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = line(names.into_iter());
    for row in rows {
        table.push_str(&line(row.iter().map(String::as_str)));
    }
    table
}

fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.map(cell).collect();
    cells.join(",") + "\r\n"
}

fn cell(text: &str) -> String {
    let number = text.parse::<f64>().is_ok();
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number;
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_disarmed() {
        let rows =
            [["=HYPERLINK(\"x\")".to_owned(), "-2".into()], ["a, \"b\"\nc".into(), "@ana".into()]];
        assert_eq!(
            csv(["text", "gained"], rows),
            "text,gained\r\n\"'=HYPERLINK(\"\"x\"\")\",-2\r\n\"a, \"\"b\"\"\nc\",'@ana\r\n"
        );
    }
}

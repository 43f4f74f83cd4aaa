//! Showing what others answered without the secrets that may stand in it.

/// The start of a body, fit for a log: at most 200 characters.
#[must_use]
pub fn start_of(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(600)]);
    let redacted = redact(&text);
    match redacted.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &redacted[..end]),
        None => redacted,
    }
}

/// `text` without what may be a secret: runs of more than 24 letters and digits, of which ids,
/// words and codes are never made.
#[must_use]
pub fn redact(text: &str) -> String {
    let secret = |c: char| c.is_ascii_alphanumeric() || "-_.|%~+=".contains(c);
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(secret) {
        clean.push_str(&rest[..start]);
        let run = &rest[start..];
        let end = run.find(|c| !secret(c)).unwrap_or(run.len());
        let word = &run[..end];
        if word.len() > 24 && word.bytes().any(|b| b.is_ascii_digit()) {
            clean.push_str(&word[..3]);
            clean.push('…');
        } else {
            clean.push_str(word);
        }
        rest = &run[end..];
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_token_is_not_shown() {
        let body = br#"{"access_token":"EAAGm0PX4ZCpsBAKZCZCdJ1OZAZB","id":"17841400000000001"}"#;
        let shown = start_of(body);
        assert!(!shown.contains("m0PX4"), "{shown}");
        assert!(shown.contains("17841400000000001"), "{shown}");
    }
}

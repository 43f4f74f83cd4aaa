//! The key file.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use social_core::ports::{Sealer as _, SystemIds};
use social_store::{KeyRing, KeyRingError, RingSealer};

fn open(path: &Path) -> RingSealer {
    RingSealer::from_file(path, Arc::new(SystemIds)).unwrap()
}

#[test]
fn a_file_is_made_once_and_its_keys_open_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let first = open(&path);
    let key = first.new_data_key().unwrap();
    let sealed = first.seal(&key, "p", &SecretString::from("token".to_owned())).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let second = open(&path);
    assert_eq!(second.open(&key, "p", &sealed).unwrap().expose_secret(), "token");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    open(&path);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    let mut ring = KeyRing::read(&path).unwrap();
    ring.rotate(&SystemIds);
    ring.replace(&path).unwrap();
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn a_rotated_file_opens_what_the_old_one_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let before = open(&path).new_data_key().unwrap();
    let mut ring = KeyRing::read(&path).unwrap();
    ring.rotate(&SystemIds);
    ring.create(&path).expect_err("a key file is never overwritten by accident");
    ring.replace(&path).unwrap();
    let after = open(&path);
    assert!(after.rewrap(&before).unwrap().is_some());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_that_is_none_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let key = "ab".repeat(32);
    for (text, line) in [
        (String::new(), None),
        ("# nothing\n\n".to_owned(), None),
        ("0011223 short\n".to_owned(), Some(1)),
        (format!("# head\n00112233{key}\n"), Some(2)),
        (format!("0011223g {key}\n"), Some(1)),
        (format!("00112233 {key}\n00112233 {key}\n"), Some(2)),
    ] {
        fs::write(&path, &text).unwrap();
        let error = RingSealer::from_file(&path, Arc::new(SystemIds)).unwrap_err();
        let found = match &error {
            KeyRingError::Empty => None,
            KeyRingError::Line { line } | KeyRingError::Twice { line } => Some(*line),
            _ => panic!("{error:?}"),
        };
        assert_eq!(found, line, "{text}");
        assert!(!error.to_string().contains(&key), "the error shows a key");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let path = Path::new("/nowhere/at/all/keys");
    let error = RingSealer::from_file(path, Arc::new(SystemIds)).unwrap_err();
    assert!(error.to_string().contains("/nowhere/at/all/keys"), "{error}");
}

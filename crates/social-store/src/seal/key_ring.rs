//! The keys that wrap the data keys of workspaces, and the file they are kept in.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use social_core::ports::IdSource;
use zeroize::{Zeroize as _, Zeroizing};

/// Names a key of the ring.
pub(super) type KeyId = [u8; 4];
/// A key.
pub(super) type Key = Zeroizing<[u8; 32]>;

const HEAD: &str = "\
# The keys that open every stored token. Whoever has this file and the database has the tokens;
# whoever loses it must connect all accounts anew. Keep a copy apart from the database's.
# One key a line, `id key` in hex. The last one seals, all of them open.
";

/// Why a key file is of no use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRingError {
    /// It cannot be read or written.
    #[error("the key file {path} cannot be read or written: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A line is no key.
    #[error("line {line} of the key file is no key: it must be 8 hex digits, a space, and 64 more")]
    Line {
        /// Which line, from 1.
        line: usize,
    },
    /// Two keys have one id.
    #[error("line {line} of the key file repeats the id of an earlier key")]
    Twice {
        /// Which line, from 1.
        line: usize,
    },
    /// There is no key in it.
    #[error("the key file holds no key")]
    Empty,
}

/// Keys that wrap the data keys of workspaces. The newest, which is the last, wraps; all open.
#[derive(Clone, Default)]
pub struct KeyRing(Vec<(KeyId, Key)>);

impl KeyRing {
    /// A ring of one fresh key.
    #[must_use]
    pub fn generate(ids: &dyn IdSource) -> Self {
        let mut ring = Self::default();
        ring.rotate(ids);
        ring
    }

    /// Adds a fresh key, which wraps from now on.
    pub fn rotate(&mut self, ids: &dyn IdSource) {
        let mut id = KeyId::default();
        ids.fill(&mut id);
        while self.key(id).is_some() {
            ids.fill(&mut id);
        }
        let mut key = Key::default();
        ids.fill(&mut *key);
        self.0.push((id, key));
    }

    /// Forgets every key but the newest. What an older one wrapped never opens again: re-wrap
    /// the data keys of all workspaces before.
    pub fn retire_old(&mut self) {
        let old = self.0.len().saturating_sub(1);
        self.0.drain(..old);
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// [`KeyRingError`] where it cannot be read, or holds what is no key, or none.
    pub fn read(path: &Path) -> Result<Self, KeyRingError> {
        let text = Zeroizing::new(fs::read_to_string(path).map_err(at(path))?);
        let mut ring = Self::default();
        for (line, text) in (1..).zip(text.lines()) {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let mut id = KeyId::default();
            let mut key = Key::default();
            let (left, right) = text.split_once(' ').ok_or(KeyRingError::Line { line })?;
            hex::decode_to_slice(left, &mut id).map_err(|_| KeyRingError::Line { line })?;
            hex::decode_to_slice(right.trim(), &mut *key)
                .map_err(|_| KeyRingError::Line { line })?;
            if ring.key(id).is_some() {
                return Err(KeyRingError::Twice { line });
            }
            ring.0.push((id, key));
        }
        if ring.0.is_empty() { Err(KeyRingError::Empty) } else { Ok(ring) }
    }

    /// Writes the ring to a new file that only its owner can read.
    ///
    /// # Errors
    /// [`KeyRingError::File`], also where there is such a file already.
    pub fn create(&self, path: &Path) -> Result<(), KeyRingError> {
        self.write_new(path).map_err(at(path))
    }

    /// Writes the ring over a key file, whole or not at all.
    ///
    /// # Errors
    /// [`KeyRingError::File`] where it cannot be written.
    pub fn replace(&self, path: &Path) -> Result<(), KeyRingError> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let new = path.with_file_name(name);
        let write = || {
            match fs::remove_file(&new) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            self.write_new(&new)?;
            fs::rename(&new, path)?;
            sync_folder(path)
        };
        write().map_err(at(path))
    }

    fn write_new(&self, path: &Path) -> io::Result<()> {
        let mut text = Zeroizing::new(String::with_capacity(HEAD.len() + self.0.len() * 80));
        text.push_str(HEAD);
        for (id, key) in &self.0 {
            let mut digits = hex::encode(**key);
            text.extend([&hex::encode(id), " ", &digits, "\n"]);
            digits.zeroize();
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.write_all(text.as_bytes())?;
        // Lost keys are lost tokens: nothing may be sealed before the key lasts.
        file.sync_all()?;
        sync_folder(path)
    }

    pub(super) fn key(&self, id: KeyId) -> Option<&Key> {
        self.0.iter().find(|(known, _)| *known == id).map(|(_, key)| key)
    }

    pub(super) fn newest(&self) -> Option<(KeyId, &Key)> {
        self.0.last().map(|(id, key)| (*id, key))
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} keys)", self.0.len())
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> KeyRingError {
    let path = path.display().to_string();
    move |source| KeyRingError::File { path, source }
}

/// Makes a new name in a folder last.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) if cfg!(unix) => fs::File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

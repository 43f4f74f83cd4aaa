//! Messages between the pipeline and `social-media-worker`, over its standard input and output:
//! four bytes that say how long it is (the lowest first), and then JSON. Pixels and clips never go
//! this way: they are files.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use social_core::ports::MediaErrorKind;

use super::order::{Answer, Order};

/// Rises with every change of the messages; both sides must say the same.
pub const PROTOCOL: u32 = 1;

/// The longest message in bytes: whoever says more has lost its senses.
pub const MOST: usize = 4 << 20;

/// What the worker is told. It is given the next order when it has answered the last one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToWorker {
    /// Do this.
    Work(Box<Order>),
}

/// What the worker says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromWorker {
    /// It is ready, and this is the [`PROTOCOL`] it speaks.
    Ready {
        /// Its number.
        protocol: u32,
        /// What it could not shut itself off from on this machine, for the log.
        open: Vec<String>,
    },
    /// The part of the order that is done, 0.0 to 1.0.
    Progress(f64),
    /// The order is done.
    Done(Answer),
    /// The order cannot be done.
    Failed {
        /// What kind of failure.
        kind: MediaErrorKind,
        /// What went wrong and what to do, for a person.
        detail: String,
    },
}

/// A message as bytes, its length first.
///
/// # Errors
/// For one that is longer than [`MOST`].
pub fn frame<M: Serialize>(message: &M) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = vec![0; 4];
    serde_json::to_writer(&mut bytes, message)?;
    let length = bytes.len() - 4;
    if length > MOST {
        return Err(serde::ser::Error::custom("the message is too long"));
    }
    bytes[..4].copy_from_slice(&(length as u32).to_le_bytes());
    Ok(bytes)
}

/// The message at the beginning of `bytes` and how long it is with its length; `None` where some of
/// it has still to come.
///
/// # Errors
/// For what is no message.
pub fn unframe<M: DeserializeOwned>(bytes: &[u8]) -> Result<Option<(M, usize)>, serde_json::Error> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_le_bytes(*length) as usize;
    if length > MOST {
        return Err(serde::de::Error::custom("the message is too long"));
    }
    let Some(body) = rest.get(..length) else { return Ok(None) };
    Ok(Some((serde_json::from_slice(body)?, length + 4)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_message_comes_in_pieces_and_comes_whole() {
        let message =
            FromWorker::Failed { kind: MediaErrorKind::Corrupt, detail: "cut off".into() };
        let bytes = frame(&message).unwrap();
        for end in 0..bytes.len() {
            assert_eq!(unframe::<FromWorker>(&bytes[..end]).unwrap(), None);
        }
        let twice = [bytes.clone(), bytes.clone()].concat();
        assert_eq!(unframe(&twice).unwrap(), Some((message, bytes.len())));
        assert!(unframe::<FromWorker>(&[0xff; 8]).is_err(), "far too long");
    }

    proptest! {
        #[test]
        fn garbage_is_an_error_and_never_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = unframe::<FromWorker>(&bytes);
            let _ = unframe::<ToWorker>(&bytes);
        }
    }
}

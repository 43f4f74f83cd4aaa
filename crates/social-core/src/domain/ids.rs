//! Ids that cannot be mixed up: each kind is a type of its own and wears its prefix.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

/// Crockford's base 32, which has no letter that reads as a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn encode(id: Uuid) -> String {
    let bits = id.as_u128();
    (0..26).rev().map(|at| char::from(ALPHABET[((bits >> (at * 5)) & 31) as usize])).collect()
}

fn decode(text: &str) -> Option<Uuid> {
    if text.len() != 26 || text.as_bytes()[0] > b'7' {
        return None;
    }
    text.bytes()
        .try_fold(0_u128, |bits, c| {
            let digit = ALPHABET.iter().position(|a| *a == c.to_ascii_uppercase())?;
            Some((bits << 5) | digit as u128)
        })
        .map(Uuid::from_u128)
}

/// A text that is no id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {kind} id: one looks like {prefix}_01JD3V9K7N3Q5R7T9V1X3Z5B7D")]
pub struct BadId {
    text: String,
    kind: &'static str,
    prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $kind:literal $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The id made of `uuid`.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare value, for stores.
            #[must_use]
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or_else(|| BadId { text: text.to_owned(), kind: $kind, prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A tenant.
    WorkspaceId "workspace" "ws";
    /// An OAuth authorisation.
    GrantId "grant" "grant";
    /// A connected destination.
    AccountId "account" "acct";
    /// An uploaded file.
    AssetId "media" "media";
    /// An upload under way.
    UploadId "upload" "upl";
    /// What an author wrote.
    PostId "post" "post";
    /// A post that comes again.
    SeriesId "series" "series";
    /// One post on one account.
    DeliveryId "delivery" "dlv";
    /// One step of a delivery as it happened.
    AttemptId "attempt" "att";
    /// A unit of work in the queue.
    JobId "job" "job";
    /// A key by which a program asks.
    KeyId "key" "key";
    /// Somebody who signs in.
    PersonId "person" "person";
    /// A person on one device.
    SessionId "session" "sess";
    /// Something that happened, on its way to those who listen.
    EventId "event" "evt";
    /// An address that is told what happens.
    WebhookId "webhook" "hook";
    /// One event on its way to one webhook.
    MessageId "message" "msg";
    /// Two variants that are tried on posts.
    ExperimentId "experiment" "exp";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_no_other_kind_takes_it() {
        let id = PostId::from_uuid(Uuid::from_u128(0x0193_5f3c_8a7b_7000_8000_0123_4567_89ab));
        let text = id.to_string();
        assert!(text.starts_with("post_01"), "{text}");
        assert_eq!(text.parse::<PostId>().unwrap(), id);
        assert!(text.parse::<AccountId>().is_err());
        assert!("post_zzzzzzzzzzzzzzzzzzzzzzzzzz".parse::<PostId>().is_err());
    }

    #[test]
    fn text_sorts_as_ids_do() {
        let earlier = PostId::from_uuid(Uuid::from_u128(1 << 90));
        let later = PostId::from_uuid(Uuid::from_u128(3 << 90));
        assert!(earlier < later && earlier.to_string() < later.to_string());
    }
}

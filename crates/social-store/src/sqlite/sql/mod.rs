//! Every statement the store knows, as text that never changes at run time.

pub(super) mod content;
pub(super) mod identity;
pub(super) mod jobs;
pub(super) mod journal;
pub(super) mod numbers;
pub(super) mod people;
pub(super) mod schema;
pub(super) mod series;
pub(super) mod tenants;
pub(super) mod waiting;
pub(super) mod webhooks;
pub(super) mod words;

/// Defines statements, and `ALL` of them with their names.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$doc])* pub(in crate::sqlite) const $name: &str = $text;)*
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}
use statements;

#[cfg(test)]
mod tests;

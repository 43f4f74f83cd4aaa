//! Real servers for tests: `scripts/servers` starts them, and installs them where they are missing.

use std::process::Command;

/// The address of a server, which is started where it does not run.
#[allow(clippy::disallowed_methods, reason = "a test's own environment")]
pub(crate) fn url(which: &str) -> String {
    if let Ok(url) = std::env::var(format!("SOCIAL_TEST_{}", which.to_uppercase())) {
        return url;
    }
    ask(&["url", which])
}

/// What `scripts/servers` answers.
pub(crate) fn ask(what: &[&str]) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/servers");
    let out = Command::new(script).args(what).output().expect("scripts/servers runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).expect("an answer").trim().to_owned()
}

#[cfg(feature = "postgres")]
pub(crate) use schema::Schema;

#[cfg(feature = "postgres")]
mod schema {
    use social_core::Timestamp;
    use social_core::ports::{IdSource as _, SystemIds};
    use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

    use super::url;

    /// A schema of its own in the database for tests, dropped in the end.
    pub(crate) struct Schema {
        name: String,
        server: String,
    }

    impl Schema {
        pub(crate) async fn new() -> Self {
            let name = format!("test_{}", SystemIds.uuid(Timestamp::UNIX_EPOCH).simple());
            let schema = Self { name, server: url("postgres") };
            schema.say(format!("CREATE SCHEMA {}", schema.name)).await;
            schema
        }

        /// The address of a database that is this schema.
        pub(crate) fn url(&self) -> String {
            format!("{}?options[search_path]={}", self.server, self.name)
        }

        /// A connection of "another program".
        pub(crate) async fn other(&self) -> PgConnection {
            PgConnection::connect(&self.url()).await.expect("the server answers")
        }

        async fn say(&self, statement: String) {
            let mut conn = PgConnection::connect(&self.server).await.expect("the server answers");
            conn.execute(sqlx::raw_sql(AssertSqlSafe(statement)))
                .await
                .expect("the statement runs");
        }
    }

    impl Drop for Schema {
        fn drop(&mut self) {
            // The test's own connections may not have heard yet that their transactions are over.
            let end = format!(
                "SELECT pg_terminate_backend(pid) FROM pg_locks
                JOIN pg_class ON pg_class.oid = relation
                WHERE relnamespace = '{0}'::regnamespace AND pid <> pg_backend_pid();
                DROP SCHEMA {0} CASCADE",
                self.name
            );
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let runtime =
                        tokio::runtime::Builder::new_current_thread().enable_all().build();
                    runtime.expect("a runtime").block_on(self.say(end));
                });
            });
        }
    }
}

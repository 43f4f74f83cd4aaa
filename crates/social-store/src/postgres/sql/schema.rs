//! Statements about the schema and what is shared by all tenants.

super::statements! {
    /// Held to the end of the transaction, by one process at a time for one schema.
    LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('social-store ' || current_schema(), 0))";
    BEGUN = "SELECT to_regclass(quote_ident(current_schema()) || '.schema_change') IS NOT NULL";
    VERSION = "SELECT coalesce(max(version), 0) FROM schema_change";
    /// Held to the end of the unit by whoever looks at rows and relies on what was found, and by
    /// whoever adds to them. `$1` is what kind of rows, `$2` whose they are.
    HOLD = "SELECT pg_advisory_xact_lock(hashtextextended($2::uuid::text, $1::bigint))";
    /// The last step of a unit; the functions stand in the schema.
    FINISH = "SELECT order_lanes($1), append_events($2, $3, $4)";
    /// How the transaction of a unit begins that only reads: all it reads is of one instant.
    READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    /// Notes when a change of the schema was made.
    CHANGED = "INSERT INTO schema_change (version, applied_at) VALUES ($1, $2)";
    /// A later instant wins.
    QUOTA_BLOCK = "INSERT INTO quota_block (bucket, until) VALUES ($1, $2)
        ON CONFLICT (bucket) DO UPDATE SET until = greatest(quota_block.until, excluded.until)";
    /// The database's clock, in milliseconds.
    NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    /// Tells other processes, `$1` being who tells.
    TELL = "SELECT pg_notify('social_jobs', $1)";
    /// A name that no other process has.
    NAME = "SELECT gen_random_uuid()::text";
    QUOTA_BLOCKED = "SELECT until FROM quota_block WHERE bucket = $1 AND until > $2";
    QUOTA_BLOCKED_EACH = "SELECT bucket, until FROM quota_block
        WHERE bucket = ANY($1) AND until > $2";
    /// Takes a call, `$2` being now, `$3` how long one takes to come back and `$4` the room.
    QUOTA_TAKE = "INSERT INTO quota_block (bucket, until) VALUES ($1, $2::bigint + $3::bigint)
        ON CONFLICT (bucket) DO UPDATE SET until = greatest(quota_block.until, $2) + $3
        WHERE quota_block.until - $2 <= $4 RETURNING until";
}

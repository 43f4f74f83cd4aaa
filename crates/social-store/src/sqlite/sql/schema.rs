//! Statements about the schema and what is shared by all tenants.

super::statements! {
    /// Notes when a change of the schema was made.
    CHANGED = "INSERT INTO schema_change (version, applied_at) VALUES (?1, ?2)";
    /// A copy of one instant, while others write.
    BACK_UP = "VACUUM INTO ?1";
    CHECK = "PRAGMA quick_check(1)";
    /// A later instant wins.
    QUOTA_BLOCK = "INSERT INTO quota_block (bucket, until) VALUES (?1, ?2)
        ON CONFLICT (bucket) DO UPDATE SET until = max(until, excluded.until)";
    QUOTA_BLOCKED = "SELECT until FROM quota_block WHERE bucket = ?1 AND until > ?2";
    QUOTA_BLOCKED_EACH = "SELECT bucket, until FROM quota_block
        WHERE bucket IN (SELECT value FROM json_each(?1)) AND until > ?2";
    /// Takes a call, `?2` being now, `?3` how long one takes to come back and `?4` the room.
    QUOTA_TAKE = "INSERT INTO quota_block (bucket, until) VALUES (?1, ?2 + ?3)
        ON CONFLICT (bucket) DO UPDATE SET until = max(quota_block.until, ?2) + ?3
        WHERE quota_block.until - ?2 <= ?4 RETURNING until";
}

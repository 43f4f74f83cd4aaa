//! Statements about posts that come again, and about quiet hours.

super::statements! {
    SERIES_INSERT = "INSERT INTO series (workspace_id, id, version, doc) VALUES (?1, ?2, ?3, ?4)";
    SERIES_GET = "SELECT doc FROM series WHERE workspace_id = ?1 AND id = ?2";
    SERIES_UPDATE = "UPDATE series SET version = version + 1, doc = ?4
        WHERE workspace_id = ?1 AND id = ?2 AND version = ?3";
    SERIES_LIST = "SELECT doc FROM series
        WHERE workspace_id = ?1 AND id < coalesce(?2, x'ffffffffffffffffffffffffffffffffff')
        ORDER BY id DESC LIMIT ?3";

    /// What is a post already stays.
    OCCURRENCE_PUT = "INSERT INTO occurrence (workspace_id, series_id, wall, post_id, doc)
        VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (workspace_id, series_id, wall) DO UPDATE
        SET post_id = excluded.post_id, doc = excluded.doc WHERE occurrence.post_id IS NULL";
    OCCURRENCE_GET = "SELECT doc FROM occurrence
        WHERE workspace_id = ?1 AND series_id = ?2 AND wall = ?3";
    OCCURRENCE_LIST = "SELECT doc FROM occurrence
        WHERE workspace_id = ?1 AND series_id = ?2 AND wall >= ?3 ORDER BY wall LIMIT ?4";
    OCCURRENCE_REMOVE = "DELETE FROM occurrence
        WHERE workspace_id = ?1 AND series_id = ?2 AND wall = ?3";

    QUIET_PUT = "INSERT INTO quiet_hours (workspace_id, account_id, doc) VALUES (?1, ?2, ?3)
        ON CONFLICT (workspace_id, account_id) DO UPDATE SET doc = excluded.doc";
    QUIET_LIST = "SELECT doc FROM quiet_hours WHERE workspace_id = ?1 ORDER BY account_id";
    QUIET_REMOVE = "DELETE FROM quiet_hours WHERE workspace_id = ?1 AND account_id = ?2";
}

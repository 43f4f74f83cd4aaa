//! Statements about API keys, the record of who did what, and confirmations.

super::statements! {
    API_KEY_INSERT = "INSERT INTO api_key (workspace_id, id, hash, revoked_at, last_used_at, doc)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    /// Who asks is known by the key alone, so this one is of all workspaces.
    API_KEY_BY_HASH = "SELECT hash, revoked_at, last_used_at, doc FROM api_key WHERE hash = ?1";
    API_KEY_LIST = "SELECT hash, revoked_at, last_used_at, doc FROM api_key
        WHERE workspace_id = ?1 ORDER BY id";
    /// The first revocation counts.
    API_KEY_REVOKE = "UPDATE api_key SET revoked_at = coalesce(revoked_at, ?3)
        WHERE workspace_id = ?1 AND id = ?2";
    /// The latest use counts, whoever writes last.
    API_KEY_TOUCH = "UPDATE api_key SET last_used_at = max(coalesce(last_used_at, ?3), ?3)
        WHERE workspace_id = ?1 AND id = ?2";

    AUDIT_APPEND = "INSERT INTO audit (workspace_id, doc) VALUES (?1, ?2)";
    AUDIT_LATEST = "SELECT seq, doc FROM audit WHERE workspace_id = ?1 AND seq < ?2
        ORDER BY seq DESC LIMIT ?3";
    AUDIT_ONWARD = "SELECT seq, doc FROM audit WHERE workspace_id = ?1 AND seq > ?2
        ORDER BY seq LIMIT ?3";

    CONFIRMATION_INSERT = "INSERT INTO confirmation (workspace_id, hash, actor, payload, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    CONFIRMATION_EXPIRE = "DELETE FROM confirmation WHERE workspace_id = ?1 AND expires_at < ?2";
    CONFIRMATION_TAKE = "DELETE FROM confirmation WHERE workspace_id = ?1 AND hash = ?2
        RETURNING *";
}

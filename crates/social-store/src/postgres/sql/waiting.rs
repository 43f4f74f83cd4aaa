//! Statements about what waits for somebody to go on: uploads, and choices of accounts.

super::statements! {
    UPLOAD_INSERT = "INSERT INTO upload (workspace_id, id, length, open, expires_at, version, doc)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    UPLOAD_GET = "SELECT doc FROM upload WHERE workspace_id = $1 AND id = $2";
    UPLOAD_UPDATE = "UPDATE upload SET length = $3, open = $4, expires_at = $5,
            version = version + 1, doc = $7
        WHERE workspace_id = $1 AND id = $2 AND version = $6";
    UPLOAD_REMOVE = "DELETE FROM upload WHERE workspace_id = $1 AND id = $2";
    UPLOAD_RESERVED = "SELECT coalesce(sum(length), 0)::bigint AS bytes FROM upload
        WHERE workspace_id = $1 AND open";
    UPLOAD_EXPIRED = "SELECT doc FROM upload WHERE expires_at < $1 ORDER BY expires_at LIMIT $2";

    CHOICE_PUT = "INSERT INTO choice (workspace_id, platform, hash, options, secret, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (workspace_id, platform) DO UPDATE SET hash = excluded.hash,
            options = excluded.options, secret = excluded.secret, expires_at = excluded.expires_at";
    CHOICE_GET = "SELECT * FROM choice WHERE hash = $1 AND expires_at >= $2";
    CHOICE_PENDING = "SELECT * FROM choice
        WHERE workspace_id = $1 AND platform = $2 AND expires_at >= $3";
    CHOICE_TAKE = "DELETE FROM choice WHERE workspace_id = $1 AND hash = $2";
    CHOICE_EXPIRE = "DELETE FROM choice WHERE expires_at < $1";
}

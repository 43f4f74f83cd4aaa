//! Statements about attempts, events and request keys.

super::statements! {
    ATTEMPT_INSERT = "INSERT INTO attempt (workspace_id, id, delivery_id, started_at, doc)
        VALUES ($1, $2, $3, $4, $5)";
    ATTEMPT_UPDATE = "UPDATE attempt SET started_at = $3, doc = $4
        WHERE workspace_id = $1 AND id = $2";
    ATTEMPT_GET = "SELECT doc FROM attempt WHERE workspace_id = $1 AND id = $2";
    ATTEMPT_OF_DELIVERY = "SELECT doc FROM attempt
        WHERE workspace_id = $1 AND delivery_id = $2 ORDER BY started_at, seq";

    EVENT_PENDING = "SELECT doc FROM outbox WHERE told_at IS NULL ORDER BY seq LIMIT $1";
    EVENT_PENDING_HELD = "SELECT doc FROM outbox WHERE told_at IS NULL ORDER BY seq LIMIT $1
        FOR UPDATE SKIP LOCKED";
    EVENT_MARK = "UPDATE outbox SET told_at = $2 WHERE id = ANY ($1) AND told_at IS NULL";
    /// In one statement: who sees an event sees each webhook that was there before it.
    EVENT_MARK_UNHEARD = "UPDATE outbox SET told_at = $1
        WHERE seq = ANY (ARRAY(SELECT seq FROM outbox
            WHERE told_at IS NULL AND NOT EXISTS
                (SELECT 1 FROM webhook WHERE webhook.workspace_id = outbox.workspace_id)
            ORDER BY seq LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED))";
    EVENT_PLACE = "SELECT seq FROM outbox WHERE workspace_id = $1 AND id = $2";
    EVENT_SINCE = "SELECT doc FROM outbox WHERE workspace_id = $1 AND seq > $2
        ORDER BY seq LIMIT $3";
    EVENT_LAST = "SELECT id FROM outbox WHERE workspace_id = $1 ORDER BY seq DESC LIMIT 1";
    EVENT_PRUNE = "DELETE FROM outbox WHERE seq = ANY (ARRAY(
            SELECT seq FROM outbox AS old
            WHERE told_at < $1 AND seq < (
                SELECT later.seq FROM outbox AS later
                WHERE later.workspace_id = old.workspace_id ORDER BY later.seq DESC LIMIT 1)
            ORDER BY told_at LIMIT $2))";

    KEY_INSERT = "INSERT INTO request_key (workspace_id, key, look_at, doc) VALUES ($1, $2, $3, $4)";
    KEY_UPDATE = "UPDATE request_key SET look_at = $3, doc = $4 WHERE workspace_id = $1 AND key = $2";
    KEY_DUE = "SELECT workspace_id, doc FROM request_key WHERE look_at <= $1
        ORDER BY look_at LIMIT $2";
    KEY_REMOVE = "DELETE FROM request_key WHERE workspace_id = $1 AND key = $2";
    KEY_GET = "SELECT doc FROM request_key WHERE workspace_id = $1 AND key = $2";
}

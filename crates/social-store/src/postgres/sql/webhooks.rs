//! Statements about webhooks and their messages.

super::statements! {
    WEBHOOK_INSERT = "INSERT INTO webhook (workspace_id, id, version, doc) VALUES ($1, $2, $3, $4)";
    WEBHOOK_GET = "SELECT doc FROM webhook WHERE workspace_id = $1 AND id = $2";
    WEBHOOK_LIST = "SELECT doc FROM webhook WHERE workspace_id = $1 ORDER BY id";
    WEBHOOK_UPDATE = "UPDATE webhook SET version = version + 1, doc = $4
        WHERE workspace_id = $1 AND id = $2 AND version = $3";
    WEBHOOK_REMOVE = "DELETE FROM webhook WHERE workspace_id = $1 AND id = $2";
    MESSAGES_REMOVE = "DELETE FROM webhook_message WHERE workspace_id = $1 AND webhook_id = $2";

    MESSAGE_INSERT = "INSERT INTO webhook_message (workspace_id, id, webhook_id, status,
            created_at, version, doc)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    MESSAGE_GET = "SELECT doc FROM webhook_message WHERE workspace_id = $1 AND id = $2";
    MESSAGE_UPDATE = "UPDATE webhook_message SET status = $4, version = version + 1, doc = $5
        WHERE workspace_id = $1 AND id = $2 AND version = $3";
    MESSAGE_LIST = "SELECT doc FROM webhook_message
        WHERE workspace_id = $1 AND webhook_id = $2
            AND id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
            AND ($4::text IS NULL OR status = $4)
            AND ($5::bigint IS NULL OR created_at >= $5)
        ORDER BY id DESC LIMIT $6";
    MESSAGE_PRUNE = "DELETE FROM webhook_message
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM webhook_message
                                WHERE status <> 'pending' AND created_at < $1
                                ORDER BY created_at LIMIT $2))";
}

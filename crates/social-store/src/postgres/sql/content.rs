//! Statements about posts, deliveries and media.

super::statements! {
    POST_INSERT = "INSERT INTO post (workspace_id, id, due_at, version, doc)
        VALUES ($1, $2, $3, $4, $5)";
    POST_GET = "SELECT doc FROM post WHERE workspace_id = $1 AND id = $2";
    POST_UPDATE = "UPDATE post SET due_at = $3, version = version + 1, doc = $5
        WHERE workspace_id = $1 AND id = $2 AND version = $4";
    POST_LIST = "SELECT doc FROM post
        WHERE workspace_id = $1 AND id < coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
            AND ($3::bigint IS NULL OR due_at >= $3)
            AND ($4::bigint IS NULL OR due_at < $4)
        ORDER BY id DESC LIMIT $5";

    /// Held to the end of the unit by whoever looks at what an account has and whoever adds to it,
    /// so that what a unit found there stays true until it is over.
    ACCOUNT_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 1))";
    DELIVERY_INSERT = "INSERT INTO delivery (workspace_id, id, post_id, account_id, status, due_at,
            version, doc)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    DELIVERY_GET = "SELECT doc FROM delivery WHERE workspace_id = $1 AND id = $2";
    DELIVERY_UPDATE = "UPDATE delivery SET post_id = $3, account_id = $4, status = $5, due_at = $6,
            version = version + 1, doc = $8
        WHERE workspace_id = $1 AND id = $2 AND version = $7";
    DELIVERY_OF_POST = "SELECT doc FROM delivery
        WHERE workspace_id = $1 AND post_id = $2 ORDER BY id";
    DELIVERY_OF_ACCOUNT = "SELECT doc FROM delivery
        WHERE workspace_id = $1 AND account_id = $2 AND due_at >= $3 AND due_at < $4
        ORDER BY due_at, id";
    DELIVERY_COUNT = "SELECT status, count(*) AS count FROM delivery
        WHERE workspace_id = $1 GROUP BY status";

    ASSET_INSERT = "INSERT INTO asset (workspace_id, id, hash, doc) VALUES ($1, $2, $3, $4)";
    ASSET_GET = "SELECT doc FROM asset WHERE workspace_id = $1 AND id = $2";
    ASSET_BY_HASH = "SELECT doc FROM asset WHERE workspace_id = $1 AND hash = $2";
    RENDITION_PUT = "INSERT INTO rendition (workspace_id, source, plan, doc)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (workspace_id, source, plan) DO UPDATE SET doc = excluded.doc";
    RENDITION_GET = "SELECT doc FROM rendition
        WHERE workspace_id = $1 AND source = $2 AND plan = $3";
}

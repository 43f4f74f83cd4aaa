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
    POST_LIST_OF_STATUS = "SELECT doc FROM post
        WHERE workspace_id = $1 AND status = $6::text
            AND id < coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
            AND ($3::bigint IS NULL OR due_at >= $3)
            AND ($4::bigint IS NULL OR due_at < $4)
        ORDER BY id DESC LIMIT $5";
    /// Goes along the network's deliveries, so that one that is seldom used is found at once.
    POST_LIST_OF_PLATFORM = "SELECT post.doc FROM
            (SELECT DISTINCT post_id FROM delivery
             WHERE workspace_id = $1 AND platform = $7
                AND post_id < coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
             ORDER BY post_id DESC) AS there
            CROSS JOIN LATERAL (SELECT doc FROM post
             WHERE workspace_id = $1 AND id = there.post_id
                AND ($3::bigint IS NULL OR due_at >= $3)
                AND ($4::bigint IS NULL OR due_at < $4)
                AND ($6::text IS NULL OR status = $6)) AS post
        ORDER BY there.post_id DESC LIMIT $5";

    SLOT_PUT = "INSERT INTO slot_plan (workspace_id, account_id, doc) VALUES ($1, $2, $3)
        ON CONFLICT (workspace_id, account_id) DO UPDATE SET doc = excluded.doc";
    SLOT_GET = "SELECT doc FROM slot_plan WHERE workspace_id = $1 AND account_id = $2";
    SLOT_REMOVE = "DELETE FROM slot_plan WHERE workspace_id = $1 AND account_id = $2";

    DELIVERY_INSERT = "INSERT INTO delivery (workspace_id, id, post_id, account_id, status, due_at,
            version, doc, platform, said)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    DELIVERY_GET = "SELECT doc FROM delivery WHERE workspace_id = $1 AND id = $2";
    /// Locks the post before its delivery, since the post is changed with it: two units that change
    /// several deliveries of one post must not wait for each other in a circle.
    DELIVERY_UPDATE = "WITH held AS (
            SELECT 1 FROM post WHERE workspace_id = $1 AND id = $3 FOR NO KEY UPDATE
        )
        UPDATE delivery SET post_id = $3, account_id = $4, status = $5, due_at = $6,
            version = version + 1, doc = $8, said = $9
        WHERE workspace_id = $1 AND id = $2 AND version = $7 AND (SELECT count(*) FROM held) >= 0";
    DELIVERY_OF_POST = "SELECT doc FROM delivery
        WHERE workspace_id = $1 AND post_id = $2 ORDER BY id";
    DELIVERY_OF_ACCOUNT = "SELECT doc FROM delivery
        WHERE workspace_id = $1 AND account_id = $2 AND due_at >= $3 AND due_at < $4
        ORDER BY due_at, id";
    DELIVERY_NEARBY = "SELECT
            count(*) FILTER (WHERE due_at <= $3) AS before,
            count(*) FILTER (WHERE due_at > $3) AS after,
            (array_agg(post_id ORDER BY post_id DESC) FILTER (WHERE said = $6))[1] AS twin
        FROM delivery
        WHERE workspace_id = $1 AND account_id = $2 AND due_at > $4 AND due_at < $5
            AND status NOT IN ('cancelled', 'failed') AND ($7::uuid IS NULL OR post_id <> $7)";
    DELIVERY_COUNT = "SELECT status, count(*) AS count FROM delivery
        WHERE workspace_id = $1 GROUP BY status";

    ASSET_INSERT = "INSERT INTO asset (workspace_id, id, hash, doc) VALUES ($1, $2, $3, $4)";
    ASSET_GET = "SELECT doc FROM asset WHERE workspace_id = $1 AND id = $2";
    ASSET_BY_HASH = "SELECT doc FROM asset WHERE workspace_id = $1 AND hash = $2";
    ASSET_LIST = "SELECT doc FROM asset
        WHERE workspace_id = $1 AND id < coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        ORDER BY id DESC LIMIT $3";
    /// Looks through those that wait alone, by the index of statuses.
    ASSET_WAITING = "SELECT post_id FROM delivery
        WHERE workspace_id = $1
            AND status IN ('draft', 'pending_approval', 'scheduled', 'publishing')
            AND strpos(doc, $2) > 0
        LIMIT 1";
    ASSET_REMOVE = "DELETE FROM asset WHERE workspace_id = $1 AND id = $2";
    ASSET_HELD = "SELECT true AS held FROM asset WHERE hash = $1 LIMIT 1";
    RENDITIONS_REMOVE = "DELETE FROM rendition WHERE workspace_id = $1 AND source = $2
        RETURNING doc";
    RENDITION_PUT = "INSERT INTO rendition (workspace_id, source, plan, doc, bytes, used_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (workspace_id, source, plan) DO UPDATE
        SET doc = excluded.doc, bytes = excluded.bytes, used_at = excluded.used_at";
    RENDITION_USE = "UPDATE rendition SET used_at = $4
        WHERE workspace_id = $1 AND source = $2 AND plan = $3";
    RENDITION_RESTING = "SELECT workspace_id, doc FROM rendition
        WHERE used_at < $1 ORDER BY used_at LIMIT $2";
    RENDITION_BYTES = "SELECT coalesce(sum(bytes), 0)::bigint AS bytes FROM rendition";
    RENDITION_REMOVE = "DELETE FROM rendition
        WHERE workspace_id = $1 AND source = $2 AND plan = $3";
    RENDITION_HELD = "SELECT true AS held FROM rendition
        WHERE source = $1 AND plan = $2 LIMIT 1";
    RENDITION_GET = "SELECT doc FROM rendition
        WHERE workspace_id = $1 AND source = $2 AND plan = $3";
}

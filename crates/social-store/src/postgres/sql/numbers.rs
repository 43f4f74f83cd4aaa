//! Statements about numbers: their history, the roll-up, and what reports read.

use crate::numbers::each;

super::statements! {
    MEASURE = "INSERT INTO measured (workspace_id, delivery_id, account_id, platform, published_at,
            next_at, doc)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    MEASURE_KEYS = "INSERT INTO measured_key (workspace_id, delivery_id, dimension, key)
        SELECT $1, $2, k.dimension, k.key FROM unnest($3::text[], $4::text[]) AS k (dimension, key)";
    MEASURED_GET = "SELECT doc, next_at FROM measured
        WHERE workspace_id = $1 AND delivery_id = $2";
    MEASURED_DUE = "SELECT doc, next_at FROM measured
        WHERE workspace_id = $1 AND account_id = $2 AND next_at <= $3
        ORDER BY next_at LIMIT $4";
    MEASURED_NEXT = "UPDATE measured SET next_at = $3
        WHERE workspace_id = $1 AND delivery_id = $2";

    SNAPSHOT_PUT = concat!("INSERT INTO snapshot (workspace_id, delivery_id, taken_at, doc, ",
        each!("", ""), ")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (workspace_id, delivery_id, taken_at) DO UPDATE SET doc = excluded.doc, ",
        each!("", " = excluded.", ""));
    SNAPSHOT_NEW = "UPDATE measured SET stale = true, read_at = greatest(read_at, $3)
        WHERE workspace_id = $1 AND delivery_id = $2";
    SNAPSHOT_OF_DELIVERY = "SELECT doc FROM snapshot
        WHERE workspace_id = $1 AND delivery_id = $2 ORDER BY taken_at";
    SNAPSHOT_NEWEST = "SELECT doc FROM snapshot
        WHERE workspace_id = $1 AND delivery_id = (
            SELECT delivery_id FROM measured
            WHERE workspace_id = $1 AND published_at >= $3 AND published_at < $4
                AND platform = $2 AND read_at IS NOT NULL
            ORDER BY published_at DESC LIMIT 1)
        ORDER BY taken_at DESC LIMIT 1";

    STALE = "SELECT DISTINCT workspace_id FROM measured WHERE stale LIMIT $1";
    ROLL_TAKE = "UPDATE measured SET stale = false
        WHERE workspace_id = $1 AND delivery_id = ANY (ARRAY(
            SELECT delivery_id FROM measured WHERE workspace_id = $1 AND stale
            ORDER BY delivery_id LIMIT $2))
        RETURNING delivery_id";
    /// What these deliveries come to is added to the tallies or, by the sign, taken out of them.
    ROLL_TALLY = concat!("INSERT INTO tally (workspace_id, dimension, day, platform, key, posts, ",
        each!("", ""), ", ", each!("", "_of"), ",
            shown, shown_of, acts, seen, rated, read_at)
        SELECT $1, k.dimension, m.day, m.platform, k.key, $3::bigint * count(*), ",
        each!("$3::bigint * coalesce(sum(m.", "), 0)"), ", ",
        each!("$3::bigint * count(m.", ")"), ",
            $3::bigint * coalesce(sum(m.shown), 0), $3::bigint * count(m.shown),
            $3::bigint * coalesce(sum(m.acts) FILTER (WHERE m.seen > 0), 0),
            $3::bigint * coalesce(sum(m.seen) FILTER (WHERE m.acts IS NOT NULL), 0),
            $3::bigint * count(*) FILTER (WHERE m.seen > 0 AND m.acts IS NOT NULL), max(m.read_at)
        FROM measured AS m JOIN measured_key AS k
            ON k.workspace_id = m.workspace_id AND k.delivery_id = m.delivery_id
        WHERE m.workspace_id = $1 AND m.delivery_id = ANY ($2) AND m.rolled
        GROUP BY k.dimension, m.day, m.platform, k.key
        ON CONFLICT (workspace_id, dimension, day, platform, key) DO UPDATE
        SET posts = tally.posts + excluded.posts, ",
        each!("", " = tally.", " + excluded.", ""), ", ",
        each!("", "_of = tally.", "_of + excluded.", "_of"), ",
            shown = tally.shown + excluded.shown, shown_of = tally.shown_of + excluded.shown_of,
            acts = tally.acts + excluded.acts, seen = tally.seen + excluded.seen,
            rated = tally.rated + excluded.rated,
            read_at = greatest(tally.read_at, excluded.read_at)");
    /// The same for what they gained by the day.
    ROLL_GAIN = concat!("INSERT INTO gain (workspace_id, day, platform, ", each!("", ""), ")
        SELECT $1, d.day, m.platform, ",
        each!("$3::bigint * coalesce(sum(d.", "_gained), 0)"), "
        FROM measured_day AS d JOIN measured AS m
            ON m.workspace_id = d.workspace_id AND m.delivery_id = d.delivery_id
        WHERE d.workspace_id = $1 AND d.delivery_id = ANY ($2)
        GROUP BY d.day, m.platform
        ON CONFLICT (workspace_id, day, platform) DO UPDATE SET ",
        each!("", " = gain.", " + excluded.", ""));
    /// `least` would take what is null for the mask.
    ///
    /// Of each day the last known of each number, and what it gained since the last day that knew.
    ROLL_DAYS = concat!("INSERT INTO measured_day (workspace_id, delivery_id, day, ",
        each!("", ""), ", ", each!("", "_gained"), ")
        SELECT $1, delivery_id, day, ", each!("", ""), ", ",
        each!("", " - coalesce(max((day << 36) | ", ") OVER before & 68719476735, 0)"), "
        FROM (SELECT delivery_id, taken_at / 86400000 AS day, ",
        each!("max(((taken_at % 86400000) << 36)
                | CASE WHEN ", " > 68719476735 THEN 68719476735 ELSE ", " END) & 68719476735 AS ", ""), "
            FROM snapshot WHERE workspace_id = $1 AND delivery_id = ANY ($2)
            GROUP BY delivery_id, taken_at / 86400000) AS of_day
        WHERE true
        WINDOW before AS (PARTITION BY delivery_id ORDER BY day
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ON CONFLICT (workspace_id, delivery_id, day) DO UPDATE SET ",
        each!("", " = excluded.", ""), ", ", each!("", "_gained = excluded.", "_gained"));
    ROLL_TOTALS = concat!("UPDATE measured SET rolled = true, ", each!("", " = of_all.", ""), "
        FROM (SELECT i.id, ", each!("max((d.day << 36) | d.", ") & 68719476735 AS ", ""), "
            FROM unnest($2::uuid[]) AS i (id) LEFT JOIN measured_day AS d
                ON d.workspace_id = $1 AND d.delivery_id = i.id
            GROUP BY i.id) AS of_all
        WHERE measured.workspace_id = $1 AND measured.delivery_id = of_all.id");

    DAYS = concat!("SELECT delivery_id, day, ", each!("", ""), ", ", each!("", "_gained"), "
        FROM measured_day WHERE workspace_id = $1 AND delivery_id = $2 ORDER BY day");
    TALLIED = concat!("SELECT platform, dimension, key, sum(posts)::bigint AS posts, ",
        each!("sum(", ")::bigint AS ", ""), ", ", each!("sum(", "_of)::bigint AS ", "_of"), ",
            sum(shown)::bigint AS shown, sum(shown_of)::bigint AS shown_of, sum(acts)::bigint AS acts,
            sum(seen)::bigint AS seen, sum(rated)::bigint AS rated, max(read_at) AS read_at
        FROM tally
        WHERE workspace_id = $1 AND dimension = ANY ($4) AND day >= $2 AND day < $3
        GROUP BY dimension, platform, key ORDER BY dimension, platform, key");
    TALLIED_DAILY = concat!("SELECT platform, day, posts, ", each!("", ""), ", ",
        each!("", "_of"), ", shown, shown_of, acts, seen, rated, read_at
        FROM tally
        WHERE workspace_id = $1 AND dimension = 'all' AND day >= $2 AND day < $3
        ORDER BY day, platform");
    COUNTED = concat!("SELECT m.platform, k.dimension, k.key, count(*) AS posts, ",
        each!("coalesce(sum(m.", "), 0)::bigint AS ", ""), ", ",
        each!("count(m.", ") AS ", "_of"), ",
            coalesce(sum(m.shown), 0)::bigint AS shown, count(m.shown) AS shown_of,
            coalesce(sum(m.acts) FILTER (WHERE m.seen > 0), 0)::bigint AS acts,
            coalesce(sum(m.seen) FILTER (WHERE m.acts IS NOT NULL), 0)::bigint AS seen,
            count(*) FILTER (WHERE m.seen > 0 AND m.acts IS NOT NULL) AS rated,
            max(m.read_at) AS read_at
        FROM measured AS m JOIN measured_key AS k
            ON k.workspace_id = m.workspace_id AND k.delivery_id = m.delivery_id
        WHERE m.workspace_id = $1 AND m.published_at >= $2 AND m.published_at < $3
            AND m.rolled AND k.dimension = ANY ($4)
        GROUP BY k.dimension, m.platform, k.key ORDER BY k.dimension, m.platform, k.key");
    BEST = concat!("SELECT doc, next_at, read_at, ", each!("", ""), " FROM measured
        WHERE workspace_id = $1 AND delivery_id = ANY (ARRAY(
            SELECT delivery_id FROM measured
            WHERE workspace_id = $1 AND published_at >= $2 AND published_at < $3
                AND engagements IS NOT NULL AND (cardinality($4::text[]) = 0 OR platform = ANY ($4))
            ORDER BY engagements DESC, delivery_id LIMIT $5))
        ORDER BY engagements DESC, delivery_id");
    GAINED = concat!("SELECT day, platform, ", each!("", ""), " FROM gain
        WHERE workspace_id = $1 AND day >= $2 AND day < $3 ORDER BY day, platform");
    REACHED = "SELECT m.account_id, m.platform, m.published_at,
            max((d.day << 36)
                | least(coalesce(d.reach, d.views, d.impressions, d.likes), 68719476735))
                & 68719476735 AS reached
        FROM measured AS m JOIN measured_day AS d
            ON d.workspace_id = m.workspace_id AND d.delivery_id = m.delivery_id
                AND d.day <= m.day + 2
        WHERE m.workspace_id = $1 AND m.published_at >= $2 AND m.published_at < $3
            AND coalesce(d.reach, d.views, d.impressions, d.likes) IS NOT NULL
        GROUP BY m.workspace_id, m.delivery_id
        ORDER BY m.published_at DESC LIMIT $4";
}

//! Statements about the queue. A job is found by its id or by its task's key, both of which name
//! one row of all; only lists are of one workspace.
//!
//! A lease is taken and handed back with `SKIP LOCKED`: a claim never waits for a unit, nor for
//! another claim. All times are parameters, so that an index answers for them: `due_at <=
//! clock_timestamp()` would be asked anew of each row that waits. What is leased is asked for by
//! `lease_until` where the job is known, so that no plan goes through all that is leased to find it.

super::statements! {
    JOB_ENQUEUE = "INSERT INTO job (id, workspace_id, kind, key, lane, priority, due_at,
            max_attempts, task, platform)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (key) DO NOTHING";
    JOB_ENQUEUE_ALL = "INSERT INTO job (id, workspace_id, kind, key, lane, priority, due_at,
            max_attempts, task, platform)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[],
            $6::smallint[], $7::bigint[], $8::bigint[], $9::text[], $10::text[])
        ON CONFLICT (key) DO NOTHING RETURNING id";
    /// Locks the row, so that the lease stays held until the unit is over.
    JOB_HELD = "SELECT true AS held FROM job WHERE id = $1 AND attempt = $2 AND lease_until IS NOT NULL
        FOR NO KEY UPDATE";
    JOB_COMPLETE = "DELETE FROM job WHERE id = $1 AND attempt = $2 AND lease_until IS NOT NULL RETURNING lane";
    JOB_COMPLETE_ALL = "DELETE FROM job
        USING unnest($1::uuid[], $2::bigint[]) AS held (id, attempt)
        WHERE job.id = held.id AND job.attempt = held.attempt AND lease_until IS NOT NULL
        RETURNING job.id, job.attempt, job.lane";
    JOB_AGAIN = "UPDATE job SET state = 0, lease_until = NULL, due_at = $3,
            starts = CASE WHEN $4 THEN 0 ELSE starts END
        WHERE id = $1 AND attempt = $2 AND lease_until IS NOT NULL RETURNING lane";
    JOB_PARK = "INSERT INTO job_parked (id, workspace_id, kind, task, story, parked_at)
        SELECT id, workspace_id, kind, task, $3, $4 FROM job
        WHERE id = $1 AND attempt = $2 AND lease_until IS NOT NULL
        ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, task = excluded.task,
            story = excluded.story, parked_at = excluded.parked_at";
    JOB_CANCEL = "DELETE FROM job WHERE key = $1 RETURNING lane";
    JOB_RESCHEDULE = "UPDATE job SET due_at = $2 WHERE key = $1 AND state = 0 RETURNING lane";
    JOB_PARKED = "SELECT id, workspace_id, task, story, parked_at FROM job_parked
        WHERE workspace_id = $1 ORDER BY parked_at DESC, id DESC LIMIT $2";
    JOB_GET = "SELECT id, workspace_id, task, lane, platform, due_at, max_attempts, starts, lease_until
        FROM job WHERE id = $2 AND workspace_id = $1";
    /// Whoever asks looks seldom, and at all of it: there is no index that posts would pay for.
    JOB_LIST = "SELECT id, workspace_id, task, lane, platform, due_at, max_attempts, starts, lease_until
        FROM job WHERE workspace_id = $1
            AND ($2::bigint IS NULL OR due_at > $2 OR (due_at = $2 AND id > $3::uuid))
        ORDER BY due_at, id LIMIT $4";
    JOB_SET_ASIDE = "INSERT INTO job_parked (id, workspace_id, kind, task, story, parked_at)
        SELECT id, workspace_id, kind, task, $3, $4 FROM job WHERE id = $2 AND workspace_id = $1
        ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, task = excluded.task,
            story = excluded.story, parked_at = excluded.parked_at";
    JOB_TAKE_OUT = "DELETE FROM job WHERE id = $2 AND workspace_id = $1 RETURNING lane, task";
    JOB_UNPARK = "DELETE FROM job_parked WHERE id = $2 AND workspace_id = $1 RETURNING task";

    /// Reads the heads of three indexes, however many jobs wait; where some are not urgent enough, it
    /// steps over those that are due before the first that is.
    NEXT = "SELECT
            (SELECT due_at FROM job WHERE state = 0 AND lane IS NULL AND priority <= $1
             ORDER BY due_at LIMIT 1) AS free,
            (SELECT due_at FROM lane WHERE head IS NOT NULL AND priority <= $1
             ORDER BY due_at LIMIT 1) AS lane,
            (SELECT lease_until FROM job WHERE state = 1 ORDER BY lease_until LIMIT 1) AS lapse";
    /// Jobs of lanes first, then other urgent ones (the number is that of `JobTask::BACKGROUND`, as
    /// in the index), then the rest. `$5` are the workspaces and `$6` the networks whose lanes are
    /// left out. A lane is locked before its job, and a job that a unit is
    /// about to change is left alone. Rows go from step to step as arrays: a plan that cannot know
    /// how many there will be would otherwise read the whole table to join it.
    CLAIM = "WITH heads AS MATERIALIZED (
            SELECT head FROM lane WHERE head IS NOT NULL AND due_at <= $1 AND priority <= $4
                AND workspace_id <> ALL ($5::uuid[]) AND coalesce(platform, '') <> ALL ($6::text[])
            ORDER BY due_at, priority, head LIMIT $2::bigint FOR NO KEY UPDATE SKIP LOCKED
        ), laned AS MATERIALIZED (
            SELECT id, lane FROM job
            WHERE id = ANY (ARRAY(SELECT head FROM heads)) AND state = 0
            FOR UPDATE SKIP LOCKED
        ), soon AS MATERIALIZED (
            SELECT id FROM job
            WHERE state = 0 AND lane IS NULL AND priority < 4 AND due_at <= $1 AND priority <= $4
            ORDER BY due_at, priority, id LIMIT $2 - (SELECT count(*) FROM laned)
            FOR UPDATE SKIP LOCKED
        ), later AS MATERIALIZED (
            SELECT id FROM job
            WHERE state = 0 AND lane IS NULL AND due_at <= $1 AND priority BETWEEN 4 AND $4
            ORDER BY due_at, priority, id
            LIMIT $2 - (SELECT count(*) FROM laned) - (SELECT count(*) FROM soon)
            FOR UPDATE SKIP LOCKED
        ), busy AS (
            UPDATE lane SET head = NULL, due_at = NULL, priority = NULL
            WHERE id = ANY (ARRAY(SELECT lane FROM laned))
        )
        UPDATE job SET state = 1, attempt = attempt + 1, starts = starts + 1, lease_until = $3
        WHERE id = ANY (ARRAY(SELECT id FROM laned UNION ALL SELECT id FROM soon
            UNION ALL SELECT id FROM later))
        RETURNING id, workspace_id, task, lane, platform, due_at, priority, attempt,
            starts, starts > max_attempts AS spent";
    /// The same order, read and not taken.
    READY = "(SELECT head AS id, id AS lane, due_at, priority, workspace_id, platform FROM lane
            WHERE head IS NOT NULL AND due_at <= $1 ORDER BY due_at, priority, head LIMIT $2)
        UNION ALL
        (SELECT id, NULL, due_at, priority, workspace_id, NULL FROM job
            WHERE state = 0 AND lane IS NULL AND priority < 4 AND due_at <= $1
            ORDER BY due_at, priority, id LIMIT $2)
        UNION ALL
        (SELECT id, NULL, due_at, priority, workspace_id, NULL FROM job
            WHERE state = 0 AND lane IS NULL AND priority >= 4 AND due_at <= $1
            ORDER BY due_at, priority, id LIMIT $2)";
    /// Of the jobs `$2`, which were ready a moment ago, those that still are; `$4` are their lanes.
    CLAIM_READY = "WITH heads AS MATERIALIZED (
            SELECT head FROM lane WHERE id = ANY ($4::uuid[]) AND head = ANY ($2::uuid[])
                AND due_at <= $1
            FOR NO KEY UPDATE SKIP LOCKED
        ), laned AS MATERIALIZED (
            SELECT id, lane FROM job
            WHERE id = ANY (ARRAY(SELECT head FROM heads)) AND state = 0
            FOR UPDATE SKIP LOCKED
        ), free AS MATERIALIZED (
            SELECT id FROM job
            WHERE id = ANY ($2::uuid[]) AND state = 0 AND lane IS NULL AND due_at <= $1
            FOR UPDATE SKIP LOCKED
        ), busy AS (
            UPDATE lane SET head = NULL, due_at = NULL, priority = NULL
            WHERE id = ANY (ARRAY(SELECT lane FROM laned))
        )
        UPDATE job SET state = 1, attempt = attempt + 1, starts = starts + 1, lease_until = $3
        WHERE id = ANY (ARRAY(SELECT id FROM laned UNION ALL SELECT id FROM free))
        RETURNING id, workspace_id, task, lane, platform, due_at, priority, attempt,
            starts, starts > max_attempts AS spent";
    /// Held by whoever counts what is leased and leases more, until that is there for the next.
    COUNT_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('social-store claims ' || current_schema(), 0))";
    LEASED_ON = "SELECT platform, count(*) AS count FROM job
        WHERE state = 1 AND lease_until > $1 AND lane IS NOT NULL AND platform IS NOT NULL
        GROUP BY platform";
    HAND_BACK = "WITH lapsed AS MATERIALIZED (
            SELECT id FROM job WHERE state = 1 AND lease_until <= $1
            ORDER BY lease_until LIMIT 1000 FOR UPDATE SKIP LOCKED
        )
        UPDATE job SET state = 0, lease_until = NULL
        WHERE id = ANY (ARRAY(SELECT id FROM lapsed)) RETURNING lane";
    EXTEND = "UPDATE job SET lease_until = greatest(lease_until, $3)
        FROM unnest($1::uuid[], $2::bigint[]) AS held (id, attempt)
        WHERE job.id = held.id AND job.attempt = held.attempt AND lease_until IS NOT NULL
        RETURNING job.id, job.attempt";
    RELEASE = "UPDATE job SET state = 0, lease_until = NULL, starts = greatest(starts - 1, 0)
        WHERE id = $1 AND attempt = $2 AND lease_until IS NOT NULL RETURNING lane";

    PULSE = "INSERT INTO pulse (one, claimed_at) VALUES (1, $1)
        ON CONFLICT (one) DO UPDATE SET claimed_at = greatest(pulse.claimed_at, excluded.claimed_at)";
    BACKLOG = "SELECT count(*) FILTER (WHERE state = 0) AS waiting,
            count(*) FILTER (WHERE state = 0 AND due_at <= $1) AS due,
            count(*) FILTER (WHERE state = 1) AS running,
            min(due_at) FILTER (WHERE state = 0 AND due_at <= $1) AS oldest_due FROM job";
    LAST_CLAIM = "SELECT claimed_at FROM pulse WHERE one = 1";
}

//! Statements about the queue. A job is found by its id or by its task's key, both of which name
//! one row of all; only lists are of one workspace.

super::statements! {
    JOB_ENQUEUE = "INSERT INTO job (id, workspace_id, kind, key, lane, priority, due_at, ready,
            max_attempts, task, platform)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?5 IS NULL, ?8, ?9, ?10)
        ON CONFLICT (key) DO NOTHING";
    JOB_HELD = "SELECT 1 AS held FROM job WHERE id = ?1 AND attempt = ?2 AND state = 1";
    JOB_COMPLETE = "DELETE FROM job WHERE id = ?1 AND attempt = ?2 AND state = 1 RETURNING lane";
    JOB_AGAIN = "UPDATE job SET state = 0, ready = lane IS NULL, lease_until = NULL, due_at = ?3,
            starts = CASE WHEN ?4 THEN 0 ELSE starts END
        WHERE id = ?1 AND attempt = ?2 AND state = 1 RETURNING lane";
    JOB_PARK = "INSERT OR REPLACE INTO job_parked (id, workspace_id, kind, task, story, parked_at)
        SELECT id, workspace_id, kind, task, ?3, ?4 FROM job
        WHERE id = ?1 AND attempt = ?2 AND state = 1";
    JOB_CANCEL = "DELETE FROM job WHERE key = ?1 RETURNING lane";
    JOB_RESCHEDULE = "UPDATE job SET due_at = ?2 WHERE key = ?1 AND state = 0 RETURNING lane";
    JOB_PARKED = "SELECT id, workspace_id, task, story, parked_at FROM job_parked
        WHERE workspace_id = ?1 ORDER BY parked_at DESC, id DESC LIMIT ?2";
    JOB_GET = "SELECT id, workspace_id, task, lane, platform, due_at, max_attempts, starts, lease_until
        FROM job WHERE id = ?2 AND workspace_id = ?1";
    /// Whoever asks looks seldom, and at all of it: there is no index that posts would pay for.
    JOB_LIST = "SELECT id, workspace_id, task, lane, platform, due_at, max_attempts, starts, lease_until
        FROM job WHERE workspace_id = ?1
            AND (?2 IS NULL OR due_at > ?2 OR (due_at = ?2 AND id > ?3))
        ORDER BY due_at, id LIMIT ?4";
    JOB_SET_ASIDE = "INSERT OR REPLACE INTO job_parked
            (id, workspace_id, kind, task, story, parked_at)
        SELECT id, workspace_id, kind, task, ?3, ?4 FROM job WHERE id = ?2 AND workspace_id = ?1";
    JOB_TAKE_OUT = "DELETE FROM job WHERE id = ?2 AND workspace_id = ?1 RETURNING lane, task";
    JOB_UNPARK = "DELETE FROM job_parked WHERE id = ?2 AND workspace_id = ?1 RETURNING task";

    /// The two that put a lane in order: the head of an idle lane is ready, nothing else of it. Both
    /// write only where that changes, which it seldom does.
    LANE_CLEAR = "UPDATE job SET ready = 0
        WHERE lane = ?1 AND ready = 1
            AND id <> (SELECT id FROM job WHERE lane = ?1 AND state = 0
                       ORDER BY due_at, priority, id LIMIT 1)";
    LANE_HEAD = "UPDATE job SET ready = 1
        WHERE id = (SELECT id FROM job WHERE lane = ?1 AND state = 0
                    ORDER BY due_at, priority, id LIMIT 1)
            AND ready = 0 AND NOT EXISTS (SELECT 1 FROM job WHERE lane = ?1 AND state = 1)";

    /// Reads the heads of four indexes, however many jobs wait; where some are not urgent enough, it
    /// steps over those that are due before the first that is. The number is that of
    /// `JobTask::BACKGROUND`, as in the indexes.
    NEXT = "SELECT
            (SELECT due_at FROM job WHERE ready = 1 AND lane IS NOT NULL AND priority <= ?1
             ORDER BY due_at LIMIT 1) AS laned,
            (SELECT due_at FROM job WHERE ready = 1 AND lane IS NULL AND priority < 4
                AND priority <= ?1 ORDER BY due_at LIMIT 1) AS soon,
            (SELECT due_at FROM job WHERE ready = 1 AND lane IS NULL AND priority >= 4
                AND priority <= ?1 ORDER BY due_at LIMIT 1) AS later,
            (SELECT lease_until FROM job WHERE state = 1 ORDER BY lease_until LIMIT 1) AS lapse";
    LEASED_ON = "SELECT platform FROM job
        WHERE state = 1 AND lane IS NOT NULL AND platform IS NOT NULL";
    HAND_BACK = "UPDATE job SET state = 0, ready = lane IS NULL, lease_until = NULL
        WHERE state = 1 AND lease_until <= ?1 RETURNING lane";
    /// The three kinds of jobs, one after the other as long as there are places. `?5` are the
    /// workspaces and `?6` the networks that are left out.
    CLAIM_LANED = "UPDATE job SET state = 1, ready = 0, attempt = attempt + 1, starts = starts + 1,
            lease_until = ?3
        WHERE id IN (SELECT id FROM job WHERE ready = 1 AND lane IS NOT NULL
                        AND due_at <= ?1 AND priority <= ?4
                        AND hex(workspace_id) NOT IN (SELECT value FROM json_each(?5))
                        AND coalesce(platform, '') NOT IN (SELECT value FROM json_each(?6))
                     ORDER BY due_at, priority, id LIMIT ?2)
        RETURNING id, workspace_id, task, lane, platform, due_at, priority, attempt,
            starts, starts > max_attempts AS spent";
    CLAIM_SOON = "UPDATE job SET state = 1, ready = 0, attempt = attempt + 1, starts = starts + 1,
            lease_until = ?3
        WHERE id IN (SELECT id FROM job WHERE ready = 1 AND lane IS NULL AND priority < 4
                        AND due_at <= ?1 AND priority <= ?4
                     ORDER BY due_at, priority, id LIMIT ?2)
        RETURNING id, workspace_id, task, lane, platform, due_at, priority, attempt,
            starts, starts > max_attempts AS spent";
    CLAIM_LATER = "UPDATE job SET state = 1, ready = 0, attempt = attempt + 1, starts = starts + 1,
            lease_until = ?3
        WHERE id IN (SELECT id FROM job WHERE ready = 1 AND lane IS NULL AND priority >= 4
                        AND due_at <= ?1 AND priority <= ?4
                     ORDER BY due_at, priority, id LIMIT ?2)
        RETURNING id, workspace_id, task, lane, platform, due_at, priority, attempt,
            starts, starts > max_attempts AS spent";
    EXTEND = "UPDATE job SET lease_until = max(lease_until, ?3)
        WHERE id = ?1 AND attempt = ?2 AND state = 1";
    RELEASE = "UPDATE job SET state = 0, ready = lane IS NULL, lease_until = NULL,
            starts = max(starts - 1, 0)
        WHERE id = ?1 AND attempt = ?2 AND state = 1 RETURNING lane";

    PULSE = "INSERT INTO pulse (one, claimed_at) VALUES (1, ?1)
        ON CONFLICT (one) DO UPDATE SET claimed_at = max(claimed_at, excluded.claimed_at)";
    BACKLOG = "SELECT count(*) FILTER (WHERE state = 0) AS waiting,
            count(*) FILTER (WHERE state = 0 AND due_at <= ?1) AS due,
            count(*) FILTER (WHERE state = 1) AS running,
            min(due_at) FILTER (WHERE state = 0 AND due_at <= ?1) AS oldest_due FROM job";
    LAST_CLAIM = "SELECT claimed_at FROM pulse WHERE one = 1";
}

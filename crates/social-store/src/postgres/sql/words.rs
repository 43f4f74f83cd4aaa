//! Statements about voices and experiments.

super::statements! {
    VOICE_PUT = "INSERT INTO voice (workspace_id, doc) VALUES ($1, $2)
        ON CONFLICT (workspace_id) DO UPDATE SET doc = excluded.doc";
    VOICE_GET = "SELECT doc FROM voice WHERE workspace_id = $1";
    EXPERIMENT_INSERT = "INSERT INTO experiment (workspace_id, id, doc)
        VALUES ($1, $2, $3)";
    EXPERIMENT_GET = "SELECT doc FROM experiment WHERE workspace_id = $1 AND id = $2";
    EXPERIMENT_LIST = "SELECT doc FROM experiment WHERE workspace_id = $1 ORDER BY id";
    TRIAL_INSERT = "INSERT INTO trial (workspace_id, experiment_id, place, post_id, doc)
        VALUES ($1, $2, $3, $4, $5)";
    TRIAL_LIST = "SELECT doc FROM trial
        WHERE workspace_id = $1 AND experiment_id = $2 ORDER BY place";
}

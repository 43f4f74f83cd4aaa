//! Statements about workspaces, accounts, grants and sign-ins.

super::statements! {
    WORKSPACE_INSERT = "INSERT INTO workspace (id, name, data_key, created_at)
        VALUES ($1, $2, $3, $4)";
    WORKSPACE_GET = "SELECT id, name, data_key, created_at FROM workspace WHERE id = $1";
    WORKSPACE_LIST = "SELECT id, name, data_key, created_at FROM workspace ORDER BY id";
    WORKSPACE_SET_KEY = "UPDATE workspace SET data_key = $2 WHERE id = $1";

    /// Keeps the id and the first connection of an account that is there.
    ACCOUNT_UPSERT = "INSERT INTO account (workspace_id, id, grant_id, platform, remote_id, name,
            handle, kind, token, attributes, connected_at, disconnected_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (workspace_id, platform, remote_id) DO UPDATE SET
            grant_id = excluded.grant_id, name = excluded.name, handle = excluded.handle,
            kind = excluded.kind, token = excluded.token, attributes = excluded.attributes,
            disconnected_at = excluded.disconnected_at
        RETURNING id";
    ACCOUNT_GET = "SELECT * FROM account WHERE workspace_id = $1 AND id = $2";
    ACCOUNT_LIST = "SELECT * FROM account
        WHERE workspace_id = $1 AND disconnected_at IS NULL ORDER BY id";
    ACCOUNT_ALL = "SELECT * FROM account WHERE workspace_id = $1 ORDER BY id";
    /// The first disconnection counts.
    ACCOUNT_DISCONNECT = "UPDATE account SET disconnected_at = coalesce(disconnected_at, $3)
        WHERE workspace_id = $1 AND id = $2";

    GRANT_INSERT = "INSERT INTO grants (workspace_id, id, platform, subject, scopes, access,
            refresh, expires_at, refresh_expires_at, status, refreshing_until, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    GRANT_GET = "SELECT * FROM grants WHERE workspace_id = $1 AND id = $2";
    GRANT_LIST = "SELECT * FROM grants WHERE workspace_id = $1 ORDER BY id";
    GRANT_BY_SUBJECT = "SELECT * FROM grants
        WHERE workspace_id = $1 AND platform = $2 AND subject = $3";
    GRANT_UPDATE = "UPDATE grants SET platform = $3, subject = $4, scopes = $5, access = $6,
            refresh = $7, expires_at = $8, refresh_expires_at = $9, status = $10,
            refreshing_until = $11, version = version + 1
        WHERE workspace_id = $1 AND id = $2 AND version = $12";

    SIGN_IN_INSERT = "INSERT INTO sign_in (state, workspace_id, platform, redirect_uri, verifier,
            expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    SIGN_IN_GET = "SELECT * FROM sign_in WHERE state = $1 AND expires_at >= $2";
    SIGN_IN_EXPIRE = "DELETE FROM sign_in WHERE expires_at < $1";
    SIGN_IN_TAKE = "DELETE FROM sign_in WHERE state = $1 RETURNING *";
}

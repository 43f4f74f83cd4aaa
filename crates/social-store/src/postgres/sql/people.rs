//! Statements about people, their sessions, and the links that let them in.

super::statements! {
    PERSON_INSERT = "INSERT INTO person (workspace_id, id, email, issuer, subject, password,
        last_seen_at, version, doc) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    PERSON_GET = "SELECT * FROM person WHERE workspace_id = $1 AND id = $2";
    /// Who signs in is known by the address alone, so this one is of all workspaces.
    PERSON_BY_EMAIL = "SELECT * FROM person WHERE email = $1";
    /// The same by the word of an OpenID provider.
    PERSON_BY_SUBJECT = "SELECT * FROM person WHERE issuer = $1 AND subject = $2";
    PERSON_LIST = "SELECT * FROM person WHERE workspace_id = $1 ORDER BY id";
    PERSON_UPDATE = "UPDATE person SET email = $3, issuer = $4, subject = $5, password = $6,
        doc = $8, version = version + 1 WHERE workspace_id = $1 AND id = $2 AND version = $7";
    /// The latest counts, whoever writes last.
    PERSON_TOUCH = "UPDATE person SET last_seen_at = greatest(last_seen_at, $3)
        WHERE workspace_id = $1 AND id = $2";

    SESSION_EXPIRE = "DELETE FROM session WHERE workspace_id = $1 AND expires_at < $2";
    SESSION_INSERT = "INSERT INTO session (workspace_id, id, person_id, family, hash, created_at,
        expires_at, rotated_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    SESSION_GET = "SELECT * FROM session WHERE workspace_id = $1 AND id = $2";
    /// Who refreshes is known by the token alone, so this one is of all workspaces.
    SESSION_BY_HASH = "SELECT * FROM session WHERE hash = $1";
    SESSION_ROTATE = "UPDATE session SET rotated_at = $3
        WHERE workspace_id = $1 AND id = $2 AND rotated_at IS NULL";
    SESSION_REVOKE_FAMILY = "UPDATE session SET revoked_at = $3
        WHERE workspace_id = $1 AND family = $2 AND revoked_at IS NULL";
    SESSION_REVOKE_PERSON = "UPDATE session SET revoked_at = $4
        WHERE workspace_id = $1 AND person_id = $2 AND family IS DISTINCT FROM $3::uuid AND revoked_at IS NULL";

    INVITATION_REPLACE = "DELETE FROM invitation
        WHERE workspace_id = $1 AND purpose = $2 AND email IS NOT DISTINCT FROM $3::text";
    INVITATION_INSERT = "INSERT INTO invitation (workspace_id, hash, purpose, role, email,
        expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Who comes in is known by the link alone, so this one is of all workspaces.
    INVITATION_GET = "SELECT * FROM invitation WHERE hash = $1 AND expires_at >= $2";
    INVITATION_OF_EMAIL = "SELECT * FROM invitation
        WHERE workspace_id = $1 AND purpose = $2 AND email = $3 AND expires_at >= $4";
    INVITATION_LIST = "SELECT * FROM invitation WHERE workspace_id = $1 AND expires_at >= $2
        ORDER BY expires_at, hash";
    INVITATION_REMOVE = "DELETE FROM invitation WHERE workspace_id = $1 AND hash = $2";
}

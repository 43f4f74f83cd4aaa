//! What each route asks of a key: one table. A route that is not in it is closed.

use social_core::domain::{ApiKey, Permission, Scope};

use super::codes;
use crate::Problem;

/// What a route asks of a key before anything else is looked at. Some ask for more once they know
/// what is asked, such as the scope to publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) scope: Scope,
    pub(crate) permission: Option<Permission>,
}

const fn rule(
    method: &'static str,
    path: &'static str,
    scope: Scope,
    permission: Option<Permission>,
) -> Rule {
    Rule { method, path, scope, permission }
}

const WEB: Option<Permission> = Some(Permission::WebAccess);
const FILES: Option<Permission> = Some(Permission::FileStorage);

/// The table.
pub(crate) static RULES: &[Rule] = &[
    rule("GET", "/api/posts", Scope::PostsRead, None),
    // A draft and a dry run need no more; whatever becomes visible needs posts:publish too.
    rule("POST", "/api/posts", Scope::PostsWrite, None),
    rule("GET", "/api/posts/{id}", Scope::PostsRead, None),
    rule("PATCH", "/api/posts/{id}", Scope::PostsWrite, None),
    // With ?remote=true posts:publish and web_access too.
    rule("DELETE", "/api/posts/{id}", Scope::PostsWrite, None),
    rule("POST", "/api/posts/{id}/retry", Scope::PostsPublish, WEB),
    rule("GET", "/api/posts/{id}/explain", Scope::PostsRead, None),
    rule("POST", "/api/posts/{id}/approve", Scope::ApprovalsWrite, None),
    rule("POST", "/api/preflight", Scope::PostsRead, None),
    rule("GET", "/api/analytics", Scope::AnalyticsRead, None),
    rule("GET", "/api/accounts", Scope::AccountsRead, WEB),
    // All but `list` and `status` need accounts:write too.
    rule("POST", "/api/accounts", Scope::AccountsRead, WEB),
    rule("POST", "/api/media", Scope::PostsWrite, FILES),
    rule("GET", "/api/media/{id}", Scope::PostsRead, FILES),
    // A key that could make keys could give itself anything: only a person's may.
    rule("GET", "/api/api-keys", Scope::ApprovalsWrite, None),
    rule("POST", "/api/api-keys", Scope::ApprovalsWrite, None),
    rule("DELETE", "/api/api-keys/{id}", Scope::ApprovalsWrite, None),
    rule("GET", "/api/events", Scope::PostsRead, None),
    rule("POST", "/api/content/caption", Scope::PostsWrite, None),
    rule("POST", "/api/content/hashtags", Scope::PostsWrite, None),
    rule("POST", "/api/content/optimize", Scope::PostsWrite, None),
    rule("POST", "/api/content/ideas", Scope::PostsWrite, None),
];

/// The rule of a route. `matched` may begin with the path that the API is nested under.
pub(crate) fn find(method: &str, matched: &str) -> Option<&'static Rule> {
    let method = if method == "HEAD" { "GET" } else { method };
    RULES.iter().find(|rule| rule.method == method && matched.ends_with(rule.path))
}

impl Rule {
    pub(crate) fn check(&self, key: &ApiKey) -> Result<(), Problem> {
        scope(key, self.scope)?;
        self.permission.map_or(Ok(()), |permission| allowed(key, permission))
    }
}

/// Whether the key has a scope.
pub(crate) fn scope(key: &ApiKey, scope: Scope) -> Result<(), Problem> {
    if key.scopes.contains(&scope) {
        return Ok(());
    }
    let name = scope.as_str();
    let known = match scope {
        Scope::ApprovalsWrite => &codes::APPROVAL_REQUIRES_HUMAN,
        _ => &codes::PERMISSION_MISSING,
    };
    Err(known.problem(format!("this key lacks the scope {name}")).with("missing", name))
}

/// Whether the skill's configuration allows it.
pub(crate) fn allowed(key: &ApiKey, permission: Permission) -> Result<(), Problem> {
    if key.permissions.contains(&permission) {
        return Ok(());
    }
    let name = name(permission);
    let detail = format!("this key lacks the permission {name}");
    Err(codes::PERMISSION_MISSING.problem(detail).with("missing", name))
}

pub(crate) fn name(permission: Permission) -> &'static str {
    match permission {
        Permission::WebAccess => "web_access",
        Permission::FileStorage => "file_storage",
        Permission::Scheduler => "scheduler",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_found_wherever_the_api_is_nested() {
        assert_eq!(find("GET", "/social/api/posts").unwrap().scope, Scope::PostsRead);
        assert_eq!(find("HEAD", "/api/posts/{id}").unwrap().path, "/api/posts/{id}");
        assert_eq!(find("PUT", "/api/posts"), None);
    }

    #[test]
    fn no_path_ends_with_another() {
        for rule in RULES {
            let ends =
                |other: &&Rule| other.method == rule.method && rule.path.ends_with(other.path);
            assert_eq!(RULES.iter().filter(ends).count(), 1, "{}", rule.path);
        }
    }
}

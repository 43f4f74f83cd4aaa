//! What each route asks of a key or a person: one table. A route that is not in it is closed.

use social_core::domain::{Permission, Role, Scope};

use super::auth::Caller;
use super::codes;
use crate::Problem;

/// What a route asks of who asks before anything else is looked at. Some ask for more once they
/// know what is asked, such as the scope to publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// What a key needs; without one, the route is for people alone.
    pub(crate) scope: Option<Scope>,
    /// What a key needs besides.
    pub(crate) permission: Option<Permission>,
    /// The least that a person needs to be.
    pub(crate) role: Role,
}

const fn rule(
    method: &'static str,
    path: &'static str,
    scope: Scope,
    permission: Option<Permission>,
    role: Role,
) -> Rule {
    Rule { method, path, scope: Some(scope), permission, role }
}

/// A route of a person's own affairs: no key may go there.
const fn people(method: &'static str, path: &'static str) -> Rule {
    Rule { method, path, scope: None, permission: None, role: Role::Client }
}

const WEB: Option<Permission> = Some(Permission::WebAccess);
const FILES: Option<Permission> = Some(Permission::FileStorage);
const SCHEDULER: Option<Permission> = Some(Permission::Scheduler);
const ADMIN: Role = Role::Admin;
const MANAGER: Role = Role::Manager;
const CLIENT: Role = Role::Client;

/// The table.
pub(crate) static RULES: &[Rule] = &[
    rule("GET", "/api/posts", Scope::PostsRead, None, CLIENT),
    // A draft and a dry run need no more; whatever becomes visible needs posts:publish too.
    rule("POST", "/api/posts", Scope::PostsWrite, None, MANAGER),
    rule("GET", "/api/posts/{id}", Scope::PostsRead, None, CLIENT),
    rule("PATCH", "/api/posts/{id}", Scope::PostsWrite, None, MANAGER),
    // With ?remote=true posts:publish and web_access too.
    rule("DELETE", "/api/posts/{id}", Scope::PostsWrite, None, MANAGER),
    rule("POST", "/api/posts/{id}/retry", Scope::PostsPublish, WEB, MANAGER),
    rule("GET", "/api/posts/{id}/explain", Scope::PostsRead, None, CLIENT),
    rule("POST", "/api/posts/{id}/approve", Scope::ApprovalsWrite, None, CLIENT),
    rule("POST", "/api/preflight", Scope::PostsRead, None, MANAGER),
    rule("GET", "/api/analytics", Scope::AnalyticsRead, None, CLIENT),
    rule("GET", "/api/accounts", Scope::AccountsRead, WEB, CLIENT),
    // All but `list` and `status` need accounts:write too.
    rule("POST", "/api/accounts", Scope::AccountsRead, WEB, MANAGER),
    rule("POST", "/api/media", Scope::PostsWrite, FILES, MANAGER),
    rule("GET", "/api/media/{id}", Scope::PostsRead, FILES, CLIENT),
    rule("GET", "/api/media/{id}/preview", Scope::PostsRead, FILES, CLIENT),
    rule("GET", "/api/media-work", Scope::PostsRead, FILES, CLIENT),
    rule("DELETE", "/api/media/{id}", Scope::PostsWrite, FILES, MANAGER),
    rule("GET", "/api/media", Scope::PostsRead, FILES, CLIENT),
    rule("POST", "/api/uploads", Scope::PostsWrite, FILES, MANAGER),
    rule("GET", "/api/uploads/{id}", Scope::PostsWrite, FILES, MANAGER),
    rule("PATCH", "/api/uploads/{id}", Scope::PostsWrite, FILES, MANAGER),
    rule("DELETE", "/api/uploads/{id}", Scope::PostsWrite, FILES, MANAGER),
    rule("GET", "/api/series", Scope::PostsRead, None, CLIENT),
    rule("GET", "/api/series/{id}", Scope::PostsRead, None, CLIENT),
    // Whatever lets it come needs posts:publish and web_access too.
    rule("PATCH", "/api/series/{id}", Scope::PostsWrite, SCHEDULER, MANAGER),
    rule("DELETE", "/api/series/{id}", Scope::PostsWrite, SCHEDULER, MANAGER),
    rule(
        "POST",
        "/api/series/{id}/occurrences/{occurrence}",
        Scope::PostsPublish,
        SCHEDULER,
        MANAGER,
    ),
    rule("GET", "/api/quiet-hours", Scope::PostsRead, None, CLIENT),
    // They decide about posts that others write.
    rule("PUT", "/api/quiet-hours", Scope::AccountsWrite, SCHEDULER, MANAGER),
    rule("GET", "/api/slots", Scope::PostsRead, None, CLIENT),
    // Where an account's posts go decides about posts that others write.
    rule("PUT", "/api/slots/{id}", Scope::AccountsWrite, SCHEDULER, MANAGER),
    // A key that could make keys could give itself anything: only a person's may.
    rule("GET", "/api/api-keys", Scope::ApprovalsWrite, None, ADMIN),
    rule("POST", "/api/api-keys", Scope::ApprovalsWrite, None, ADMIN),
    rule("DELETE", "/api/api-keys/{id}", Scope::ApprovalsWrite, None, ADMIN),
    // Handing out roles is held to what the key itself may: see `people`.
    rule("GET", "/api/people", Scope::ApprovalsWrite, None, ADMIN),
    rule("POST", "/api/people", Scope::ApprovalsWrite, None, ADMIN),
    rule("PATCH", "/api/people/{id}", Scope::ApprovalsWrite, None, ADMIN),
    rule("POST", "/api/people/{id}/reset", Scope::ApprovalsWrite, None, ADMIN),
    rule("GET", "/api/audit", Scope::ApprovalsWrite, None, ADMIN),
    people("GET", "/api/auth/me"),
    people("POST", "/api/auth/password"),
    rule("GET", "/api/events", Scope::PostsRead, None, CLIENT),
    rule("GET", "/api/webhooks", Scope::PostsRead, None, MANAGER),
    rule("GET", "/api/webhooks/{id}", Scope::PostsRead, None, MANAGER),
    rule("GET", "/api/webhooks/{id}/deliveries", Scope::PostsRead, None, MANAGER),
    // Where news go to is a person's decision: an agent could send them anywhere.
    rule("POST", "/api/webhooks", Scope::ApprovalsWrite, None, ADMIN),
    rule("PATCH", "/api/webhooks/{id}", Scope::ApprovalsWrite, None, ADMIN),
    rule("DELETE", "/api/webhooks/{id}", Scope::ApprovalsWrite, None, ADMIN),
    rule("POST", "/api/webhooks/{id}/rotate", Scope::ApprovalsWrite, None, ADMIN),
    rule("POST", "/api/webhooks/{id}/test", Scope::ApprovalsWrite, None, ADMIN),
    rule("POST", "/api/webhooks/{id}/replay", Scope::ApprovalsWrite, None, ADMIN),
    rule(
        "POST",
        "/api/webhooks/{id}/deliveries/{delivery}/replay",
        Scope::ApprovalsWrite,
        None,
        ADMIN,
    ),
    rule("POST", "/api/content/caption", Scope::PostsWrite, None, MANAGER),
    rule("POST", "/api/content/hashtags", Scope::PostsWrite, None, MANAGER),
    rule("POST", "/api/content/optimize", Scope::PostsWrite, None, MANAGER),
    rule("POST", "/api/content/ideas", Scope::PostsWrite, None, MANAGER),
    rule("POST", "/api/content/variants", Scope::PostsWrite, None, MANAGER),
    rule("POST", "/api/content/alt", Scope::PostsWrite, FILES, MANAGER),
    rule("POST", "/api/content/translate", Scope::PostsWrite, None, MANAGER),
    rule("GET", "/api/voice", Scope::PostsRead, None, CLIENT),
    // What all suggestions are held to, an agent's among them, is a person's decision.
    rule("PUT", "/api/voice", Scope::ApprovalsWrite, None, ADMIN),
    rule("GET", "/api/experiments", Scope::PostsRead, None, CLIENT),
    rule("POST", "/api/experiments", Scope::PostsWrite, None, MANAGER),
    rule("GET", "/api/experiments/{id}", Scope::AnalyticsRead, None, CLIENT),
    rule("POST", "/api/experiments/{id}/posts", Scope::PostsWrite, None, MANAGER),
    rule("GET", "/api/accounts/{id}/best-times", Scope::AnalyticsRead, None, CLIENT),
];

/// The rule of a route. `matched` may begin with the path that the API is nested under.
pub(crate) fn find(method: &str, matched: &str) -> Option<&'static Rule> {
    let method = if method == "HEAD" { "GET" } else { method };
    RULES.iter().find(|rule| rule.method == method && matched.ends_with(rule.path))
}

impl Rule {
    pub(crate) fn check(&self, caller: &Caller) -> Result<(), Problem> {
        match caller {
            Caller::Key(_) => {
                let needed = self.scope.ok_or_else(|| {
                    codes::PERMISSION_MISSING.problem("only a person who signed in may do this")
                })?;
                scope(caller, needed)?;
                self.permission.map_or(Ok(()), |permission| allowed(caller, permission))
            }
            Caller::Person(person) if person.role >= self.role => Ok(()),
            Caller::Person(person) => Err(lacks_role(person.role, self.role)),
        }
    }
}

fn lacks_role(is: Role, needed: Role) -> Problem {
    let detail = format!("a {is} may not do this: it takes a {needed}");
    codes::PERMISSION_MISSING
        .problem(detail)
        .fix("Ask an Admin of the workspace to do it, or for the role.")
        .with("missing", needed.as_str())
}

/// Whether who asks has a scope, or a role that has it.
pub(crate) fn scope(caller: &Caller, scope: Scope) -> Result<(), Problem> {
    let name = scope.as_str();
    match caller {
        Caller::Key(key) if key.scopes.contains(&scope) => Ok(()),
        Caller::Key(_) => {
            let known = match scope {
                Scope::ApprovalsWrite => &codes::APPROVAL_REQUIRES_HUMAN,
                _ => &codes::PERMISSION_MISSING,
            };
            Err(known.problem(format!("this key lacks the scope {name}")).with("missing", name))
        }
        Caller::Person(person) if person.role.allows(scope) => Ok(()),
        Caller::Person(person) => Err(lacks_role(person.role, Role::Manager)),
    }
}

/// Whether the skill's configuration allows it. People are held to no such configuration.
pub(crate) fn allowed(caller: &Caller, permission: Permission) -> Result<(), Problem> {
    match caller {
        Caller::Key(key) if !key.permissions.contains(&permission) => {
            let name = name(permission);
            let detail = format!("this key lacks the permission {name}");
            Err(codes::PERMISSION_MISSING.problem(detail).with("missing", name))
        }
        _ => Ok(()),
    }
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
        assert_eq!(find("GET", "/social/api/posts").unwrap().scope, Some(Scope::PostsRead));
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

//! Which operation a path of LinkedIn is.

use crate::call::Call;
use crate::network::Network;
use crate::operations as op;
use crate::routing::Route;

pub(crate) fn route(call: &Call) -> Route {
    let path = call.path();
    let method = call.method.as_str();
    let to = |operation, id: &str| Route::new(Network::Linkedin, operation, id);
    match (call.host.as_str(), path.as_slice()) {
        ("linkedin", ["oauth", "v2", "authorization"]) => to(op::LI_AUTHORIZE, ""),
        ("linkedin", ["oauth", "v2", "accessToken"]) => to(op::LI_TOKEN, ""),
        ("linkedin", ["oauth", "v2", "introspectToken"]) => to(op::LI_INTROSPECT, ""),
        ("linkedin", ["oauth", "v2", "revoke"]) => to(op::LI_REVOKE, ""),
        ("linkedin", ["feed", "update", id]) => to(op::LI_UPDATE, id),
        ("linkedin-upload", ["image", id]) => to(op::LI_IMAGE_PUT, id),
        ("linkedin-upload", ["video", id, _]) => to(op::LI_VIDEO_PUT, id),
        ("linkedin-api", ["v2", "userinfo"]) => to(op::LI_USERINFO, ""),
        ("linkedin-api", ["rest", rest @ ..]) => {
            let (operation, id) = rest_route(call, method, rest);
            to(operation, id)
        }
        _ => to(op::LI_UNKNOWN, ""),
    }
}

fn rest_route<'a>(call: &Call, method: &str, path: &[&'a str]) -> (&'static str, &'a str) {
    // A long query may come as a form, with the method it stands for in a header.
    let method = call.header("x-http-method-override").unwrap_or(method);
    let action = call.params.get("action");
    let partial = call
        .header("x-restli-method")
        .is_some_and(|method| method.eq_ignore_ascii_case("partial_update"));
    match (method, path) {
        ("POST", ["posts"]) => (op::LI_POST_CREATE, ""),
        ("GET", ["posts"]) => (op::LI_POST_FIND, ""),
        ("GET", ["posts", id]) => (op::LI_POST_GET, id),
        ("POST", ["posts", id]) if partial => (op::LI_POST_UPDATE, id),
        ("DELETE", ["posts", id]) => (op::LI_POST_DELETE, id),
        ("POST", ["images"]) if action == Some("initializeUpload") => (op::LI_IMAGE_INIT, "image"),
        ("POST", ["documents"]) if action == Some("initializeUpload") => {
            (op::LI_IMAGE_INIT, "document")
        }
        ("GET", ["images" | "documents", id]) => (op::LI_IMAGE_GET, id),
        ("POST", ["videos"]) if action == Some("initializeUpload") => (op::LI_VIDEO_INIT, ""),
        ("POST", ["videos"]) if action == Some("finalizeUpload") => (op::LI_VIDEO_FINALIZE, ""),
        ("GET", ["videos", id]) => (op::LI_VIDEO_GET, id),
        ("POST", ["socialActions", id, "comments"]) => (op::LI_COMMENT, id),
        ("GET", ["socialActions", id, "comments"]) => (op::LI_COMMENT_LIST, id),
        ("GET", ["memberCreatorPostAnalytics"]) => (op::LI_MEMBER_ANALYTICS, ""),
        ("GET", ["organizationalEntityShareStatistics"]) => (op::LI_ORG_ANALYTICS, ""),
        ("GET", ["organizationAcls"]) => (op::LI_ACLS, ""),
        ("GET", ["organizations", id]) => (op::LI_ORG, id),
        ("GET", ["networkSizes", id]) => (op::LI_NETWORK, id),
        ("GET", ["memberFollowersCount"]) => (op::LI_FOLLOWERS, ""),
        _ => (op::LI_UNKNOWN, ""),
    }
}

//! `social people`: who may sign in.

use serde_json::json;

use crate::args::{People, Server};
use crate::client::{Call, calls};

pub(super) fn server(action: &People) -> &Server {
    match action {
        People::List(server) | People::Invite { server, .. } | People::Role { server, .. } => {
            server
        }
        People::Disable(one) | People::Enable(one) | People::Reset(one) => &one.server,
    }
}

pub(super) fn call(action: People) -> Call {
    match action {
        People::List(_) => calls::people(),
        People::Invite { email, role, .. } => calls::invite(&json!({"email": email, "role": role})),
        People::Role { id, role, .. } => calls::person(&id, &json!({"role": role})),
        People::Disable(one) => calls::person(&one.id, &json!({"disabled": true})),
        People::Enable(one) => calls::person(&one.id, &json!({"disabled": false})),
        People::Reset(one) => calls::reset_password(&one.id),
    }
}

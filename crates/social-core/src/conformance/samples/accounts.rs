//! Connected accounts and what they live by.

use std::collections::BTreeMap;

use super::{Samples, at};
use crate::domain::{
    Account, AccountId, ChoiceOption, Grant, GrantId, GrantStatus, Platform, WorkspaceId,
};
use crate::ports::{Choice, IdSource as _, Sealed, SignIn};

impl Samples {
    /// A connected page.
    pub fn account(&self, ws: WorkspaceId) -> Account {
        let id = AccountId::from_uuid(self.uuid());
        Account {
            id,
            workspace_id: ws,
            grant_id: GrantId::from_uuid(self.uuid()),
            platform: Platform::FACEBOOK,
            remote_id: format!("remote-{id}"),
            name: "Harbour Coffee".to_owned(),
            handle: Some("@harbour.coffee".to_owned()),
            kind: "page".to_owned(),
            token: Some(Sealed(vec![9, 8, 7])),
            attributes: BTreeMap::from([("page".to_owned(), "42".to_owned())]),
            connected_at: at(1),
            disconnected_at: None,
        }
    }

    /// An authorisation.
    pub fn grant(&self, ws: WorkspaceId) -> Grant {
        let id = GrantId::from_uuid(self.uuid());
        Grant {
            id,
            workspace_id: ws,
            platform: Platform::LINKEDIN,
            subject: format!("person-{id}"),
            scopes: vec!["w_member_social".to_owned(), "r_basicprofile".to_owned()],
            access: Sealed(vec![1, 2, 3]),
            refresh: Some(Sealed(vec![4, 5, 6])),
            expires_at: Some(at(3600)),
            refresh_expires_at: None,
            status: GrantStatus::NeedsReauth,
            refreshing_until: Some(at(30)),
            version: 1,
        }
    }

    /// A sign-in under way.
    pub fn sign_in(&self, ws: WorkspaceId) -> SignIn {
        SignIn {
            state: self.ids.secret(),
            workspace_id: ws,
            platform: Platform::TIKTOK,
            redirect_uri: "https://example.org/back?x=1".to_owned(),
            verifier: Sealed(vec![3, 1, 4]),
            expires_at: at(600),
        }
    }

    /// Accounts that wait for somebody to choose.
    pub fn choice(&self, ws: WorkspaceId) -> Choice {
        let option = |name: &str, connected: bool| ChoiceOption {
            remote_id: format!("remote-{name}"),
            name: name.to_owned(),
            handle: connected.then(|| format!("@{name}")),
            kind: "page".to_owned(),
            connected,
        };
        Choice {
            hash: self.ids.secret(),
            workspace_id: ws,
            platform: Platform::FACEBOOK,
            options: vec![option("caf\u{e9}", true), option("bar", false)],
            secret: Sealed(vec![2, 7, 1]),
            expires_at: at(900),
        }
    }
}

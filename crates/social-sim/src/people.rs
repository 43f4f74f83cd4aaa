//! Who lives on the simulated networks.

/// A Facebook user with pages.
#[derive(Debug, Clone)]
pub struct FacebookUser {
    /// The user's id.
    pub id: String,
    /// The user's name.
    pub name: String,
    /// The pages that the user runs.
    pub pages: Vec<FacebookPage>,
}

impl Default for FacebookUser {
    fn default() -> Self {
        Self {
            id: "10220000000000001".to_owned(),
            name: "Sample Member".to_owned(),
            pages: vec![FacebookPage::default()],
        }
    }
}

/// A Facebook Page.
#[derive(Debug, Clone)]
pub struct FacebookPage {
    /// The page's id.
    pub id: String,
    /// The page's name.
    pub name: String,
    /// Its category.
    pub category: String,
    /// How many follow it.
    pub followers: u64,
    /// The Instagram account linked to it.
    pub instagram: Option<InstagramAccount>,
}

impl Default for FacebookPage {
    fn default() -> Self {
        Self {
            id: "104500000000001".to_owned(),
            name: "Harbour Coffee".to_owned(),
            category: "Coffee shop".to_owned(),
            followers: 2_480,
            instagram: Some(InstagramAccount::default()),
        }
    }
}

/// An Instagram business account.
#[derive(Debug, Clone)]
pub struct InstagramAccount {
    /// The professional account's id.
    pub id: String,
    /// The name behind the `@`.
    pub username: String,
    /// The display name.
    pub name: String,
    /// How many follow it.
    pub followers: u64,
}

impl Default for InstagramAccount {
    fn default() -> Self {
        Self {
            id: "17841400000000001".to_owned(),
            username: "harbour.coffee".to_owned(),
            name: "Harbour Coffee".to_owned(),
            followers: 5_310,
        }
    }
}

/// A LinkedIn member.
#[derive(Debug, Clone)]
pub struct LinkedinMember {
    /// The `sub` of userinfo; the URN is `urn:li:person:{sub}`.
    pub sub: String,
    /// The first name.
    pub given_name: String,
    /// The last name.
    pub family_name: String,
    /// The address.
    pub email: String,
    /// The organisations that the member runs.
    pub organizations: Vec<LinkedinOrganization>,
}

impl LinkedinMember {
    pub(crate) fn urn(&self) -> String {
        format!("urn:li:person:{}", self.sub)
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }
}

impl Default for LinkedinMember {
    fn default() -> Self {
        Self {
            sub: "Rb7hQ2sim1".to_owned(),
            given_name: "Sample".to_owned(),
            family_name: "Member".to_owned(),
            email: "robin@harbour.example".to_owned(),
            organizations: vec![LinkedinOrganization::default()],
        }
    }
}

/// A LinkedIn organisation.
#[derive(Debug, Clone)]
pub struct LinkedinOrganization {
    /// The number in `urn:li:organization:{id}`.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The last part of its address.
    pub vanity: String,
    /// How many follow it.
    pub followers: u64,
    /// The member's role, `ADMINISTRATOR` by default.
    pub role: String,
}

impl LinkedinOrganization {
    pub(crate) fn urn(&self) -> String {
        format!("urn:li:organization:{}", self.id)
    }
}

impl Default for LinkedinOrganization {
    fn default() -> Self {
        Self {
            id: 90_210_001,
            name: "Harbour Coffee Roasters".to_owned(),
            vanity: "harbour-coffee-roasters".to_owned(),
            followers: 1_220,
            role: "ADMINISTRATOR".to_owned(),
        }
    }
}

/// A TikTok creator.
#[derive(Debug, Clone)]
pub struct TiktokCreator {
    /// The id that an app sees.
    pub open_id: String,
    /// The name behind the `@`.
    pub username: String,
    /// The display name.
    pub nickname: String,
    /// Whether the account is private.
    pub private: bool,
    /// The longest video that the creator may post, in seconds.
    pub max_video_secs: u32,
    /// How many follow the creator.
    pub followers: u64,
}

impl Default for TiktokCreator {
    fn default() -> Self {
        Self {
            open_id: "-000simOpenIdHarbour0001".to_owned(),
            username: "harbour.coffee".to_owned(),
            nickname: "Harbour Coffee".to_owned(),
            private: false,
            max_video_secs: 600,
            followers: 8_040,
        }
    }
}

//! The endpoints of posts, images and videos.
//!
//! Microsoft Learn, "Posts API", "Images API", "Videos API".

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use social_core::flow::Effect;
use social_core::ports::{BlobKey, Body, Request, Response};
use social_core::{ErrorKind, PlatformError, Timestamp};
use url::Url;

use super::little_text::plain;
use super::rest::{Rest, encoded};
use crate::endpoint::Endpoint;
use crate::http::Build;
use crate::state::{Seen, normalised};
use crate::verdict::in_doubt;

#[derive(Debug, Deserialize)]
struct Answer<T> {
    value: T,
}

/// What goes up in one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    /// A picture.
    Image,
    /// A file of pages.
    Document,
}

impl Whole {
    fn collection(self) -> &'static str {
        match self {
            Self::Image => "images",
            Self::Document => "documents",
        }
    }
}

/// `POST /rest/images?action=initializeUpload`, or the same of documents.
#[derive(Debug)]
pub(super) struct InitImage<'a> {
    pub(super) what: Whole,
    pub(super) owner: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImageSlot {
    pub(super) upload_url: Url,
    #[serde(alias = "document")]
    pub(super) image: String,
}

impl Endpoint<Rest<'_>> for InitImage<'_> {
    type Output = ImageSlot;
    const OPERATION: &'static str = "linkedin.images_initialize";

    fn effect(&self) -> Effect {
        Effect::Prepare
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        rest.build(Method::POST, self.what.collection(), "action=initializeUpload")
            .json(&json!({"initializeUploadRequest": {"owner": self.owner}}))
            .finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<ImageSlot, PlatformError> {
        rest.read::<Answer<ImageSlot>>(self.effect(), response).map(|it| it.value)
    }
}

/// `PUT` of a whole picture to its address, with the token.
#[derive(Debug)]
pub(super) struct PutImage<'a> {
    pub(super) url: &'a Url,
    pub(super) mime: &'a str,
    pub(super) key: &'a BlobKey,
    pub(super) bytes: u64,
}

impl Endpoint<Rest<'_>> for PutImage<'_> {
    type Output = ();
    const OPERATION: &'static str = "linkedin.image_upload";

    fn effect(&self) -> Effect {
        Effect::Upload
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        // The token goes to LinkedIn alone.
        let hosts = [rest.hosts.oauth.origin(), rest.hosts.api.origin()];
        let linkedin = self.url.host_str().is_some_and(|host| host.ends_with(".linkedin.com"))
            && self.url.scheme() == "https";
        if !linkedin && !hosts.contains(&self.url.origin()) {
            let detail = "the upload address is not one of LinkedIn's";
            return Err(PlatformError::new(rest.platform.clone(), ErrorKind::Malformed, detail));
        }
        Build::new(Method::PUT, self.url.clone())
            .bearer(rest.token)
            .bytes(self.mime, Body::blob(self.key.clone(), 0, self.bytes))
            .finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<(), PlatformError> {
        rest.check(self.effect(), response)
    }
}

/// How a picture or clip stands.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asset {
    pub(super) status: String,
    pub(super) processing_failure_reason: Option<String>,
}

/// `GET /rest/images/{urn}`, or the same of documents.
#[derive(Debug)]
pub(super) struct ReadImage<'a> {
    pub(super) what: Whole,
    pub(super) image: &'a str,
}

impl Endpoint<Rest<'_>> for ReadImage<'_> {
    type Output = Asset;
    const OPERATION: &'static str = "linkedin.images_get";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        let path = format!("{}/{}", self.what.collection(), encoded(self.image));
        rest.build(Method::GET, &path, "").finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<Asset, PlatformError> {
        rest.read(self.effect(), response)
    }
}

/// `POST /rest/videos?action=initializeUpload`.
#[derive(Debug)]
pub(super) struct InitVideo<'a> {
    pub(super) owner: &'a str,
    pub(super) bytes: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VideoSlot {
    pub(super) video: String,
    pub(super) upload_instructions: Vec<Part>,
    #[serde(default)]
    pub(super) upload_token: String,
}

/// A part of a clip, and where it goes.
#[derive(Debug, Clone, PartialEq, serde::Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Part {
    pub(super) upload_url: Url,
    pub(super) first_byte: u64,
    pub(super) last_byte: u64,
}

impl Endpoint<Rest<'_>> for InitVideo<'_> {
    type Output = VideoSlot;
    const OPERATION: &'static str = "linkedin.videos_initialize";

    fn effect(&self) -> Effect {
        Effect::Prepare
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        rest.build(Method::POST, "videos", "action=initializeUpload")
            .json(&json!({"initializeUploadRequest": {
                "owner": self.owner,
                "fileSizeBytes": self.bytes,
                "uploadCaptions": false,
                "uploadThumbnail": false,
            }}))
            .finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<VideoSlot, PlatformError> {
        rest.read::<Answer<VideoSlot>>(self.effect(), response).map(|it| it.value)
    }
}

/// `PUT` of one part of a clip, without the token. Its answer's `ETag` names the part.
#[derive(Debug)]
pub(super) struct PutPart<'a> {
    pub(super) part: &'a Part,
    pub(super) key: &'a BlobKey,
}

impl Endpoint<Rest<'_>> for PutPart<'_> {
    type Output = String;
    const OPERATION: &'static str = "linkedin.video_upload";

    fn effect(&self) -> Effect {
        Effect::Upload
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        let Part { upload_url, first_byte, last_byte } = self.part;
        let len = (last_byte + 1).saturating_sub(*first_byte);
        Build::new(Method::PUT, upload_url.clone())
            .bytes("application/octet-stream", Body::blob(self.key.clone(), *first_byte, len))
            .finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<String, PlatformError> {
        rest.check(self.effect(), response)?;
        let tag = response.headers().get(http::header::ETAG).and_then(|tag| tag.to_str().ok());
        tag.map(|tag| tag.trim_matches('"').to_owned()).ok_or_else(|| {
            let detail = "a part of the clip was taken without telling its name";
            PlatformError::new(rest.platform.clone(), ErrorKind::Malformed, detail)
        })
    }
}

/// `POST /rest/videos?action=finalizeUpload`: the parts, in order, become the clip.
#[derive(Debug)]
pub(super) struct FinalizeVideo<'a> {
    pub(super) video: &'a str,
    pub(super) token: &'a str,
    pub(super) parts: &'a [String],
}

impl Endpoint<Rest<'_>> for FinalizeVideo<'_> {
    type Output = ();
    const OPERATION: &'static str = "linkedin.videos_finalize";

    fn effect(&self) -> Effect {
        Effect::Prepare
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        rest.build(Method::POST, "videos", "action=finalizeUpload")
            .json(&json!({"finalizeUploadRequest": {
                "video": self.video,
                "uploadToken": self.token,
                "uploadedPartIds": self.parts,
            }}))
            .finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<(), PlatformError> {
        rest.check(self.effect(), response)
    }
}

/// `GET /rest/videos/{urn}`.
#[derive(Debug)]
pub(super) struct ReadVideo<'a> {
    pub(super) video: &'a str,
}

impl Endpoint<Rest<'_>> for ReadVideo<'_> {
    type Output = Asset;
    const OPERATION: &'static str = "linkedin.videos_get";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        let path = format!("videos/{}", encoded(self.video));
        rest.build(Method::GET, &path, "").finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<Asset, PlatformError> {
        rest.read(self.effect(), response)
    }
}

/// `POST /rest/posts`. The answer has no body; the new id stands in a header.
#[derive(Debug)]
pub(super) struct CreatePost {
    pub(super) body: Value,
}

impl Endpoint<Rest<'_>> for CreatePost {
    type Output = String;
    const OPERATION: &'static str = "linkedin.posts_create";

    fn effect(&self) -> Effect {
        Effect::Commit
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        rest.build(Method::POST, "posts", "").json(&self.body).finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<String, PlatformError> {
        rest.check(self.effect(), response)?;
        let header = |name: &str| response.headers().get(name)?.to_str().ok();
        let urn = header("x-restli-id").or_else(|| header("x-linkedin-id"));
        urn.filter(|urn| urn.starts_with("urn:li:")).map(str::to_owned).ok_or_else(|| {
            let detail = "LinkedIn took the post and did not say its id";
            let error = PlatformError::new(rest.platform.clone(), ErrorKind::Malformed, detail);
            in_doubt(error, self.effect())
        })
    }
}

/// `GET /rest/posts?q=author`: the newest posts of an author.
#[derive(Debug)]
pub(super) struct FindPosts<'a> {
    pub(super) author: &'a str,
}

#[derive(Debug, Deserialize)]
pub(super) struct Elements<T> {
    pub(super) elements: Vec<T>,
}

impl Endpoint<Rest<'_>> for FindPosts<'_> {
    type Output = Vec<Seen>;
    const OPERATION: &'static str = "linkedin.posts_find";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        let author = encoded(self.author);
        let query = format!("q=author&author={author}&count=20&sortBy=LAST_MODIFIED");
        rest.named(Method::GET, "FINDER", "posts", &query).finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<Vec<Seen>, PlatformError> {
        let found: Elements<Value> = rest.read(self.effect(), response)?;
        let seen = found.elements.into_iter().filter_map(|element| {
            let at = ["createdAt", "publishedAt"].iter().find_map(|name| element[name].as_i64())?;
            Some(Seen {
                id: element["id"].as_str()?.to_owned(),
                text: plain(element["commentary"].as_str().unwrap_or_default()),
                at: Timestamp::from_millis(at),
            })
        });
        Ok(seen.collect())
    }
}

/// `DELETE /rest/posts/{urn}`.
#[derive(Debug)]
pub(super) struct DeletePost<'a> {
    pub(super) post: &'a str,
}

impl Endpoint<Rest<'_>> for DeletePost<'_> {
    type Output = ();
    const OPERATION: &'static str = "linkedin.posts_delete";

    fn effect(&self) -> Effect {
        // Twice does no harm.
        Effect::Upload
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        let path = format!("posts/{}", encoded(self.post));
        rest.named(Method::DELETE, "DELETE", &path, "").finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<(), PlatformError> {
        rest.check(self.effect(), response)
    }
}

/// `POST /rest/socialActions/{urn}/comments`. Its words are not little text.
#[derive(Debug)]
pub(super) struct CreateComment<'a> {
    pub(super) actor: &'a str,
    pub(super) post: &'a str,
    pub(super) text: &'a str,
}

impl Endpoint<Rest<'_>> for CreateComment<'_> {
    type Output = ();
    const OPERATION: &'static str = "linkedin.comments";

    fn effect(&self) -> Effect {
        Effect::Commit
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        let path = format!("socialActions/{}/comments", encoded(self.post));
        rest.build(Method::POST, &path, "")
            .json(&json!({
                "actor": self.actor,
                "object": self.post,
                "message": {"text": self.text},
            }))
            .finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<(), PlatformError> {
        // A post that was just made is not found for some seconds, longer with a picture.
        if response.status() == http::StatusCode::NOT_FOUND {
            let detail = "LinkedIn does not know the post yet";
            return Err(PlatformError::new(rest.platform.clone(), ErrorKind::NotReady, detail)
                .code(404, None::<&str>));
        }
        rest.check(self.effect(), response)
    }
}

/// `GET /rest/socialActions/{urn}/comments`: whether one of this text is there.
#[derive(Debug)]
pub(super) struct HasComment<'a> {
    pub(super) post: &'a str,
    pub(super) text: &'a str,
}

impl Endpoint<Rest<'_>> for HasComment<'_> {
    type Output = bool;
    const OPERATION: &'static str = "linkedin.comments_list";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        let path = format!("socialActions/{}/comments", encoded(self.post));
        rest.build(Method::GET, &path, "").finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<bool, PlatformError> {
        let list: Elements<Value> = rest.read(self.effect(), response)?;
        let wanted = normalised(self.text);
        let text = |comment: &Value| comment.pointer("/message/text")?.as_str().map(normalised);
        Ok(list.elements.iter().filter_map(text).any(|text| text == wanted))
    }
}

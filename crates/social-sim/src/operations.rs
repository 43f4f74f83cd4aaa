//! The names of all operations: what a fault can be aimed at.
//!
//! Every request is one operation. A request to an unknown path is `{network}.unknown`.

macro_rules! operations {
    ($($name:ident = $text:literal, $doc:literal;)*) => {
        $(#[doc = $doc] pub const $name: &str = $text;)*
        /// Every operation and what it does.
        pub const ALL: &[(&str, &str)] = &[$(($text, $doc)),*];
    };
}

operations! {
    FB_DIALOG = "facebook.dialog", "The consent page of Facebook Login.";
    FB_TOKEN = "facebook.oauth_token", "Code for token, and short-lived for long-lived.";
    FB_DEBUG_TOKEN = "facebook.debug_token", "What a token allows and when it ends.";
    FB_ME = "facebook.me", "The user behind a token.";
    FB_ACCOUNTS = "facebook.accounts", "The user's pages with their tokens.";
    FB_PERMISSIONS = "facebook.permissions", "The scopes granted.";
    FB_REVOKE = "facebook.revoke", "Withdraws a scope, or all.";
    FB_PAGE = "facebook.page", "The page's fields.";
    FB_FEED_CREATE = "facebook.feed", "Posts text, a link or photos to a page.";
    FB_FEED_LIST = "facebook.feed_list", "The page's posts, unpublished ones included.";
    FB_PUBLISHED = "facebook.published_posts", "The page's published posts.";
    FB_PHOTO = "facebook.photos", "Uploads a photo, published or not.";
    FB_UPLOAD_START = "facebook.upload_start", "Opens a session of the Resumable Upload API.";
    FB_UPLOAD_BYTES = "facebook.upload_bytes", "Bytes for such a session.";
    FB_UPLOAD_STATUS = "facebook.upload_status", "How far such a session is.";
    FB_VIDEO_START = "facebook.videos_start", "Chunked video upload: start.";
    FB_VIDEO_TRANSFER = "facebook.videos_transfer", "Chunked video upload: a piece.";
    FB_VIDEO_FINISH = "facebook.videos_finish", "Chunked video upload: finish and publish.";
    FB_VIDEO = "facebook.videos", "A video by address, by handle or in one request.";
    FB_REEL_START = "facebook.clip_start", "Reel or story of a clip: start.";
    FB_REEL_FINISH = "facebook.clip_finish", "Reel or story of a clip: finish and publish.";
    FB_PHOTO_STORY = "facebook.photo_stories", "Publishes an unpublished photo as a story.";
    FB_STORIES = "facebook.stories", "The page's stories.";
    FB_RUPLOAD = "facebook.rupload", "Bytes of a reel or a story.";
    FB_OBJECT = "facebook.object", "The fields of a post, photo or video.";
    FB_UPDATE = "facebook.update", "Changes a post, or publishes an unpublished one.";
    FB_DELETE = "facebook.delete", "Deletes a post, photo, video or comment.";
    FB_COMMENT = "facebook.comments", "Comments on a post.";
    FB_COMMENT_LIST = "facebook.comments_list", "The comments on a post.";
    FB_INSIGHTS = "facebook.insights", "Numbers of a page, post or video.";
    FB_UNKNOWN = "facebook.unknown", "Anything else on the Graph.";
    IG_DIALOG = "instagram.dialog", "The consent page of Instagram Login.";
    IG_TOKEN = "instagram.oauth_token", "Instagram Login: code for a short-lived token.";
    IG_LONG = "instagram.access_token", "Instagram Login: a long-lived token, first or again.";
    IG_ACCOUNT = "instagram.account", "The account's fields.";
    IG_MEDIA_CREATE = "instagram.media", "Creates a container.";
    IG_CONTAINER = "instagram.container", "A container's status.";
    IG_RUPLOAD = "instagram.rupload", "Bytes of a container.";
    IG_PUBLISH = "instagram.media_publish", "Publishes a container.";
    IG_QUOTA = "instagram.content_publishing_limit", "How much of the daily quota is used.";
    IG_MEDIA_LIST = "instagram.media_list", "The account's media.";
    IG_STORIES = "instagram.stories", "The account's live stories.";
    IG_MEDIA = "instagram.media_get", "A medium's fields.";
    IG_DELETE = "instagram.delete", "Deletes a medium.";
    IG_COMMENT = "instagram.comments", "Comments on a medium.";
    IG_COMMENT_LIST = "instagram.comments_list", "The comments on a medium.";
    IG_INSIGHTS = "instagram.insights", "Numbers of a medium.";
    IG_ACCOUNT_INSIGHTS = "instagram.account_insights", "Numbers of an account.";
    LI_AUTHORIZE = "linkedin.authorization", "The consent page.";
    LI_TOKEN = "linkedin.access_token", "Code or refresh token for an access token.";
    LI_INTROSPECT = "linkedin.introspect_token", "What a token allows and when it ends.";
    LI_REVOKE = "linkedin.revoke", "Ends a token.";
    LI_UPDATE = "linkedin.feed_update", "The page at which people see a post.";
    LI_USERINFO = "linkedin.userinfo", "The member behind a token.";
    LI_ACLS = "linkedin.organization_acls", "The organisations that a member runs.";
    LI_ORG = "linkedin.organization", "An organisation's fields.";
    LI_POST_CREATE = "linkedin.posts_create", "Creates a post.";
    LI_POST_GET = "linkedin.posts_get", "Reads a post.";
    LI_POST_FIND = "linkedin.posts_find", "The posts of an author.";
    LI_POST_UPDATE = "linkedin.posts_update", "Changes a post.";
    LI_POST_DELETE = "linkedin.posts_delete", "Deletes a post.";
    LI_IMAGE_INIT = "linkedin.images_initialize", "Announces an image or document.";
    LI_IMAGE_GET = "linkedin.images_get", "An image's status.";
    LI_IMAGE_PUT = "linkedin.image_upload", "Bytes of an image or document.";
    LI_VIDEO_INIT = "linkedin.videos_initialize", "Announces a video.";
    LI_VIDEO_FINALIZE = "linkedin.videos_finalize", "Joins a video's parts.";
    LI_VIDEO_GET = "linkedin.videos_get", "A video's status.";
    LI_VIDEO_PUT = "linkedin.video_upload", "Bytes of a video's part.";
    LI_COMMENT = "linkedin.comments", "Comments on a post.";
    LI_COMMENT_LIST = "linkedin.comments_list", "The comments on a post.";
    LI_MEMBER_ANALYTICS = "linkedin.member_post_analytics", "Numbers of a member's post.";
    LI_ORG_ANALYTICS = "linkedin.share_statistics", "Numbers of an organisation's posts.";
    LI_NETWORK = "linkedin.network_sizes", "Followers of an organisation.";
    LI_FOLLOWERS = "linkedin.member_followers", "Followers of a member.";
    LI_UNKNOWN = "linkedin.unknown", "Anything else on LinkedIn.";
    TT_AUTHORIZE = "tiktok.authorize", "The consent page.";
    TT_TOKEN = "tiktok.oauth_token", "Code or refresh token for an access token.";
    TT_REVOKE = "tiktok.oauth_revoke", "Ends a token.";
    TT_CREATOR = "tiktok.creator_info", "What the creator may post.";
    TT_VIDEO_INIT = "tiktok.video_init", "Direct post of a video.";
    TT_INBOX_INIT = "tiktok.inbox_init", "A video as a draft.";
    TT_PHOTO_INIT = "tiktok.content_init", "Direct post or draft of photos.";
    TT_UPLOAD = "tiktok.upload", "Bytes of a video.";
    TT_STATUS = "tiktok.status_fetch", "How far a publish is.";
    TT_CANCEL = "tiktok.cancel", "Cancels a pull.";
    TT_USER = "tiktok.user_info", "The creator's fields.";
    TT_VIDEO_LIST = "tiktok.video_list", "The creator's public videos.";
    TT_VIDEO_QUERY = "tiktok.video_query", "Public videos by id.";
    TT_UNKNOWN = "tiktok.unknown", "Anything else on TikTok.";
}

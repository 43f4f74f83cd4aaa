//! What a step is taken with: the token, and what is published.

use std::sync::Arc;
use std::time::Duration;

use super::Run;
use crate::domain::RenderedMedia;
use crate::domain::media::MediaProbe;
use crate::engine::{Error, Tokens};
use crate::flow::{Content, ContentMedia, FlowContext};
use crate::ports::{AccountAuth, TokenManager as _};

/// For how long a token serves the next step too, which mostly comes within milliseconds.
const SAME_TOKEN: Duration = Duration::from_secs(1);

impl Run<'_> {
    /// What a step is taken with.
    pub(super) fn context<'c>(
        &self,
        auth: &'c AccountAuth,
        content: &'c Content,
    ) -> FlowContext<'c> {
        let again = self.delivery.failures > 0 || self.job.lease.attempt > 1;
        FlowContext { auth, content, now: self.now(), again }
    }

    /// The token. One that was read a moment ago is not read again.
    pub(super) async fn auth(&mut self) -> Result<Arc<AccountAuth>, Error> {
        let now = self.now();
        if let Some((read_at, auth)) = &self.auth
            && now < *read_at + SAME_TOKEN
        {
            return Ok(Arc::clone(auth));
        }
        let (ws, account) = (self.delivery.workspace_id, self.delivery.account_id);
        let auth = Tokens::new(self.ports.clone()).account_auth(ws, account).await?;
        let auth = Arc::new(auth);
        self.auth = Some((now, Arc::clone(&auth)));
        Ok(auth)
    }

    /// What is published.
    pub(super) async fn content(&self) -> Result<Content, Error> {
        let mut media = Vec::new();
        for item in self.delivery.rendered.iter().flatten() {
            let RenderedMedia { key, bytes, mime, probe, alt, .. } = item.clone();
            let url = self.ports.blobs.public_url(&key, self.ports.config.media_url_ttl).await?;
            let (width, height) = probe.size();
            let duration = match &probe {
                MediaProbe::Video(video) => Some(video.duration),
                _ => None,
            };
            media.push(ContentMedia { key, bytes, mime, width, height, duration, alt, url });
        }
        Ok(Content {
            kind: self.delivery.kind,
            text: self.delivery.text.clone(),
            media,
            options: self.delivery.options.clone(),
        })
    }
}

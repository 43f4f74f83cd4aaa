//! Files.

use std::time::Duration;

use super::{Samples, at};
use crate::domain::media::{AudioProbe, ColourProfile, ImageProbe, MediaProbe, VideoProbe};
use crate::domain::{Asset, AssetId, Piece, Rendition, Upload, UploadId, WorkspaceId};
use crate::ports::BlobKey;

impl Samples {
    /// An uploaded clip.
    pub fn asset(&self, ws: WorkspaceId) -> Asset {
        let id = AssetId::from_uuid(self.uuid());
        let probe = VideoProbe {
            container: "mp4".to_owned(),
            codec: "h264".to_owned(),
            pixel_format: "yuv420p".to_owned(),
            audio: Some(AudioProbe { codec: "aac".to_owned(), channels: 2, sample_rate: 48_000 }),
            width: 1080,
            height: 1920,
            rotation: 90,
            duration: Duration::from_millis(12_345),
            // No finite decimal: it must read back to the last bit.
            fps: 30_000.0 / 1001.0,
            bitrate: 5_000_000,
            bytes: 7_654_321,
            index_first: true,
            edit_list: false,
        };
        Asset {
            id,
            workspace_id: ws,
            hash: format!("hash-{id}"),
            key: BlobKey::new("assets/aa/clip.mp4").expect("a good key"),
            mime: "video/mp4".to_owned(),
            probe: MediaProbe::Video(probe),
            name: Some("clip.mp4".to_owned()),
            created_at: at(3),
        }
    }

    /// A file that comes in pieces.
    pub fn upload(&self, ws: WorkspaceId, length: u64) -> Upload {
        let id = UploadId::from_uuid(self.uuid());
        let key = |name: &str| BlobKey::new(format!("uploads/{name}")).expect("a good key");
        Upload {
            id,
            workspace_id: ws,
            name: Some("clip \u{1f3a5}.mp4".to_owned()),
            length,
            pieces: vec![Piece { key: key("one"), bytes: 3 }, Piece { key: key("two"), bytes: 4 }],
            writing: vec![Piece { key: key("three"), bytes: 5 }],
            asset: None,
            created_at: at(8),
            expires_at: at(800),
            version: 1,
        }
    }

    /// A picture made fit.
    pub fn rendition(&self, source: &str, plan: &str) -> Rendition {
        let probe = ImageProbe {
            format: crate::domain::media::ImageFormat::Jpeg,
            width: 1080,
            height: 1350,
            bytes: 123_456,
            orientation: 1,
            alpha: false,
            animated: false,
            colour: ColourProfile::Srgb,
            metadata: false,
            motion: None,
            focus: None,
        };
        Rendition {
            source: source.to_owned(),
            plan: plan.to_owned(),
            key: BlobKey::new("renditions/aa/picture.jpg").expect("a good key"),
            mime: "image/jpeg".to_owned(),
            probe: MediaProbe::Image(probe),
        }
    }
}

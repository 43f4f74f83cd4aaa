//! Multipart forms whose files are never copied into memory.

use bytes::Bytes;
use social_core::ports::{BlobKey, Body, BodyPart};

/// A form of RFC 7578.
#[derive(Debug)]
pub(crate) struct Multipart {
    boundary: String,
    parts: Vec<BodyPart>,
}

impl Multipart {
    /// An empty form. The boundary is fixed, so the same form is the same bytes; a file that
    /// contained these 40 characters at the start of a line would have been made to.
    pub(crate) fn new() -> Self {
        Self { boundary: "form-7b1f0c52e9d84a6bb3f4-part-boundary".to_owned(), parts: Vec::new() }
    }

    pub(crate) fn text(self, name: &str, value: &str) -> Self {
        let head = format!("Content-Disposition: form-data; name=\"{}\"\r\n\r\n", quoted(name));
        self.part(&head, BodyPart::Bytes(Bytes::copy_from_slice(value.as_bytes())))
    }

    /// `len` bytes of a blob from `offset` on, as a file.
    pub(crate) fn file(
        self,
        name: &str,
        content_type: &str,
        key: &BlobKey,
        offset: u64,
        len: u64,
    ) -> Self {
        let file = key.as_str().rsplit('/').next().unwrap_or("file");
        let head = format!(
            "Content-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            quoted(name),
            quoted(file),
            quoted(content_type),
        );
        self.part(&head, BodyPart::Blob { key: key.clone(), offset, len })
    }

    fn part(mut self, head: &str, body: BodyPart) -> Self {
        self.parts.push(BodyPart::Bytes(format!("--{}\r\n{head}", self.boundary).into()));
        self.parts.push(body);
        self.parts.push(BodyPart::Bytes(Bytes::from_static(b"\r\n")));
        self
    }

    /// The content type and the body.
    pub(crate) fn finish(mut self) -> (String, Body) {
        self.parts.push(BodyPart::Bytes(format!("--{}--\r\n", self.boundary).into()));
        (format!("multipart/form-data; boundary={}", self.boundary), Body { parts: self.parts })
    }
}

/// `text` without what would end a quoted name.
fn quoted(text: &str) -> String {
    text.replace(['"', '\r', '\n'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_stays_a_piece_of_its_blob() {
        let key = BlobKey::new("renditions/a.jpg").unwrap();
        let form =
            Multipart::new().text("published", "false").file("source", "image/jpeg", &key, 10, 90);
        let (content_type, body) = form.finish();
        assert!(content_type.contains("boundary=form-"));
        let blobs: Vec<_> =
            body.parts.iter().filter(|part| matches!(part, BodyPart::Blob { .. })).collect();
        assert_eq!(blobs, [&BodyPart::Blob { key, offset: 10, len: 90 }]);
    }
}

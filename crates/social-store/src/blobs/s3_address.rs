//! A bucket, and who asks, as one address.

use std::borrow::Cow;
use std::io;

use social_core::ports::BlobError;
use url::Url;

use super::{S3Settings, failed};

impl S3Settings {
    /// Reads an address: `s3://KEY:SECRET@bucket/prefix?region=eu-central-1`, with
    /// `&endpoint=https://…` where the bucket is not Amazon's. The prefix may be left out, and the
    /// region, which is then `us-east-1`. What is special in an address stands as `%2F` and so on.
    ///
    /// # Errors
    /// [`BlobError::Io`] which says what is missing, and never the secret.
    pub fn from_url(address: &str) -> Result<Self, BlobError> {
        let wrong = |why: &str| {
            let form = "s3://KEY:SECRET@bucket/prefix?region=…&endpoint=…";
            let why = format!("the address of the bucket {why}: it looks like {form}");
            failed(io::Error::new(io::ErrorKind::InvalidInput, why))
        };
        let url: Url = address.parse().map_err(|_| wrong("is none"))?;
        if url.scheme() != "s3" {
            return Err(wrong("does not begin with s3:"));
        }
        let plain = |text: &str| {
            let text = percent_encoding::percent_decode_str(text).decode_utf8();
            text.map(Cow::into_owned).map_err(|_| wrong("is no text"))
        };
        let bucket = url.host_str().ok_or_else(|| wrong("names no bucket"))?.to_owned();
        let access_key_id = plain(url.username())?;
        let secret = url.password().ok_or_else(|| wrong("has no key and secret"))?;
        let secret_access_key = plain(secret)?.into();
        let prefix = plain(url.path().trim_matches('/'))?;
        let (mut region, mut endpoint) = ("us-east-1".to_owned(), None);
        for (name, value) in url.query_pairs() {
            match &*name {
                "region" => region = value.into_owned(),
                "endpoint" => {
                    endpoint = Some(value.parse().map_err(|_| wrong("has a strange endpoint"))?);
                }
                _ => return Err(wrong("asks for more than a region and an endpoint")),
            }
        }
        let prefix = Some(prefix).filter(|prefix| !prefix.is_empty());
        Ok(Self { bucket, region, endpoint, access_key_id, secret_access_key, prefix })
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn an_address_says_where_and_who() {
        let address =
            "s3://AK:a%2Fb%2Bc@media/posts/2026?region=auto&endpoint=https://minio.example/";
        let settings = S3Settings::from_url(address).unwrap();
        assert_eq!((&*settings.bucket, &*settings.region), ("media", "auto"));
        assert_eq!(settings.prefix.as_deref(), Some("posts/2026"));
        assert_eq!(settings.endpoint.map(Url::into), Some("https://minio.example/".to_owned()));
        assert_eq!(settings.access_key_id, "AK");
        assert_eq!(settings.secret_access_key.expose_secret(), "a/b+c");
        let bare = S3Settings::from_url("s3://AK:SK@media").unwrap();
        assert_eq!((&*bare.region, bare.prefix, bare.endpoint), ("us-east-1", None, None));
    }

    #[test]
    fn what_is_wrong_is_said_without_the_secret() {
        for address in [
            "media",
            "https://AK:hidden@media",
            "s3://AK@media",
            "s3://AK:hidden@media?zone=a",
            "s3://AK:hidden@media?endpoint=nowhere",
        ] {
            let error = S3Settings::from_url(address).unwrap_err();
            let told = format!("{error} {error:?}");
            assert!(told.contains("s3://KEY:SECRET@bucket") && !told.contains("hidden"), "{told}");
        }
    }
}

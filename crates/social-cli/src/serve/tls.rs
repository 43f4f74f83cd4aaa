//! TLS by rustls: the certificate, and taking a new one while the server runs.

use std::fs;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use social::core::ports::{Clock as _, SystemClock};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::file::TlsFiles;
use crate::failure::Failure;

/// The server's side of TLS.
pub(super) struct Tls {
    files: TlsFiles,
    shown: Arc<Shown>,
    acceptor: TlsAcceptor,
}

/// What is shown to clients now, and of when its files are.
#[derive(Debug)]
struct Shown(RwLock<(Arc<CertifiedKey>, Changed)>);

/// When the two files were last changed.
type Changed = [Option<SystemTime>; 2];

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).0.clone())
    }
}

impl Tls {
    /// Reads the files; what is wrong with them is said before anything is served.
    pub(super) fn load(files: TlsFiles) -> Result<Arc<Self>, Failure> {
        let changed = changed(&files);
        let key = read(&files).map_err(|why| Failure::input(format!("tls: {why}")))?;
        let shown = Arc::new(Shown(RwLock::new((Arc::new(key), changed))));
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .map_err(|error| Failure::later(format!("tls: {error}")))?
                .with_no_client_auth()
                .with_cert_resolver(shown.clone());
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(Self { files, shown, acceptor: TlsAcceptor::from(Arc::new(config)) }))
    }

    /// Shakes hands.
    pub(super) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
    ) -> std::io::Result<TlsStream<S>> {
        self.acceptor.accept(stream).await
    }

    /// Takes the files anew where they changed, or where it was `told` to. With bad ones the old
    /// certificate stays.
    pub(super) fn refresh(&self, told: bool) {
        let now = changed(&self.files);
        let known = self.shown.0.read().unwrap_or_else(PoisonError::into_inner).1;
        if !told && now == known {
            return;
        }
        let read = read(&self.files);
        let mut shown = self.shown.0.write().unwrap_or_else(PoisonError::into_inner);
        shown.1 = now;
        match read {
            Ok(key) => {
                shown.0 = Arc::new(key);
                tracing::info!("the certificate was read anew");
            }
            Err(why) => tracing::error!(why, "the old certificate stays"),
        }
    }
}

fn changed(files: &TlsFiles) -> Changed {
    [&files.cert, &files.key].map(|path| fs::metadata(path).and_then(|file| file.modified()).ok())
}

fn read(files: &TlsFiles) -> Result<CertifiedKey, String> {
    let (cert, key) = (files.cert.display(), files.key.display());
    let chain = CertificateDer::pem_file_iter(&files.cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| format!("the certificate {cert} cannot be read: {error}"))?;
    let Some(first) = chain.first() else {
        return Err(format!("there is no certificate in {cert}"));
    };
    let (_, parsed) = X509Certificate::from_der(first)
        .map_err(|error| format!("the certificate {cert} cannot be read: {error}"))?;
    let until = parsed.validity().not_after;
    if until.timestamp() <= SystemClock::new().now().as_secs() {
        return Err(format!("the certificate {cert} ended on {until}: renew it"));
    }
    let secret = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| format!("the key {key} cannot be read: {error}"))?;
    CertifiedKey::from_der(chain, secret, &aws_lc_rs::default_provider())
        .map_err(|error| format!("the key {key} does not go with the certificate {cert}: {error}"))
}

//! Spans to a collector, by OpenTelemetry's OTLP over HTTP: off unless the configuration names one,
//! and only in a build with the feature `otel`.

#[cfg(feature = "otel")]
pub(crate) use on::Traces;

#[cfg(feature = "otel")]
mod on {
    use std::sync::Arc;

    use bytes::Bytes;
    use http::{Request, Response};
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_http::{HttpClient, HttpError};
    use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
    use opentelemetry_sdk::Resource;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use social::core::ports::{Body, Transport};
    use social::platforms::transport::ReqwestTransport;
    use tokio::runtime::Handle;
    use tracing::level_filters::LevelFilter;
    use tracing_subscriber::registry::LookupSpan;
    use tracing_subscriber::{Layer, filter};
    use url::Url;

    use crate::failure::Failure;

    /// Where spans go.
    #[derive(Default)]
    pub(crate) struct Traces(Option<SdkTracerProvider>);

    impl Traces {
        /// Sends spans to the collector at `endpoint`, such as `http://127.0.0.1:4318/v1/traces`.
        pub(crate) fn to(endpoint: Option<&Url>) -> Result<Self, Failure> {
            let Some(endpoint) = endpoint else { return Ok(Self::default()) };
            let transport = ReqwestTransport::builder()
                .build()
                .map_err(|error| Failure::later(error.to_string()))?;
            let way = Way { transport: Arc::new(transport), runtime: Handle::current() };
            let exporter = SpanExporter::builder()
                .with_http()
                .with_http_client(way)
                .with_protocol(Protocol::HttpBinary)
                .with_endpoint(endpoint.as_str())
                .build()
                .map_err(|error| Failure::input(format!("otel: {error}")))?;
            let resource = Resource::builder().with_service_name("social").build();
            let provider = SdkTracerProvider::builder()
                .with_batch_exporter(exporter)
                .with_resource(resource)
                .build();
            Ok(Self(Some(provider)))
        }

        /// What hears of spans: of info and above, of ours alone.
        pub(crate) fn layer<S>(&self) -> Option<impl Layer<S> + use<S>>
        where
            S: tracing::Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
        {
            let provider = self.0.as_ref()?;
            let ours = filter::Targets::new().with_target("social", LevelFilter::INFO);
            let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("social"));
            Some(spans.with_filter(ours))
        }

        /// Sends what is left.
        pub(crate) async fn end(self) {
            let Some(provider) = self.0 else { return };
            // It blocks until the last batch has left.
            let ended = tokio::task::spawn_blocking(move || provider.shutdown()).await;
            if let Ok(Err(error)) = ended {
                tracing::warn!(%error, "the last spans were not taken");
            }
        }
    }

    /// The engine's own way to the network. The exporter's thread has no runtime; this one's does it.
    #[derive(Debug)]
    struct Way {
        transport: Arc<dyn Transport>,
        runtime: Handle,
    }

    #[async_trait::async_trait]
    impl HttpClient for Way {
        async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
            let transport = self.transport.clone();
            let send = async move { transport.send(request.map(Body::from)).await };
            Ok(self.runtime.spawn(send).await??)
        }
    }
}

#[cfg(not(feature = "otel"))]
pub(crate) use off::Traces;

#[cfg(not(feature = "otel"))]
mod off {
    use tracing_subscriber::Layer;
    use tracing_subscriber::layer::Identity;
    use url::Url;

    use crate::failure::Failure;

    /// Where spans would go.
    #[derive(Default)]
    pub(crate) struct Traces;

    impl Traces {
        pub(crate) fn to(endpoint: Option<&Url>) -> Result<Self, Failure> {
            match endpoint {
                None => Ok(Self),
                Some(_) => Err(Failure::input(
                    "`otel` is configured, and this build has no OpenTelemetry: build it with the \
                     feature `otel`, or leave the table out",
                )),
            }
        }

        pub(crate) fn layer<S: tracing::Subscriber>(&self) -> Option<impl Layer<S> + use<S>> {
            None::<Identity>
        }

        pub(crate) async fn end(self) {}
    }
}

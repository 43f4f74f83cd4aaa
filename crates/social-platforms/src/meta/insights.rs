//! Rows of numbers as the Graph writes them.
//!
//! Meta, "Instagram media insights" and "Page insights".

use serde::Deserialize;
use serde_json::Value;
use social_core::PlatformError;
use social_core::flow::Effect;
use social_core::ports::{Request, Response};

use super::endpoints::List;
use super::graph::Graph;
use crate::endpoint::Endpoint;

/// One number by its name.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    #[serde(default)]
    values: Vec<Entry>,
    total_value: Option<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    #[serde(default)]
    value: Value,
}

impl Row {
    /// Its value as it was given: of several, the last.
    pub(crate) fn value(&self) -> Option<&Value> {
        let entry = self.total_value.as_ref().or(self.values.last())?;
        Some(&entry.value)
    }

    /// Its value as one number: of several kinds, their sum.
    pub(crate) fn number(&self) -> Option<u64> {
        match self.value()? {
            Value::Object(kinds) => Some(kinds.values().filter_map(Value::as_u64).sum()),
            value => value.as_u64(),
        }
    }
}

/// `GET /{id}/insights`.
#[derive(Debug)]
pub(crate) struct Insights<'a> {
    pub(crate) id: &'a str,
    pub(crate) metrics: &'a str,
    pub(crate) period: Option<&'a str>,
}

impl Endpoint<Graph<'_>> for Insights<'_> {
    type Output = Vec<Row>;
    const OPERATION: &'static str = "meta.insights";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let path = format!("{}/insights", self.id);
        let mut build = graph.build(http::Method::GET, &path).query("metric", self.metrics);
        if let Some(period) = self.period {
            build = build.query("period", period);
        }
        build.finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Vec<Row>, PlatformError> {
        graph.read::<List<Row>>(self.effect(), response).map(|list| list.data)
    }
}

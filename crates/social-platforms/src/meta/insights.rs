//! Rows of numbers as the Graph writes them.
//!
//! Meta, "Instagram media insights" and "Page insights".

use serde::Deserialize;
use serde_json::Value;
use social_core::PlatformError;
use social_core::domain::TimeSpan;
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
    /// All its values, as they were given.
    pub(crate) fn all(&self) -> Value {
        match &self.total_value {
            Some(entry) => entry.value.clone(),
            None => self.values.iter().map(|entry| entry.value.clone()).collect(),
        }
    }

    /// Its values of one day each, added up.
    pub(crate) fn sum(&self) -> Option<u64> {
        let numbers = || self.values.iter().map(|entry| number(&entry.value));
        match &self.total_value {
            Some(entry) => number(&entry.value),
            None if self.values.is_empty() => None,
            None => numbers().sum(),
        }
    }

    /// Its value as it was given: of several, the last.
    pub(crate) fn value(&self) -> Option<&Value> {
        let entry = self.total_value.as_ref().or(self.values.last())?;
        Some(&entry.value)
    }

    /// Its value as one number: of several kinds, their sum.
    pub(crate) fn number(&self) -> Option<u64> {
        number(self.value()?)
    }
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Object(kinds) => Some(kinds.values().filter_map(Value::as_u64).sum()),
        value => value.as_u64(),
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

/// `GET /{account}/insights` over a time.
#[derive(Debug)]
pub(crate) struct AccountInsights<'a> {
    pub(crate) id: &'a str,
    pub(crate) metrics: &'a str,
    /// `day`, `week` or `days_28`.
    pub(crate) period: &'a str,
    /// Instagram gives one number for the whole time where it is asked for that.
    pub(crate) total: bool,
    pub(crate) span: TimeSpan,
}

impl Endpoint<Graph<'_>> for AccountInsights<'_> {
    type Output = Vec<Row>;
    const OPERATION: &'static str = "meta.account_insights";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let path = format!("{}/insights", self.id);
        let mut build = graph
            .build(http::Method::GET, &path)
            .query("metric", self.metrics)
            .query("period", self.period)
            .query("since", &self.span.from.as_secs().to_string())
            .query("until", &self.span.to.as_secs().to_string());
        if self.total {
            build = build.query("metric_type", "total_value");
        }
        build.finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Vec<Row>, PlatformError> {
        graph.read::<List<Row>>(self.effect(), response).map(|list| list.data)
    }
}

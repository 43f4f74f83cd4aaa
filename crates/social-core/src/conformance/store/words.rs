//! Voices and experiments.

use std::sync::Arc;

use super::super::samples::{Samples, at};
use super::{assert_conflict, begin, unit};
use crate::domain::{Experiment, ExperimentId, Goal, PostId, Trial, Voice, WorkspaceId};
use crate::ports::{JobQueue, Store};
use crate::statistics::experiment::Variant;

fn experiment(samples: &Samples, ws: WorkspaceId) -> Experiment {
    Experiment {
        id: ExperimentId::from_uuid(samples.uuid()),
        workspace_id: ws,
        name: "With a question \u{2615}".to_owned(),
        goal: Goal::Clicks,
        seed: u64::MAX,
        created_at: at(4),
    }
}

fn trial(samples: &Samples, place: u32) -> Trial {
    Trial { post_id: PostId::from_uuid(samples.uuid()), place, variant: Variant::B }
}

/// How a workspace sounds is set and set again, each for itself.
pub async fn a_voice_is_replaced(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let first = Voice { avoid: vec!["cheap".to_owned()], ..Voice::default() };
    let second = Voice { max_emoji: Some(1), language: Some("de".to_owned()), ..first.clone() };
    unit!(&store, unit => {
        assert_eq!(unit.words().voice(ws).await.expect("voice"), None);
        unit.words().put_voice(ws, &first).await.expect("put");
        unit.words().put_voice(ws, &second).await.expect("put again");
    });
    unit!(&store, unit => {
        assert_eq!(unit.words().voice(ws).await.expect("voice"), Some(second));
        assert_eq!(unit.words().voice(other).await.expect("voice"), None);
    });
}

/// An experiment is kept with its posts in their order; a place and a post are taken once.
pub async fn an_experiment_has_each_post_once(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let mine = experiment(&samples, ws);
    let (second, first) = (trial(&samples, 1), trial(&samples, 0));
    unit!(&store, unit => {
        unit.words().insert_experiment(&mine).await.expect("insert");
        for trial in [&second, &first] {
            unit.words().add_trial(ws, mine.id, trial).await.expect("add");
        }
    });
    unit!(&store, unit => {
        let id = mine.id;
        assert_eq!(unit.words().experiment(ws, id).await.expect("get"), Some(mine.clone()));
        assert_eq!(unit.words().experiments(ws).await.expect("list"), std::slice::from_ref(&mine));
        assert_eq!(unit.words().trials(ws, id).await.expect("trials"), [first, second]);
        assert_eq!(unit.words().experiment(other, id).await.expect("get"), None);
        assert_eq!(unit.words().experiments(other).await.expect("list"), []);
        assert_eq!(unit.words().trials(other, id).await.expect("trials"), []);
    });
    for taken in [trial(&samples, 1), Trial { place: 2, ..first }] {
        let mut unit = begin(&store).await;
        let again = unit.words().add_trial(ws, mine.id, &taken).await;
        assert_conflict(again, "a place or post that is taken");
    }
}

//! Who has how many of a worker's places, so that nobody has them all.

use std::collections::BTreeMap;

use crate::domain::{LeasedJob, Platform, WorkspaceId};

/// Whose job it is, and where it goes.
pub(super) type Owner = (WorkspaceId, Option<Platform>);

/// The jobs of lanes that are under way.
#[derive(Debug, Default)]
pub(super) struct Busy {
    workspaces: BTreeMap<WorkspaceId, usize>,
    platforms: BTreeMap<Platform, usize>,
}

impl Busy {
    /// Whose place a job takes; those that nobody waits for count for nobody.
    pub(super) fn owner(job: &LeasedJob) -> Option<Owner> {
        job.lane.map(|_| (job.workspace_id, job.platform.clone()))
    }

    pub(super) fn begin(&mut self, owner: Option<&Owner>) {
        let Some((workspace, platform)) = owner else { return };
        *self.workspaces.entry(*workspace).or_default() += 1;
        if let Some(platform) = platform {
            *self.platforms.entry(platform.clone()).or_default() += 1;
        }
    }

    pub(super) fn end(&mut self, owner: Option<&Owner>) {
        let Some((workspace, platform)) = owner else { return };
        take(&mut self.workspaces, workspace);
        if let Some(platform) = platform {
            take(&mut self.platforms, platform);
        }
    }

    /// Workspaces with half of all places or more: others go first.
    pub(super) fn greedy(&self, places: usize) -> Vec<WorkspaceId> {
        at_least(&self.workspaces, places.div_ceil(2))
    }

    /// How many jobs may begin before any network that is not full has more than `each`.
    pub(super) fn room(&self, each: usize) -> usize {
        let most = self.platforms.values().filter(|count| **count < each).max();
        each - most.copied().unwrap_or(0)
    }

    /// Networks with as much as they are to have at once.
    pub(super) fn full(&self, each: usize) -> Vec<Platform> {
        at_least(&self.platforms, each)
    }
}

fn take<K: Ord>(counts: &mut BTreeMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

fn at_least<K: Ord + Clone>(counts: &BTreeMap<K, usize>, least: usize) -> Vec<K> {
    counts.iter().filter(|(_, count)| **count >= least).map(|(key, _)| key.clone()).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn whoever_has_much_gives_way() {
        let workspace = |number| WorkspaceId::from_uuid(Uuid::from_u128(number));
        let owner = |number, platform| Some((workspace(number), Some(platform)));
        let mut busy = Busy::default();
        assert_eq!((busy.greedy(8), busy.full(3), busy.room(3)), (vec![], vec![], 3));
        for _ in 0..3 {
            busy.begin(owner(1, Platform::TIKTOK).as_ref());
        }
        busy.begin(owner(1, Platform::FACEBOOK).as_ref());
        busy.begin(owner(2, Platform::FACEBOOK).as_ref());
        busy.begin(None);
        assert_eq!(busy.greedy(8), [workspace(1)]);
        assert_eq!((busy.full(3), busy.room(3)), (vec![Platform::TIKTOK], 1));
        busy.end(owner(1, Platform::TIKTOK).as_ref());
        busy.end(None);
        assert_eq!((busy.greedy(8), busy.full(3), busy.room(3)), (vec![], vec![], 1));
    }
}

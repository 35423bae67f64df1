//! Final states that are no memories, beside those that they mix.

use super::{Memories, counted};
use crate::dynamics::ObservableKind;
use crate::dynamics::binary::States;
use crate::error::{Error, Result};
use crate::pattern::{StateOverlap, pack};
use crate::plot::Picture;
use crate::plot::memory::{Appearance, Frame, Mixture, Parent, Recall, family, strip};
use crate::recording::Part;
use std::collections::BTreeMap;

/// Most final states (of words one), and most parents of each.
const STATES: usize = 4;
const PARENTS: usize = 5;
/// A parent has at least this overlap in magnitude.
const LEAST: f64 = 0.2;

impl Memories<'_> {
    /// The final state of a part; or those of all trials and epochs that are no memories, the most frequent first.
    pub fn spurious(&self, part: Option<Part>) -> Result<Picture> {
        if self.recording.observable() == ObservableKind::Graded {
            return Err(Error::file(
                self.recording.path(),
                "found graded activity, of which final states are not told apart",
                "choose another picture, for example --as strip",
            ));
        }
        if let Some(part) = part {
            let title = self.subject(part).title;
            let looks = self.looks(part)?;
            let Some(state) = looks.states.last() else { return Err(self.nothing_spurious()) };
            let state = state.iter().map(|&x| x > 0.0).collect();
            return Ok(self.family(&title, &[(state, "final state".to_owned())]));
        }
        let (trials, mut found) = (self.trials()?, Vec::new());
        // By state, in how many trials, and which was the first.
        let mut ends: BTreeMap<Vec<bool>, (usize, usize)> = BTreeMap::new();
        for trial in &trials {
            if let Some(end) = self.spurious_end(Part::Recall(trial))? {
                ends.entry(end).or_insert((0, trial.number)).0 += 1;
            }
        }
        let mut ends: Vec<_> = ends.into_iter().collect();
        ends.sort_by_key(|(_, (number, first))| (usize::MAX - number, *first));
        for epoch in &self.protocol {
            if let Some(end) = self.spurious_end(Part::Epoch(epoch))?
                && found.iter().all(|(state, _)| *state != end)
            {
                found.push((end, format!("end of {}", epoch.name)));
            }
        }
        let in_trials =
            |(state, (number, _)): (Vec<bool>, (usize, usize))| (state, counted(number, "trial"));
        found.extend(ends.into_iter().map(in_trials));
        if found.is_empty() {
            return Err(self.nothing_spurious());
        }
        let most = if self.source.text(&[]).is_some() { 1 } else { STATES };
        let title = match (found.len(), most) {
            (1, _) => "Spurious state".to_owned(),
            (n, most) if n > most => format!("{most} of {n} spurious states"),
            (n, _) => format!("{n} spurious states"),
        };
        found.truncate(most);
        Ok(self.family(&title, &found))
    }

    /// The final state of a part, unless it is a memory or the inverse of one, or still changes.
    fn spurious_end(&self, part: Part) -> Result<Option<Vec<bool>>> {
        let looks = part.looks(self.recording)?;
        let last = looks.end.saturating_sub(2).max(looks.start)..looks.end;
        let samples = self.recording.states_within(&self.holder, last)?;
        let samples = samples.ok_or_else(|| self.without_states())?;
        if samples.time.len() < 2 || samples.row(0) != samples.row(1) {
            return Ok(None);
        }
        let state: Vec<bool> = samples.row(1).iter().map(|&s| s != 0).collect();
        let overlap = StateOverlap::new(&self.patterns);
        let packed = pack(&state);
        let known = (0..self.patterns.number()).any(|mu| {
            let errors = overlap.errors(mu, &packed) as usize;
            errors == 0 || errors == state.len()
        });
        Ok((!known).then_some(state))
    }

    fn nothing_spurious(&self) -> Error {
        Error::file(
            self.recording.path(),
            "found no end in a fixed point that is neither a memory nor its inverse",
            "choose what is shown with --trial N or --epoch NAME",
        )
    }

    fn family(&self, what: &str, states: &[(Vec<bool>, String)]) -> Picture {
        let mut network = self.is_whole().then(|| self.network().ok()).flatten();
        let overlap = StateOverlap::new(&self.patterns);
        let mut mixture = |(state, label): &(Vec<bool>, String)| {
            let mut m = Vec::new();
            overlap.m(&pack(state), &mut m);
            let energy = network.as_mut().and_then(|network| {
                self.put(&mut **network, state);
                network.observable().energy()
            });
            let caption = energy.map_or(String::new(), |energy| match energy {
                e if e < 0.0 => format!("E = −{}", short(-e)),
                e => format!("E = {}", short(e)),
            });
            let mut order: Vec<usize> = (0..m.len()).collect();
            order.sort_by(|&a, &b| m[b].abs().total_cmp(&m[a].abs()));
            let large = order.iter().filter(|&&mu| m[mu].abs() >= LEAST).count().max(2);
            let parent = |&mu: &usize| self.parent(mu, m[mu]);
            let parents = order.iter().take(large.min(PARENTS)).map(parent).collect();
            let frame = Frame { label: label.clone(), caption, state: self.appearance_of(state) };
            Mixture { frame, parents }
        };
        let mixtures: Vec<Mixture> = states.iter().map(&mut mixture).collect();
        if let [Mixture { frame: Frame { state: Appearance::Word(_), .. }, .. }, ..] = mixtures[..]
        {
            return self.words(what, &mixtures[0]);
        }
        family(&self.title(what), &mixtures, self.shape())
    }
}

impl Memories<'_> {
    /// A mixture of words below those that it mixes, in which letters that are not its own are marked.
    fn words(&self, what: &str, mixture: &Mixture) -> Picture {
        let frame = |parent: &Parent| Frame {
            label: String::new(),
            caption: format!("m = {:.2}", parent.overlap).replace('-', "−"),
            state: parent.state.clone(),
        };
        strip(&Recall {
            title: self.title(what),
            frames: mixture.parents.iter().map(frame).collect(),
            target: Some(mixture.frame.clone()),
            marked: true,
            ..Recall::default()
        })
    }

    /// A memory with the overlap `m`, or its inverse, which a network of -1 and +1 remembers as well.
    fn parent(&self, mu: usize, m: f64) -> Parent {
        let (name, state) = (self.name(mu), self.pattern(mu));
        if m < 0.0
            && self.law.as_ref().is_some_and(|law| law.states == States::PlusMinus)
            && let Appearance::Neurons(values) = &state
        {
            let state = Appearance::Neurons(values.iter().map(|v| -v).collect());
            return Parent { label: format!("inverse of {name}"), state, overlap: -m };
        }
        Parent { label: name, state, overlap: m }
    }
}

/// A positive number with as many decimals as can be read.
fn short(value: f64) -> String {
    match value {
        v if v == v.round() => format!("{v:.0}"),
        v if v < 10.0 => format!("{v:.3}"),
        v => format!("{v:.1}"),
    }
}

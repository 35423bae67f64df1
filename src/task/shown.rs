//! What a pattern that trials show must be like so that it can be shown.

use super::check::{share, some};
use super::{Intensities, Levels, Shown};
use crate::error::Result;
use crate::protocol::{Amount, Intensity, Stage, Stimulus};

impl Shown {
    /// Refuses what a protocol would refuse of a stimulus that is shown like this, in the shortest and in the longest trial.
    pub(super) fn check(&self, stimulus: Stimulus, stage: Stage) -> Result<()> {
        for (key, levels) in [("left_out", &self.left_out), ("replaced", &self.replaced)] {
            let Some(levels) = levels else { continue };
            some(levels, key)?;
            levels
                .0
                .iter()
                .try_for_each(|&level| share(level, key, "a share of the foreground"))?;
        }
        let most = |levels: &Option<Levels<f64>>| {
            levels.iter().flat_map(|l| &l.0).copied().fold(0.0, f64::max)
        };
        let (left_out, replaced) = (most(&self.left_out), most(&self.replaced));
        let stimulus = Stimulus {
            left_out: self.left_out.is_some().then_some(left_out),
            replaced: self.replaced.is_some().then_some(replaced),
            poisson: first_strength(&self.poisson, "poisson")?,
            current: first_strength(&self.current, "current")?,
            ..stimulus
        };
        stimulus.check(stage)?;
        for duration in [self.duration.shortest(), self.duration.longest()] {
            stimulus.check_courses(duration.value(), stage.nature)?;
        }
        Ok(())
    }
}

/// The strength that one trial gets.
fn first_strength<V: Amount>(
    strength: &Option<Intensities<V>>,
    key: &str,
) -> Result<Option<Intensity<V>>> {
    if let Some(Intensities::Levels(levels)) = strength {
        some(levels, key)?;
    }
    Ok(strength.as_ref().map(|strength| strength.of_trial(|levels| levels.0[0])))
}

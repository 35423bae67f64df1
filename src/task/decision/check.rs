//! What a decision must be so that it can run.

use super::{Decided, DecisionTask, Evidence, Fluctuating};
use crate::error::{Error, Result, counted};
use crate::protocol::{Amount, MOST_STEPS, Stage};
use crate::task::Trial;
use crate::task::check::{check_trials, share, some, within};

impl DecisionTask {
    /// Refuses choices that are none, and evidence that cannot be shown.
    pub(in crate::task) fn check(&self, stage: Stage) -> Result<()> {
        check_trials(self.trials)?;
        let like = self.as_match();
        if self.choices.len() < 2 {
            return Err(Error::input(
                format!("found {}", counted(self.choices.len(), "choice")),
                "a decision is between at least two patterns",
                "write for example choices = [1, 2]",
            )
            .at("choices"));
        }
        like.check_patterns(stage, "choices")?;
        for (key, time) in [("before", self.before), ("after", self.after)] {
            time.positive_or_zero("a duration").map_err(|e| e.at(key))?;
        }
        self.stimulus.check().map_err(|e| e.within("stimulus"))?;
        // As it is at any coherence.
        let evidence = self.evidence(&Trial::default());
        for stimulus in &evidence {
            stimulus.check(stage).map_err(|e| e.within("stimulus"))?;
        }
        if evidence.is_empty() {
            return Err(Error::input(
                "found evidence without strength",
                "it is a Poisson rate or a current, with a mean",
                "write for example poisson = { mean = \"40 Hz\", sd = \"4 Hz\" }",
            )
            .at("stimulus"));
        }
        if let Some(reset) = &self.reset {
            like.check_reset(reset, stage, "the time after the stimulus", "after")
                .map_err(|e| e.within("reset"))?;
        }
        let Decided { above, window } = &self.decided;
        above.positive("a bound").map_err(|e| e.at("decided.above"))?;
        within(*window, &self.stimulus.duration, "stimulus").map_err(|e| e.at("decided.window"))
    }
}

impl Evidence {
    fn check(&self) -> Result<()> {
        some(&self.duration, "duration")?;
        self.duration.shortest().positive("a stimulus").map_err(|e| e.at("duration"))?;
        some(&self.coherence, "coherence")?;
        self.coherence.0.iter().try_for_each(|&c| share(c, "coherence", "a coherence"))?;
        let most = 1.0 + self.coherence.0.iter().copied().fold(0.0, f64::max);
        if let Some(every) = self.every {
            within(every, &self.duration, "stimulus").map_err(|e| e.at("every"))?;
            if self.duration.longest().value() / every.value() > MOST_STEPS {
                return Err(Error::input(
                    format!("found steps of {every} in a stimulus of {}", self.duration.longest()),
                    format!("it has at most {MOST_STEPS} steps"),
                    "make the steps longer",
                )
                .at("every"));
            }
        }
        let is_constant = self.every.is_none();
        let poisson = self.poisson.iter().try_for_each(|poisson| poisson.check(most, is_constant));
        poisson.map_err(|e| e.within("poisson"))?;
        let current = self.current.iter().try_for_each(|current| current.check(most, is_constant));
        current.map_err(|e| e.within("current"))
    }
}

impl<V: Amount> Fluctuating<V> {
    /// Refuses a strength that cannot be multiplied by `most`, or that fluctuates where it `is_constant`.
    fn check(&self, most: f64, is_constant: bool) -> Result<()> {
        let Self { mean, sd } = self;
        if mean.value() <= 0.0 {
            return Err(Error::input(
                format!("found a mean of {mean}"),
                "evidence is positive, so that the favoured choice gets more of it than the others",
                format!("write for example mean = \"{}\"", V::of(2.0)),
            )
            .at("mean"));
        }
        if sd.value() < 0.0 {
            return Err(Error::input(
                format!("found a standard deviation of {sd}"),
                "a standard deviation is not negative",
                "delete its sign",
            )
            .at("sd"));
        }
        let (strongest, limit) = (V::of(most * mean.value()), V::of(V::LIMITS[1]));
        if strongest.value().abs() > limit.value() {
            return Err(Error::input(
                format!("found a mean that coherence raises to {strongest}"),
                format!("that is at most {limit}"),
                "make it smaller",
            )
            .at("mean"));
        }
        if is_constant && sd.value() != 0.0 {
            return Err(Error::input(
                format!("found a standard deviation of {sd} without steps"),
                "the evidence is drawn anew in every step",
                "add every = \"50 ms\" to the stimulus, or leave sd out",
            )
            .at("sd"));
        }
        Ok(())
    }
}

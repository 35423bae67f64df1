//! Expectations that nothing can meet or fail, because the protocol leaves no window for them.

use super::expect::Expect;
use super::retrieval::cues;
use crate::error::Warning;
use crate::protocol::EpochShown;

impl Expect {
    /// What is expected of windows of which there is none in the `protocol`; `holders` are the populations with patterns.
    pub(crate) fn not_judged(
        &self,
        holders: &[String],
        protocol: &[EpochShown],
    ) -> Option<Warning> {
        let criterion = self.criterion();
        let window = criterion.window;
        if self.retrieval.is_some() {
            let of = |name: &String| cues(protocol, name, holders);
            let short = holders.iter().flat_map(of).filter(|cue| !criterion.judges(cue));
            let first = Warning::first_of(short.map(|cue| {
                Warning::new(
                    "retrieval",
                    format!(
                        "found no window of {window} ms in which the cue at {} ms is judged",
                        cue.onset
                    ),
                    format!(
                        "it is judged from {} ms after its onset until something else is shown at {} ms",
                        criterion.within, cue.until
                    ),
                    "make the delay longer, or cued_within or window shorter",
                )
            }));
            if first.is_some() {
                return first;
            }
        }
        let before = protocol.iter().find(|epoch| !epoch.show.is_empty()).or(protocol.last())?;
        let free = if before.show.is_empty() { before.end } else { before.start };
        (self.spontaneous.is_some() && !holders.is_empty() && free < window).then(|| {
            Warning::new(
                "spontaneous",
                format!("found {free} ms before the first stimulus"),
                format!("spontaneous activity is judged in windows of {window} ms"),
                "make the first epoch longer, or the window of [expect.retrieval] shorter",
            )
        })
    }
}

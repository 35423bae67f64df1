//! What is drawn of a recording, or of the table of a sweep: the only place where these meet `plot`.
//!
//! A recording has an [`overview()`], the geometry of its activity and, of a binary network, pictures of its memories: its [`View`]s. Analyses of a
//! [session](trials) of trials have figures beside tables, and so has a column of the table of a [`sweep`]. Of a model
//! there are figures of its mean-field [`theory`].

mod analyzed;
mod assemblies;
mod bump;
mod choices;
mod courses;
mod geometry;
mod load;
mod memory;
mod overview;
mod responses;
mod single;
pub mod states;
pub mod sweep;
pub mod theory;
mod tours;
pub mod trials;

pub use crate::plot::chart::Figure;
pub use crate::plot::{Animation, Drawing, Picture};
pub use analyzed::{Analyzed, Wanted};
pub use overview::{Beside, overview, with_potentials};
pub use single::Named;

use crate::error::{Error, Place, Result, suggest};
use crate::protocol::EpochShown;
use crate::recording::{Part, Recording};
use crate::task::{RecallTrial, TourTrial, Trial};
use memory::Memories;
use overview::Beneath;
use tours::Salesman;

/// What is shown of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Activity, rates, overlaps and energy against time.
    Overview,
    /// The same with membrane potentials.
    Potentials,
    /// The same with the activity of some neurons.
    Neurons,
    /// Activity on its principal components.
    Components,
    /// The place of a bump.
    Bump,
    /// Which assemblies are active when.
    Assemblies,
    /// A recall, frame by frame.
    Strip,
    /// Energies against time.
    Energy,
    /// Final states that are no memories.
    Spurious,
    /// Couplings after one pattern, two patterns, ..., or of a travelling salesman.
    Matrices,
    /// The energy between two memories, or over a plane.
    Landscape,
    /// A recall that moves.
    Animation,
    /// Couplings that move while patterns are learned.
    Learning,
    /// Rates and Fano factors around a repeated stimulus.
    Variability,
    /// Items that are held together against their number.
    Load,
    /// Decisions against the coherence of the evidence.
    Psychometric,
    /// What random courses came to.
    Courses,
    /// Tours of a travelling salesman.
    Tours,
}

impl View {
    /// All of them; the first is the usual one.
    pub const ALL: [Self; 18] = [
        Self::Overview,
        Self::Potentials,
        Self::Neurons,
        Self::Components,
        Self::Bump,
        Self::Assemblies,
        Self::Strip,
        Self::Energy,
        Self::Spurious,
        Self::Matrices,
        Self::Landscape,
        Self::Animation,
        Self::Learning,
        Self::Variability,
        Self::Load,
        Self::Psychometric,
        Self::Courses,
        Self::Tours,
    ];

    /// Its name, and what it shows.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Overview => ("overview", "Activity, rates, overlaps and energy against time"),
            Self::Potentials => {
                ("potentials", "The overview with membrane potentials, where they were recorded")
            }
            Self::Neurons => (
                "neurons",
                "The overview with the activity of single neurons, where it was recorded",
            ),
            Self::Components => (
                "components",
                "Delays on the principal components of activity, and their variances",
            ),
            Self::Bump => ("bump", "Where on its ring a population is active, against time"),
            Self::Assemblies => (
                "assemblies",
                "When assemblies are active, how many at once, for how long, and what follows",
            ),
            Self::Variability => {
                ("variability", "Rates and Fano factors across trials around a repeated stimulus")
            }
            Self::Load => {
                ("load", "How many of several items are held, against how many were shown")
            }
            Self::Psychometric => (
                "psychometric",
                "How often decisions are right, and how long they take, against the coherence of the evidence",
            ),
            Self::Courses => {
                ("courses", "What random courses in time came to, where that was recorded")
            }
            Self::Tours => ("tours", "Tours of a travelling salesman, and how often it found them"),
            Self::Strip => ("strip", "A recall of a binary network, frame by frame"),
            Self::Energy => ("energy", "Energies of its trials, or of its protocol, against time"),
            Self::Spurious => {
                ("spurious", "Its final states that are no memories, beside those that they mix")
            }
            Self::Matrices => ("matrices", "Its couplings after one pattern, two patterns, ..."),
            Self::Landscape => (
                "landscape",
                "The energy between two of its memories, or over the plane of two neurons",
            ),
            Self::Animation => ("animation", "A recall that moves (.gif)"),
            Self::Learning => ("learning", "The couplings while patterns are learned (.gif)"),
        }
    }

    /// Whether it moves.
    pub fn moves(self) -> bool {
        matches!(self, Self::Animation | Self::Learning)
    }

    /// Whether the network is learned anew to draw it, which takes long of a large one.
    pub(crate) fn learns(self) -> bool {
        matches!(self, Self::Matrices | Self::Landscape | Self::Learning)
    }

    /// Whether a part of the recording can be chosen.
    fn has_parts(self) -> bool {
        let whole = [Self::Tours, Self::Bump, Self::Variability, Self::Load, Self::Psychometric];
        !self.learns() && !whole.contains(&self)
    }
}

/// Which part of a recording is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// What is usual for the view.
    Usual,
    /// The trial with this number.
    Trial(usize),
    /// The epoch of the protocol with this name.
    Epoch(String),
}

/// A view of what is chosen of a recording.
///
/// # Errors
/// If the recording has no such part, has not what the view needs, or is damaged.
pub fn draw(recording: &Recording, view: View, choice: &Choice) -> Result<Drawing> {
    draw_with(recording, view, choice, &Details::default())
}

/// What a view shows besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// Neurons whose activity is drawn.
    pub neurons: Option<Named>,
    /// Whether 1 - overlap is drawn too, on a logarithmic axis.
    pub missing: bool,
    /// The population whose bump is drawn; the only one on a ring if left out.
    pub population: Option<String>,
}

/// The same, with `details`.
///
/// # Errors
/// Those of [`draw`], and if the recording or the view has no such details.
pub fn draw_with(
    recording: &Recording,
    view: View,
    choice: &Choice,
    details: &Details,
) -> Result<Drawing> {
    details.check(view)?;
    let contents = Contents {
        trials: recording.trials()?.unwrap_or_default(),
        recall: recording.recall_trials()?.unwrap_or_default(),
        tours: recording.tour_trials()?.unwrap_or_default(),
        protocol: recording.protocol()?,
    };
    let part = contents.part(view, choice)?;
    if let Some(salesman) = Salesman::of(recording)? {
        match view {
            View::Tours => return Ok(salesman.tours()?.into()),
            View::Matrices => return Ok(salesman.matrices().into()),
            View::Animation => return Ok(salesman.animation(part)?.into()),
            _ => {}
        }
    }
    let memories = || Memories::of(recording);
    Ok(match view {
        View::Overview | View::Potentials | View::Neurons => {
            let beneath = match view {
                View::Potentials => Beneath::Potentials,
                View::Neurons => Beneath::Neurons(details.neurons.as_ref()),
                _ => Beneath::Nothing,
            };
            let part = part.unwrap_or_else(|| contents.usual());
            overview::panels(recording, part, beneath, details.missing)?.into()
        }
        View::Components => geometry::components(recording, part.unwrap_or(Part::Whole))?.into(),
        View::Bump => bump::draw(recording, details.population.as_ref())?.into(),
        View::Assemblies => {
            assemblies::figure(recording, part.unwrap_or(Part::Whole), None)?.into()
        }
        View::Strip => memories()?.strip(part)?.into(),
        View::Animation => memories()?.animation(part)?.into(),
        View::Energy => memories()?.energies(part)?.into(),
        View::Spurious => memories()?.spurious(part)?.into(),
        View::Matrices => memories()?.matrices()?.into(),
        View::Learning => memories()?.learning()?.into(),
        View::Landscape => memories()?.landscape()?,
        View::Variability => responses::draw(recording)?.into(),
        View::Load => load::draw(recording)?.into(),
        View::Psychometric => choices::draw(recording)?.into(),
        View::Courses => courses::draw(recording, part)?.into(),
        View::Tours => {
            let remedy = "choose another picture, for example --as strip";
            return Err(Error::file(recording.path(), "found no travelling salesman", remedy));
        }
    })
}

impl Details {
    /// Refuses what the view does not show.
    fn check(&self, view: View) -> Result<()> {
        let refuse = |argument: &str, allowed: &str| {
            let found = format!("found it for --as {}", view.words().0);
            let error = Error::input(found, allowed, "leave it out, or choose another view");
            Err(error.placed(Place::Argument(argument.to_owned())))
        };
        if self.neurons.is_some() && view != View::Neurons {
            return refuse("--neurons", "single neurons are drawn with --as neurons");
        }
        if self.population.is_some() && view != View::Bump {
            return refuse("--population", "the bump of one population is drawn with --as bump");
        }
        let overviews = [View::Overview, View::Potentials, View::Neurons];
        if self.missing && !overviews.contains(&view) {
            return refuse("--one-minus-overlap", "it stands below the overlaps of an overview");
        }
        Ok(())
    }
}

/// What of a recording can be chosen.
struct Contents {
    trials: Vec<Trial>,
    recall: Vec<RecallTrial>,
    tours: Vec<TourTrial>,
    protocol: Vec<EpochShown>,
}

impl Contents {
    /// The part that is named, if one is.
    fn part(&self, view: View, choice: &Choice) -> Result<Option<Part<'_>>> {
        let argument = match choice {
            Choice::Usual => return Ok(None),
            Choice::Trial(number) => format!("--trial {number}"),
            Choice::Epoch(name) => format!("--epoch {name}"),
        };
        let refused = |found: &str, allowed: String, remedy: String| {
            Error::input(found, allowed, remedy).placed(Place::Argument(argument.clone()))
        };
        if !view.has_parts() {
            let found = format!("found a part for --as {}", view.words().0);
            let allowed = "it is the same for all of a recording".to_owned();
            return Err(refused(&found, allowed, "leave it out".to_owned()));
        }
        match choice {
            Choice::Usual => Ok(None),
            Choice::Epoch(name) => {
                let found = self.protocol.iter().find(|epoch| epoch.name == *name);
                found.map(|epoch| Some(Part::Epoch(epoch))).ok_or_else(|| {
                    let names = self.protocol.iter().map(|epoch| epoch.name.as_str());
                    let found = "found that the recording has no such epoch";
                    refused(found, suggest(name, names), "write one of its names".to_owned())
                })
            }
            Choice::Trial(number) => {
                let trials = self.trials.iter().map(|trial| (trial.number, Part::Trial(trial)));
                let recall = self.recall.iter().map(|trial| (trial.number, Part::Recall(trial)));
                let tours = self.tours.iter().map(|trial| (trial.number, Part::Tour(trial)));
                let all: Vec<(usize, Part)> = trials.chain(recall).chain(tours).collect();
                let (Some(first), Some(last)) = (all.first(), all.last()) else {
                    let remedy = "leave --trial out".to_owned();
                    return Err(refused("found a recording without trials", String::new(), remedy));
                };
                let found = all.iter().find(|(own, _)| own == number);
                found.map(|(_, part)| Some(*part)).ok_or_else(|| {
                    let remedy = format!("choose one from {} to {}", first.0, last.0);
                    refused("found that the recording has no such trial", String::new(), remedy)
                })
            }
        }
    }

    /// What an overview shows if nothing is named: the first trial, but one that ends at rest only where no protocol stands
    /// before it.
    fn usual(&self) -> Part<'_> {
        let alone = self.protocol.is_empty();
        let recall = self.recall.first().filter(|_| alone).map(Part::Recall);
        let tour = self.tours.first().filter(|_| alone).map(Part::Tour);
        self.trials.first().map(Part::Trial).or(recall).or(tour).unwrap_or(Part::Whole)
    }
}

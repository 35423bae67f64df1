//! What is held for a while: a field, and what changes it in steps.

use super::Driven;
use super::intensity::{Amount, Course};
use crate::dynamics::{Effect, Field};
use crate::random::Seed;
use crate::units::{Rate, Voltage, on_grid};
use std::sync::Arc;

/// A field that is held until a time, and courses that add to it meanwhile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    /// What does not change.
    pub field: Field,
    /// What does.
    pub courses: Vec<Varied>,
    /// Its end, since the episode began, ms or sweeps.
    pub until: f64,
}

/// A course, on the neurons that feel it.
#[derive(Clone, Debug, PartialEq)]
pub struct Varied {
    strength: Strength,
    /// In the numbering of the whole network, ascending for streams of random numbers; and what its value is multiplied by, neuron by
    /// neuron, if that is not 1.
    driven: Driven,
    /// Of its random numbers: "course/EPOCH/STIMULUS/KEY", both counted from 0; number k for step k.
    stream: String,
    /// When its epoch begins, since the episode began, and how long that lasts.
    onset: f64,
    duration: f64,
}

/// What a course is the strength of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Strength {
    Current(Course<Voltage>),
    Poisson(Course<Rate>),
    Local(Course<f64>),
}

/// What is said of the course of a strength, whatever that is.
macro_rules! of_course {
    ($strength:expr, $course:ident => $said:expr) => {
        match $strength {
            Strength::Current($course) => $said,
            Strength::Poisson($course) => $said,
            Strength::Local($course) => $said,
        }
    };
}

/// Where the random numbers of courses come from: from one seed, and for steps that begin at a time or later, from another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chance {
    /// At first.
    pub seed: Seed,
    /// From a time of the network on, ms or sweeps.
    pub later: Option<(f64, Seed)>,
}

/// What is held as time goes on.
#[derive(Debug)]
pub struct Moving<'a> {
    courses: &'a [Varied],
    chance: Chance,
    /// When the episode began, on the clock of the network.
    begin: f64,
    field: Field,
    states: Vec<State>,
    /// When the next step of any course begins.
    next: f64,
}

/// How far a course has come.
#[derive(Debug)]
struct State {
    /// Among the effects of the field.
    place: usize,
    /// Steps that have begun.
    begun: u64,
    /// The values of the last of them, one for all neurons or one for each.
    values: Vec<f64>,
}

impl Chance {
    /// The seed of a step that begins at this time.
    fn at(self, begins: f64) -> Seed {
        let later = self.later.filter(|(from, _)| *from <= begins);
        later.map_or(self.seed, |(_, seed)| seed)
    }

    /// That of trial `number`, so that what is redrawn in it is not what is redrawn in another.
    pub(crate) fn of_trial(self, number: usize) -> Self {
        let of = |seed: Seed| seed.child("course", number as u64);
        Self { seed: of(self.seed), later: self.later.map(|(from, seed)| (from, of(seed))) }
    }
}

impl From<(Field, f64)> for Held {
    /// A field that does not change.
    fn from((field, until): (Field, f64)) -> Self {
        Self { field, courses: Vec::new(), until }
    }
}

impl Held {
    /// Whether the same goes on where both are held: whenever they end.
    pub fn is_the_same(&self, other: &Self) -> bool {
        self.field == other.field && self.courses == other.courses
    }

    /// What is held just before `time`, both on the clock of the network, in an episode that begins at `begin`.
    pub fn before(&self, time: f64, begin: f64, chance: Chance) -> Moving<'_> {
        let mut field = self.field.clone();
        let states = self.courses.iter().map(|course| State {
            place: field.add_each(Arc::clone(&course.driven.neurons), Vec::new()),
            begun: 0,
            values: vec![
                0.0;
                if course.is_independent() { course.driven.neurons.len() } else { 1 }
            ],
        });
        let states = states.collect();
        let (courses, next) = (&self.courses[..], f64::NEG_INFINITY);
        let mut moving = Moving { courses, chance, begin, field, states, next };
        // The first step is there from the onset on.
        moving.go_on(|begins, first| first || begins < time);
        moving
    }
}

impl Moving<'_> {
    /// The field now.
    pub fn field(&self) -> &Field {
        &self.field
    }

    /// When it changes next, on the clock of the network; infinite if it does not.
    pub fn next(&self) -> f64 {
        self.next
    }

    /// Goes on to `time`; whether anything has changed.
    pub fn reach(&mut self, time: f64) -> bool {
        let changes = self.next <= time;
        if changes {
            self.go_on(|begins, _| begins <= time);
        }
        changes
    }

    /// Leaves states alone that neurons were put into for a moment.
    pub fn let_go(&mut self) {
        self.field.let_go();
    }

    /// Begins all steps that are `due`, which is asked of their time, and whether they are the first of a course.
    fn go_on(&mut self, due: impl Fn(f64, bool) -> bool) {
        self.next = f64::INFINITY;
        for (course, state) in self.courses.iter().zip(&mut self.states) {
            let before = state.begun;
            let mut begins = course.begins(before, self.begin);
            while due(begins, state.begun == 0) {
                let after = course.begins(state.begun + 1, self.begin);
                // Steps between are of consequence only where each follows from the one before.
                if course.has_memory() || !due(after, false) {
                    course.go_on(state, self.chance.at(begins));
                }
                state.begun += 1;
                begins = after;
            }
            self.next = self.next.min(begins);
            if state.begun > before {
                self.field.replace(state.place, course.effects(&state.values));
            }
        }
    }
}

impl Varied {
    /// The course of a strength on the neurons that are `driven`, by its epoch, its stimulus and its key; the epoch begins at `onset`
    /// and has a duration.
    pub(super) fn new(
        strength: Strength,
        driven: Driven,
        (epoch, stimulus, key): (usize, usize, &str),
        (onset, duration): (f64, f64),
    ) -> Self {
        let stream = format!("course/{epoch}/{stimulus}/{key}");
        Self { strength, driven, stream, onset, duration }
    }

    /// How many steps it has.
    pub(super) fn steps(&self) -> u64 {
        of_course!(&self.strength, course => course.steps(self.duration))
    }

    /// When each step begins and ends in an episode that begins at `begin`, and what the first `neurons` feel meanwhile, or all
    /// of them if these are one.
    pub(super) fn values(
        &self,
        begin: f64,
        chance: Chance,
        neurons: usize,
    ) -> Vec<([f64; 2], Vec<f64>)> {
        let end = on_grid(begin + (self.onset + self.duration));
        let mut state = State { place: 0, begun: 0, values: vec![0.0; neurons] };
        let mut found = Vec::new();
        for k in 0..self.steps() {
            let begins = self.begins(k, begin);
            self.go_on(&mut state, chance.at(begins));
            state.begun += 1;
            let felt = state.values.iter().map(|value| self.strength.felt(*value)).collect();
            found.push(([begins, self.begins(k + 1, begin).min(end)], felt));
        }
        found
    }

    /// Whether every driven neuron has one of its own.
    pub(super) fn is_independent(&self) -> bool {
        of_course!(&self.strength, course => course.is_independent())
    }

    fn has_memory(&self) -> bool {
        of_course!(&self.strength, course => course.has_memory())
    }

    /// When step `k` begins in an episode that begins at `begin`; never, if there are not so many.
    fn begins(&self, k: u64, begin: f64) -> f64 {
        let every = of_course!(&self.strength, course => course.every());
        if k < self.steps() {
            on_grid(begin + (self.onset + k as f64 * every))
        } else {
            f64::INFINITY
        }
    }

    /// Lets the next step begin.
    fn go_on(&self, state: &mut State, seed: Seed) {
        let State { begun, values, .. } = state;
        let stream = &mut seed.stream(&self.stream, *begun);
        of_course!(&self.strength, course => course.go_on(*begun, self.duration, values, stream));
    }

    /// What the neurons feel of these values.
    fn effects<'a>(&'a self, values: &'a [f64]) -> Box<dyn Iterator<Item = Effect> + 'a> {
        match &self.driven.shares {
            None => Box::new(values.iter().map(|value| self.strength.effect(*value, 1.0))),
            Some(shares) => {
                let values = values.iter().cycle();
                let each = shares.iter().zip(values);
                Box::new(each.map(|(share, value)| self.strength.effect(*value, *share)))
            }
        }
    }
}

impl Strength {
    /// Whether it is drawn at random.
    pub(super) fn is_random(&self) -> bool {
        of_course!(self, course => course.is_random())
    }

    /// What is felt of a value.
    fn felt(&self, value: f64) -> f64 {
        fn within<V: Amount>(_: &Course<V>, value: f64) -> f64 {
            value.clamp(V::LIMITS[0], V::LIMITS[1])
        }
        of_course!(self, course => within(course, value))
    }

    fn effect(&self, value: f64, share: f64) -> Effect {
        let felt = self.felt(value);
        let effect = match self {
            Self::Current(_) => Effect::Current(felt),
            Self::Poisson(_) => Effect::Poisson(felt),
            Self::Local(_) => Effect::Local(felt),
        };
        effect.times(share)
    }
}

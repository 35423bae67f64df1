//! The external field: what stimuli do to neurons.

use std::sync::Arc;

/// The external field, effect by effect in the order in which stimuli are shown.
///
/// Dynamics differ in what their neurons feel; each resolves the effects that it knows, neuron by neuron.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    effects: Vec<Felt>,
    /// Whether plastic efficacies stay as they are.
    holds_efficacies: bool,
}

/// What some neurons feel.
#[derive(Clone, Debug, PartialEq)]
struct Felt {
    /// In the numbering of the whole network.
    neurons: Arc<[u32]>,
    /// One for all, or one for each.
    effects: Vec<Effect>,
}

/// What a stimulus does to a neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Effect {
    /// Current times membrane resistance, mV, added to the constant drive.
    Current(f64),
    /// Rate in Hz, added to the rate of the external Poisson input.
    Poisson(f64),
    /// Added to the local field.
    Local(f64),
    /// What becomes of its state.
    Imposed(Imposed),
}

/// What a stimulus does to the state of a neuron.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Imposed {
    /// Nothing.
    #[default]
    Free,
    /// It becomes active, or inactive, now.
    Set(bool),
    /// The same, and it stays so as long as the field is held.
    Clamped(bool),
    /// It becomes, now, this share of the way from inactive (0) to active (1); two states take the nearer one.
    Placed(f64),
}

impl Imposed {
    /// Whether a neuron can be `clamped` or free while this is held, in a state of which `is` tells.
    pub(super) fn allows(self, clamped: bool, is: impl Fn(bool) -> bool) -> bool {
        match self {
            Self::Clamped(active) => clamped && is(active),
            Self::Free | Self::Set(_) | Self::Placed(_) => !clamped,
        }
    }
}

impl Effect {
    /// The same with a share of its strength; what it does to a state is done wholly or not at all.
    pub(crate) fn times(self, share: f64) -> Self {
        match self {
            Self::Current(mv) => Self::Current(mv * share),
            Self::Poisson(hz) => Self::Poisson(hz * share),
            Self::Local(field) => Self::Local(field * share),
            Self::Imposed(what) => Self::Imposed(what),
        }
    }
}

impl Field {
    /// The field that puts the neurons from `first` on into `state`.
    pub fn state(first: usize, state: &[bool]) -> Self {
        let mut field = Self::default();
        field.impose(first, state, Imposed::Set);
        field
    }

    /// Adds an effect on `neurons`, in the numbering of the whole network.
    pub fn add(&mut self, neurons: impl IntoIterator<Item = usize>, effect: Effect) {
        let neurons = neurons.into_iter().map(|i| i as u32).collect();
        self.effects.push(Felt { neurons, effects: vec![effect] });
    }

    /// Adds effects on `neurons`, one for all or one for each; its place among the effects.
    pub(crate) fn add_each(&mut self, neurons: Arc<[u32]>, effects: Vec<Effect>) -> usize {
        self.effects.push(Felt { neurons, effects });
        self.effects.len() - 1
    }

    /// Replaces the effects at a place that [`Field::add_each`] has told.
    pub(crate) fn replace(&mut self, place: usize, effects: impl Iterator<Item = Effect>) {
        let own = &mut self.effects[place].effects;
        own.clear();
        own.extend(effects);
    }

    /// Leaves states alone that it has put neurons into for a moment.
    pub(crate) fn let_go(&mut self) {
        for effect in self.effects.iter_mut().flat_map(|felt| &mut felt.effects) {
            if matches!(effect, Effect::Imposed(Imposed::Set(_) | Imposed::Placed(_))) {
                *effect = Effect::Imposed(Imposed::Free);
            }
        }
    }

    /// Puts the neurons from `first` on into `state`, for a moment or as long as the field is held.
    pub fn impose(&mut self, first: usize, state: &[bool], how: fn(bool) -> Imposed) {
        for active in [true, false] {
            let neurons = (0..state.len()).filter(|&i| state[i] == active).map(|i| first + i);
            self.add(neurons, Effect::Imposed(how(active)));
        }
    }

    /// Lets plastic efficacies stay as they are while the field is held.
    pub fn hold_efficacies(&mut self) {
        self.holds_efficacies = true;
    }

    /// Whether plastic efficacies may change while it is held.
    pub(crate) fn lets_learn(&self) -> bool {
        !self.holds_efficacies
    }

    /// Whether no neuron feels anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.effects.is_empty()
    }

    /// Whether it puts any neuron into a state.
    pub(crate) fn imposes(&self) -> bool {
        let imposes = |felt: &Felt| {
            let imposed = |effect: &Effect| matches!(effect, Effect::Imposed(_));
            !felt.neurons.is_empty() && felt.effects.iter().any(imposed)
        };
        self.effects.iter().any(imposes)
    }

    /// The current (mV) into each of `neurons` neurons, and the Poisson rate (Hz) added to its input.
    pub fn input(&self, neurons: usize) -> (Vec<f64>, Vec<f64>) {
        let (mut current, mut poisson) = (vec![0.0; neurons], vec![0.0; neurons]);
        self.each(|i, effect| match effect {
            Effect::Current(mv) => current[i] += mv,
            Effect::Poisson(hz) => poisson[i] += hz,
            Effect::Local(_) | Effect::Imposed(_) => {}
        });
        (current, poisson)
    }

    /// What is added to the local field of each of `neurons` neurons, and what becomes of its state.
    pub(crate) fn on_states(&self, neurons: usize) -> (Vec<f64>, Vec<Imposed>) {
        let (mut local, mut imposed) = (vec![0.0; neurons], vec![Imposed::Free; neurons]);
        self.each(|i, effect| match effect {
            Effect::Local(field) => local[i] += field,
            Effect::Imposed(what) => imposed[i] = what,
            Effect::Current(_) | Effect::Poisson(_) => {}
        });
        (local, imposed)
    }

    fn each(&self, mut feel: impl FnMut(usize, Effect)) {
        for Felt { neurons, effects } in &self.effects {
            let effects = effects.iter().cycle();
            neurons.iter().zip(effects).for_each(|(&i, effect)| feel(i as usize, *effect));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_add_up_and_the_last_state_holds() {
        let mut field = Field::state(1, &[true, false]);
        assert!(field.imposes() && !Field::default().imposes());
        field.add([0, 2], Effect::Current(1.5));
        field.add([2], Effect::Current(-0.5));
        field.add([1], Effect::Poisson(100.0));
        field.add([1, 2], Effect::Local(0.25));
        field.impose(2, &[true], Imposed::Clamped);
        assert_eq!(field.input(3), (vec![1.5, 0.0, 1.0], vec![0.0, 100.0, 0.0]));
        let imposed = vec![Imposed::Free, Imposed::Set(true), Imposed::Clamped(true)];
        assert_eq!(field.on_states(3), (vec![0.0, 0.25, 0.25], imposed));
    }
}

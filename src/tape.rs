//! A tape: the state of what runs, word by word, so that it can go on elsewhere.
//!
//! Whatever has a state [passes](OnTape::pass) it along a tape in one order. The same method writes a state and reads it, so
//! that the two cannot differ; what follows from the model, such as synapses, is never on a tape. A word has 64 bits on
//! every machine.

use crate::error::{Error, Result};
use sha2::Sha256;
use sha2::digest::common::hazmat::SerializableState;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// A state that is being written or read.
#[derive(Debug)]
pub struct Tape {
    words: Vec<u64>,
    /// The next word to be read, or none if it is written.
    next: Option<usize>,
    /// Whether everything that was read could be there.
    sound: bool,
}

impl Tape {
    /// An empty tape, to be written.
    pub fn blank() -> Self {
        Self { words: Vec::new(), next: None, sound: true }
    }

    /// A tape that was written, to be read.
    pub fn written(words: Vec<u64>) -> Self {
        Self { words, next: Some(0), sound: true }
    }

    /// Whether it is read.
    pub fn is_read(&self) -> bool {
        self.next.is_some()
    }

    /// What has been written.
    pub fn into_words(self) -> Vec<u64> {
        self.words
    }

    /// Whether all that was read so far can be of this network.
    pub fn is_sound(&self) -> bool {
        self.sound
    }

    /// Says that all has been read.
    ///
    /// # Errors
    /// If the tape is that of another network; what was read from it is of no use.
    pub fn end(self) -> Result<()> {
        match self.sound && self.next.is_none_or(|next| next == self.words.len()) {
            true => Ok(()),
            false => Err(Error::input(
                "found the state of another network",
                "a run goes on in the network in which it began",
                "run it anew",
            )),
        }
    }

    /// A word, to or from the tape.
    fn word(&mut self, value: u64) -> u64 {
        let Some(next) = &mut self.next else {
            self.words.push(value);
            return value;
        };
        let found = self.words.get(*next).copied();
        *next += 1;
        self.sound &= found.is_some();
        found.unwrap_or(0)
    }

    /// How many there are of something; no more than there are words left to hold them.
    pub fn number(&mut self, number: usize) -> usize {
        let found = self.word(number as u64);
        let Some(next) = self.next else { return number };
        let left = self.words.len().saturating_sub(next) as u64;
        self.sound &= found <= left;
        if self.sound { found as usize } else { 0 }
    }

    /// What is still to be read.
    pub(crate) fn rest(&self) -> &[u64] {
        self.next.and_then(|next| self.words.get(next..)).unwrap_or_default()
    }

    /// Leaves out what somebody else reads.
    pub(crate) fn skip(&mut self, words: usize) {
        self.next.iter_mut().for_each(|next| *next = next.saturating_add(words));
    }

    /// Says whether what was read so far can be.
    pub(crate) fn require(&mut self, possible: bool) {
        self.sound &= possible || self.next.is_none();
    }

    /// What is the same in every state of this network.
    pub fn same(&mut self, value: u64) {
        self.sound &= self.word(value) == value;
    }

    /// Puts what another tape holds behind what is written.
    pub fn add(&mut self, words: &[u64]) {
        self.words.extend_from_slice(words);
    }
}

/// Whether something was counted that happens one by one: no run lasts longer.
pub(crate) fn is_count(number: u64) -> bool {
    number < 1 << f64::MANTISSA_DIGITS
}

/// Whether it is a number far below those whose sums and products are none.
pub(crate) fn is_moderate(number: f64) -> bool {
    number.abs() < 1e100
}

/// What has a state.
pub trait OnTape {
    /// Writes the state to the tape, or reads it from there.
    fn pass(&mut self, tape: &mut Tape);
}

/// What a word holds.
macro_rules! word {
    ($($type:ty: $to:expr, $of:expr;)*) => {
        $(impl OnTape for $type {
            #[inline]
            fn pass(&mut self, tape: &mut Tape) {
                *self = $of(tape.word($to(*self)));
            }
        })*
    };
}

word! {
    u64: |x| x, |word| word;
    i64: |x| x as u64, |word| word as i64;
    i32: |x| x as i64 as u64, |word| word as i32;
    u32: u64::from, |word| word as u32;
    u16: u64::from, |word| word as u16;
    u8: u64::from, |word| word as u8;
    bool: u64::from, |word| word != 0;
    usize: |x| x as u64, |word| word as usize;
    f64: f64::to_bits, f64::from_bits;
}

impl<T: OnTape, U: OnTape> OnTape for (T, U) {
    fn pass(&mut self, tape: &mut Tape) {
        self.0.pass(tape);
        self.1.pass(tape);
    }
}

/// An array has as many members in every state.
impl<T: OnTape> OnTape for [T] {
    fn pass(&mut self, tape: &mut Tape) {
        tape.same(self.len() as u64);
        self.iter_mut().for_each(|member| member.pass(tape));
    }
}

impl<T: OnTape, const N: usize> OnTape for [T; N] {
    fn pass(&mut self, tape: &mut Tape) {
        self.as_mut_slice().pass(tape);
    }
}

impl<T: OnTape + ?Sized> OnTape for Box<T> {
    fn pass(&mut self, tape: &mut Tape) {
        (**self).pass(tape);
    }
}

impl<T: OnTape + Default> OnTape for Option<T> {
    fn pass(&mut self, tape: &mut Tape) {
        let mut is_some = self.is_some();
        is_some.pass(tape);
        if !is_some {
            *self = None;
        } else {
            self.get_or_insert_default().pass(tape);
        }
    }
}

impl<T: OnTape + Default> OnTape for Vec<T> {
    fn pass(&mut self, tape: &mut Tape) {
        let number = tape.number(self.len());
        self.resize_with(number, T::default);
        self.iter_mut().for_each(|member| member.pass(tape));
    }
}

impl<T: OnTape + Default> OnTape for VecDeque<T> {
    fn pass(&mut self, tape: &mut Tape) {
        let number = tape.number(self.len());
        self.resize_with(number, T::default);
        self.iter_mut().for_each(|member| member.pass(tape));
    }
}

/// Equal members cannot be told apart, so that the order within the heap does not matter.
impl<T: OnTape + Default + Ord> OnTape for BinaryHeap<Reverse<T>> {
    fn pass(&mut self, tape: &mut Tape) {
        let members = std::mem::take(self).into_iter().map(|Reverse(member)| member);
        let mut members: Vec<T> = members.collect();
        members.pass(tape);
        *self = members.into_iter().map(Reverse).collect();
    }
}

/// Text, eight bytes a word.
impl OnTape for String {
    fn pass(&mut self, tape: &mut Tape) {
        let mut bytes = std::mem::take(self).into_bytes();
        pass_bytes(&mut bytes, tape);
        *self = String::from_utf8(bytes).unwrap_or_else(|_| {
            tape.sound = false;
            String::new()
        });
    }
}

/// Bytes, eight a word.
fn pass_bytes(bytes: &mut Vec<u8>, tape: &mut Tape) {
    let mut number = bytes.len();
    number.pass(tape);
    let words = tape.number(number.div_ceil(8));
    tape.sound &= words == number.div_ceil(8);
    bytes.resize(8 * words, 0);
    for bytes in bytes.chunks_exact_mut(8) {
        let mut word = [0; 8];
        word.copy_from_slice(bytes);
        bytes.copy_from_slice(&tape.word(u64::from_le_bytes(word)).to_le_bytes());
    }
    bytes.truncate(number);
}

/// A hash that goes on.
impl OnTape for Sha256 {
    fn pass(&mut self, tape: &mut Tape) {
        let mut state = self.serialize();
        let mut bytes = state.to_vec();
        pass_bytes(&mut bytes, tape);
        if bytes.len() == state.len() {
            state.copy_from_slice(&bytes);
            // Behind the eight words of the hash it counts blocks.
            let blocks = state[32..40].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
            tape.sound &= is_count(blocks);
        } else {
            tape.sound = false;
        }
        match Self::deserialize(&state) {
            Ok(hash) => *self = hash,
            Err(_) => tape.sound = false,
        }
    }
}

/// What a well-kept library keeps to itself, as that writes it.
pub(crate) fn pass_opaque<T: serde::Serialize + serde::de::DeserializeOwned>(
    value: &mut T,
    tape: &mut Tape,
) {
    let mut text = serde_json::to_string(value).expect("the state of a generator is plain data");
    text.pass(tape);
    if tape.is_read() {
        match serde_json::from_str(&text) {
            Ok(found) => *value = found,
            Err(_) => tape.sound = false,
        }
    }
}

/// Passes the fields of a type that are its state, in this order: each, then the members of those that have as many in every
/// state of a network. Fields that are `not` passed follow from the model, or hold nothing between two advances; every field is
/// named, so that none is forgotten. What was read must be possible `if` there is a function that says so, of what could be there
/// so far.
macro_rules! on_tape {
    ($type:ty $([$($generics:tt)*])? {
        $($field:ident),* $(; each $($fixed:ident),+)? $(; not $($other:ident),+)? $(; if $possible:path)? $(,)?
    }) => {
        impl$(<$($generics)*>)? $crate::tape::OnTape for $type {
            fn pass(&mut self, tape: &mut $crate::tape::Tape) {
                let Self { $($field,)* $($($fixed,)+)? $($($other: _,)+)? } = self;
                $($crate::tape::OnTape::pass($field, tape);)*
                $($(
                    tape.same($fixed.iter().count() as u64);
                    $fixed.iter_mut().for_each(|member| $crate::tape::OnTape::pass(member, tape));
                )+)?
                $(if tape.is_read() && tape.is_sound() {
                    tape.require($possible(self));
                })?
            }
        }
    };
}
pub(crate) use on_tape;

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest;

    #[derive(Clone, Debug, Default, PartialEq)]
    struct State {
        time: f64,
        order: Vec<u32>,
        on: Option<(bool, u16)>,
        queue: VecDeque<(f64, u16)>,
        name: String,
        place: [i64; 2],
        model: u64,
    }

    on_tape!(State { time, order, on, queue, name, place; not model });

    fn state() -> State {
        State {
            time: -0.0,
            order: vec![3, u32::MAX],
            on: Some((true, 7)),
            queue: [(f64::NEG_INFINITY, 1), (0.1, 2)].into(),
            name: "Größe, länger als ein Wort".to_owned(),
            place: [-1, i64::MIN],
            model: 5,
        }
    }

    fn words(state: &mut State) -> Vec<u64> {
        let mut tape = Tape::blank();
        state.pass(&mut tape);
        tape.into_words()
    }

    #[test]
    fn what_was_written_is_read() {
        let mut read = State { model: 5, on: Some((false, 1)), ..State::default() };
        let mut tape = Tape::written(words(&mut state()));
        read.pass(&mut tape);
        tape.end().unwrap();
        assert_eq!(read, state());
        assert!(read.time.is_sign_negative());
    }

    #[test]
    fn a_tape_of_something_else_is_refused_and_takes_no_memory() {
        let whole = words(&mut state());
        let refused = |words: Vec<u64>| {
            let (mut read, mut tape) = (State::default(), Tape::written(words));
            read.pass(&mut tape);
            assert!(read.order.capacity() <= 2 * whole.len());
            tape.end().is_err()
        };
        for length in 0..whole.len() {
            assert!(refused(whole[..length].to_vec()), "{length} words");
        }
        assert!(refused([&whole[..], &[0]].concat()));
        let mut many = whole.clone();
        many[1] = u64::MAX;
        assert!(refused(many));
    }

    #[test]
    fn a_hash_goes_on() {
        for length in [0, 1, 63, 64, 65, 1000] {
            let mut hash = Sha256::new();
            hash.update(vec![7u8; length]);
            let mut tape = Tape::blank();
            hash.pass(&mut tape);
            let mut tape = Tape::written(tape.into_words());
            let mut read = Sha256::new();
            read.pass(&mut tape);
            tape.end().unwrap();
            hash.update(b"and so on");
            read.update(b"and so on");
            assert_eq!(hash.finalize(), read.finalize());
        }
    }
}

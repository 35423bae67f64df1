//! Words as patterns: a few bits per character (MacKay 2003, section 42.6 and figure 42.4).

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The characters of MacKay's memory of capitals; its place is the value of a character.
const LETTERS: &str = "-abcdefghijklmnopqrstuvwxyz";

/// Words of equal length; every character takes as many neurons as the code has bits.
///
/// The value of a character is its place in the code, from 0, and its neurons are the binary digits of
/// that value, the most significant first. The default code gives `-` the value 0 and `a` to `z` 1 to 26,
/// so that a character takes 5 neurons. With it plain Hebb keeps one of the nine memories of MacKay's
/// figure 42.4, and his gradient learning (eta = 0.01, alpha = 0.1) 2, 5 and 9 after 10, 100 and 1000 loops.
/// The order of the bits only renumbers the neurons; where `-` stands matters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The words, one per pattern; fill short ones up with `-`.
    pub list: Vec<String>,
    /// The known characters in the order of their values.
    #[serde(default = "letters")]
    pub code: String,
}

fn letters() -> String {
    LETTERS.to_owned()
}

impl Words {
    pub(super) fn check(&self) -> Result<()> {
        self.check_code().map_err(|e| e.at("code"))?;
        let length = self.length();
        if length == 0 {
            let found = "found no word";
            let allowed = "a memory has at least one pattern, and a word at least one character";
            return Err(Error::value("list", found, allowed, "[\"oslo\", \"rome\"]"));
        }
        for (k, word) in self.list.iter().enumerate() {
            let at = format!("list[{k}]");
            if let Some(strange) = word.chars().find(|&c| self.value(c).is_none()) {
                return Err(Error::input(
                    format!("found the character {strange:?} in the word \"{word}\""),
                    format!("the code knows {:?}", self.code),
                    "replace it, or add it to the code",
                )
                .at(at));
            }
            let found = word.chars().count();
            if found != length {
                return Err(Error::input(
                    format!(
                        "found {found} characters in \"{word}\", but {length} in \"{}\"",
                        self.list[0]
                    ),
                    "all words are equally long",
                    "fill the short ones up, for example with -",
                )
                .at(at));
            }
        }
        Ok(())
    }

    fn check_code(&self) -> Result<()> {
        let characters: Vec<char> = self.code.chars().collect();
        if characters.len() < 2 {
            return Err(Error::input(
                format!("found a code of {} characters", characters.len()),
                "a code has at least two characters",
                format!("delete it, which means {LETTERS:?}"),
            ));
        }
        let mut known = HashSet::new();
        match characters.iter().find(|c| !known.insert(**c)) {
            None => Ok(()),
            Some(c) => Err(Error::input(
                format!("found the character {c:?} twice in the code"),
                "the place of a character is its value",
                "delete one of the two",
            )),
        }
    }

    fn value(&self, character: char) -> Option<usize> {
        self.code.chars().position(|c| c == character)
    }

    /// Characters per word.
    pub(crate) fn length(&self) -> usize {
        self.list.first().map_or(0, |word| word.chars().count())
    }

    /// Neurons per character: the least number of bits that tells all characters of the code apart.
    pub(crate) fn bits(&self) -> usize {
        let largest = self.code.chars().count().saturating_sub(1);
        (usize::BITS - largest.leading_zeros()) as usize
    }

    /// The words as states of all neurons.
    pub(super) fn states(&self) -> Vec<Vec<bool>> {
        self.list.iter().map(|word| self.state(word)).collect()
    }

    /// A text as the state of its neurons, [`Words::bits`] per character; an unknown character has value 0.
    pub(crate) fn state(&self, text: &str) -> Vec<bool> {
        let digits = |c| {
            let value = self.value(c).unwrap_or(0);
            (0..self.bits()).rev().map(move |k| value >> k & 1 == 1)
        };
        text.chars().flat_map(digits).collect()
    }

    /// What a state says; `?` stands for a value that no character has.
    pub fn text(&self, state: &[bool]) -> String {
        let read = |digits: &[bool]| {
            let value = digits.iter().fold(0, |value, &digit| 2 * value + usize::from(digit));
            self.code.chars().nth(value).unwrap_or('?')
        };
        state.chunks(self.bits().max(1)).map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Words {
        Words { list: list.iter().map(|w| w.to_string()).collect(), code: letters() }
    }

    /// MacKay (2003), figure 42.4; 18 characters each.
    fn capitals() -> Words {
        words(&[
            "moscow------russia",
            "lima----------peru",
            "london-----england",
            "tokyo--------japan",
            "edinburgh-scotland",
            "ottawa------canada",
            "oslo--------norway",
            "stockholm---sweden",
            "paris-------france",
        ])
    }

    #[test]
    fn words_become_bits_and_bits_become_words() {
        let capitals = capitals();
        capitals.check().unwrap();
        assert_eq!((capitals.length(), capitals.bits()), (18, 5));
        let states = capitals.states();
        for (word, state) in capitals.list.iter().zip(&states) {
            assert_eq!((state.len(), &capitals.text(state)), (90, word));
        }
        // m = 13 = 01101, - = 0.
        assert_eq!(states[0][..5], [false, true, true, false, true]);
        assert_eq!(states[0][30..35], [false; 5]);
        assert_eq!(capitals.text(&[true; 5]), "?");
    }

    /// Couplings of MacKay's algorithm 42.9: plain Hebb, then `loops` steps up the gradient.
    fn learn(x: &[Vec<f64>], loops: usize) -> Vec<Vec<f64>> {
        let n = x[0].len();
        let mut w: Vec<Vec<f64>> =
            (0..n).map(|i| (0..n).map(|j| x.iter().map(|x| x[i] * x[j]).sum()).collect()).collect();
        for _ in 0..loops {
            (0..n).for_each(|i| w[i][i] = 0.0);
            let error: Vec<Vec<f64>> = x
                .iter()
                .map(|x| {
                    let field = |i: usize| (0..n).map(|j| w[i][j] * x[j]).sum::<f64>();
                    let target = |i: usize| (x[i] + 1.0) / 2.0;
                    (0..n).map(|i| target(i) - 1.0 / (1.0 + libm::exp(-field(i)))).collect()
                })
                .collect();
            for i in 0..n {
                for j in 0..n {
                    let pairs = x.iter().zip(&error);
                    let gradient: f64 = pairs.map(|(x, e)| x[i] * e[j] + x[j] * e[i]).sum();
                    w[i][j] += 0.01 * (gradient - 0.1 * w[i][j]);
                }
            }
        }
        (0..n).for_each(|i| w[i][i] = 0.0);
        w
    }

    #[test]
    fn the_code_gives_the_stable_memories_of_mackay() {
        let spin = |state: &Vec<bool>| state.iter().map(|&s| if s { 1.0 } else { -1.0 }).collect();
        let x: Vec<Vec<f64>> = capitals().states().iter().map(spin).collect();
        let stable = |loops| {
            let w = learn(&x, loops);
            let holds = |x: &&Vec<f64>| {
                let against =
                    |i: usize| w[i].iter().zip(*x).map(|(w, x)| w * x).sum::<f64>() * x[i];
                (0..90).all(|i| against(i) >= 0.0)
            };
            x.iter().filter(holds).count()
        };
        assert_eq!([0, 10, 100, 1000].map(stable), [1, 2, 5, 9]);
    }

    #[test]
    fn wrong_words_are_refused() {
        let message = |words: Words| words.check().unwrap_err().to_string();
        let coded = |code: &str| Words { code: code.to_owned(), ..words(&["a"]) };
        for (words, sentence) in [
            (
                words(&["oslo--norway", "rome-italy"]),
                "list[1]: found 10 characters in \"rome-italy\", but 12 in \"oslo--norway\"; all words are \
                 equally long; fill the short ones up, for example with -.",
            ),
            (
                words(&["oslo", "Rome"]),
                "list[1]: found the character 'R' in the word \"Rome\"; the code knows \
                 \"-abcdefghijklmnopqrstuvwxyz\"; replace it, or add it to the code.",
            ),
            (
                words(&[]),
                "list: found no word; a memory has at least one pattern, and a word at least one character; \
                 write for example list = [\"oslo\", \"rome\"].",
            ),
            (
                coded("aba"),
                "code: found the character 'a' twice in the code; the place of a character is its value; \
                 delete one of the two.",
            ),
            (
                coded("a"),
                "code: found a code of 1 characters; a code has at least two characters; delete it, which \
                 means \"-abcdefghijklmnopqrstuvwxyz\".",
            ),
        ] {
            assert_eq!(message(words), sentence);
        }
    }
}

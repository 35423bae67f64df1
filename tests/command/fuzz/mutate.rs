//! Changes of inputs: bytes of any file, and the lines, numbers and values of texts.

/// Numbers at which something may end.
const NUMBERS: [&str; 28] = [
    "0",
    "1",
    "2",
    "3",
    "7",
    "-1",
    "0.5",
    "0.0",
    "-0.0",
    "1e-320",
    "1e-7",
    "1.0000000001",
    "1e7",
    "4294967295",
    "4294967296",
    "2147483648",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "1e19",
    "1e308",
    "-1e308",
    "1e999",
    "inf",
    "-inf",
    "nan",
    "0x7fffffffffffffff",
];

/// What stands between values, and what is none.
const PIECES: [&str; 26] = [
    "",
    " ",
    "\n",
    "\t",
    "\0",
    "\r",
    ",",
    ":",
    ";",
    "=",
    "[",
    "]",
    "[[",
    "{",
    "}",
    "\"",
    "'",
    "\"\"\"",
    "#",
    ".",
    "..",
    "é",
    "\u{feff}",
    "\u{202e}",
    "𝟙",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
];

/// Values of other kinds.
const VALUES: [&str; 20] = [
    "true",
    "false",
    "\"\"",
    "[]",
    "{}",
    "[[]]",
    "0",
    "1.5",
    "\"5 ms\"",
    "\"0 ms\"",
    "\"1e12 ms\"",
    "\"-3 mV\"",
    "\"1e9 mV\"",
    "\"10 Hz\"",
    "\"1e9 Hz\"",
    "\"3 sweeps\"",
    "\"N\"",
    "\"E\"",
    "1979-05-27",
    "{ uniform = [0, 1] }",
];

/// Steele, Lea and Flood's SplitMix64 (2014): the same sequence of choices from a seed.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below `end`; 0 where there is no choice.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    pub fn choose<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// A part of something that is `length` long, most often a short one.
    fn part(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.below(length + 1);
        let most = [1, 4, 16, 256, length][self.below(5)];
        from..(from + self.below(most + 1)).min(length)
    }
}

/// The input with one to four changes; `other` is where parts may come from.
pub fn mutate(dice: &mut Dice, input: &[u8], other: &[u8]) -> Vec<u8> {
    let mut changed = input.to_vec();
    for _ in 0..=dice.below(4) {
        changed = match std::str::from_utf8(&changed) {
            Ok(text) if dice.below(8) > 0 => {
                change_text(dice, text, &String::from_utf8_lossy(other)).into_bytes()
            }
            _ => change_bytes(dice, changed, other),
        };
    }
    changed.truncate(1 << 20);
    changed
}

fn change_bytes(dice: &mut Dice, mut bytes: Vec<u8>, other: &[u8]) -> Vec<u8> {
    let part = dice.part(bytes.len());
    let at = part.start;
    match dice.below(9) {
        0 | 1 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
        2 if at < bytes.len() => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][dice.below(5)],
        3 => bytes[part].fill(0),
        4 => bytes[part].fill(0xff),
        5 => bytes.truncate(at),
        6 => drop(bytes.drain(part)),
        7 => {
            let twice = bytes[part.clone()].to_vec();
            bytes.splice(at..at, twice);
        }
        _ => {
            let from = dice.part(other.len());
            bytes.splice(part, other[from].iter().copied());
        }
    }
    bytes
}

fn change_text(dice: &mut Dice, text: &str, other: &str) -> String {
    match dice.below(12) {
        0..3 => replace(dice, text, numbers(text), |dice| dice.choose(&NUMBERS).to_owned()),
        3 => {
            let theirs = values(other);
            replace(dice, text, values(text), |dice| match theirs.len() {
                0 => String::new(),
                n => other[theirs[dice.below(n)].clone()].to_owned(),
            })
        }
        4 => {
            let own = values(text);
            replace(dice, text, own.clone(), |dice| {
                text[own[dice.below(own.len())].clone()].to_owned()
            })
        }
        5 => replace(dice, text, values(text), |dice| dice.choose(&VALUES).to_owned()),
        6 => {
            let words = words(text);
            replace(dice, text, words.clone(), |dice| {
                text[words[dice.below(words.len())].clone()].to_owned()
            })
        }
        7 => {
            let places: Vec<_> = text.char_indices().map(|(k, _)| k..k).collect();
            replace(dice, text, places, |dice| {
                dice.choose(&PIECES).repeat([1, 1, 1, 2, 5, 1000][dice.below(6)])
            })
        }
        8..11 => change_lines(dice, text, other),
        _ => change_sections(dice, text, other),
    }
}

/// The text with one of `places` replaced.
fn replace(
    dice: &mut Dice,
    text: &str,
    places: Vec<std::ops::Range<usize>>,
    by: impl FnOnce(&mut Dice) -> String,
) -> String {
    if places.is_empty() {
        return text.to_owned();
    }
    let place = places[dice.below(places.len())].clone();
    let mut text = text.to_owned();
    let by = by(dice);
    text.replace_range(place, &by);
    text
}

/// One line removed, doubled, moved, exchanged or taken from elsewhere.
fn change_lines(dice: &mut Dice, text: &str, other: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let theirs: Vec<&str> = other.lines().collect();
    let (a, b) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.below(5) {
        _ if lines.is_empty() => {}
        0 => drop(lines.remove(a)),
        1 => lines.insert(b, lines[a]),
        2 => lines.swap(a, b),
        3 if !theirs.is_empty() => lines[a] = theirs[dice.below(theirs.len())],
        _ if !theirs.is_empty() => lines.insert(a, theirs[dice.below(theirs.len())]),
        _ => {}
    }
    joined(&lines)
}

/// One section, from its [name] to the next, removed, doubled, moved or taken from elsewhere.
fn change_sections(dice: &mut Dice, text: &str, other: &str) -> String {
    let (mut own, theirs) = (sections(text), sections(other));
    let (a, b) = (dice.below(own.len()), dice.below(own.len()));
    match dice.below(4) {
        _ if own.is_empty() => {}
        0 => drop(own.remove(a)),
        1 => own.insert(b, own[a].clone()),
        2 => own.swap(a, b),
        _ if !theirs.is_empty() => own.insert(a, theirs[dice.below(theirs.len())].clone()),
        _ => {}
    }
    own.concat()
}

fn sections(text: &str) -> Vec<String> {
    let mut sections: Vec<String> = Vec::new();
    for line in text.lines() {
        if sections.is_empty() || line.starts_with('[') {
            sections.push(String::new());
        }
        let last = sections.len() - 1;
        sections[last] += line;
        sections[last].push('\n');
    }
    sections
}

fn joined(lines: &[&str]) -> String {
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

/// Runs of characters of which `belongs` holds.
fn runs(text: &str, belongs: impl Fn(char) -> bool) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for (k, c) in text.char_indices().filter(|(_, c)| belongs(*c)) {
        let end = k + c.len_utf8();
        match runs.last_mut() {
            Some(last) if last.end == k => last.end = end,
            _ => runs.push(k..end),
        }
    }
    runs
}

fn numbers(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut numbers = runs(text, |c| c.is_ascii_digit() || c == '.' || c == '-');
    numbers.retain(|run| text[run.clone()].contains(|c: char| c.is_ascii_digit()));
    numbers
}

fn words(text: &str) -> Vec<std::ops::Range<usize>> {
    runs(text, |c| c.is_alphanumeric() || c == '_')
}

/// What stands behind a `=` to the end of its line, without what surrounds it.
fn values(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut values = Vec::new();
    for (k, _) in text.match_indices('=') {
        let rest = &text[k + 1..];
        let end = rest.find(['\n', ',', '}']).unwrap_or(rest.len());
        let value = rest[..end].trim();
        if !value.is_empty() {
            let from = k + 1 + rest.find(value).unwrap_or(0);
            values.push(from..from + value.len());
        }
    }
    values
}

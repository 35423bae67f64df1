//! What a pathway needs to know of those who send: means over their classes, and what follows from them for a receiver.

use super::classes::{Class, Memories};
use crate::network::Afferents;

/// The strengths of a pathway.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Strengths {
    /// Drawn independently of the patterns.
    Given(Afferents),
    /// The efficacy (mV) times the number of patterns that sender and receiver share.
    Shared(Afferents),
    /// The efficacy (mV) times the number of patterns of the receiver.
    Membership(Afferents),
}

/// Depression and facilitation in their stationary form, for a sender that fires irregularly at a rate nu:
/// u = U (1 + tau_f nu) / (1 + U tau_f nu) before the jump of a spike, u + U (1 - u) after it, x = 1 / (1 + u tau_d nu) with
/// the one that it uses; a spike carries J u x.
///
/// Source: M. Tsodyks, K. Pawelzik, H. Markram, Neural Comput. 10:821 (1998). Left out is that u and x vary together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stationary {
    /// U.
    pub utilisation: f64,
    /// Whether a spike uses u as it was before its jump.
    pub before_jump: bool,
    /// s.
    pub tau_d: f64,
    /// s.
    pub tau_f: f64,
}

impl Stationary {
    /// u x at a rate in Hz.
    pub fn factor(&self, rate: f64) -> f64 {
        let before = self.utilisation * (1.0 + self.tau_f * rate)
            / (1.0 + self.utilisation * self.tau_f * rate);
        let jump = if self.before_jump { 0.0 } else { self.utilisation * (1.0 - before) };
        let u = before + jump;
        u / (1.0 + u * self.tau_d * rate)
    }
}

/// The sum over senders of what a receiver gets.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Arrival {
    /// sum J nu, mV Hz.
    pub mean: f64,
    /// sum J^2 nu, mV^2 Hz.
    pub square: f64,
    /// Variance of the mean from receiver to receiver, mV^2 Hz^2.
    pub variance: f64,
}

/// Moments of h, a function of the sender's rate, over senders: with g = 1 in the foreground, and l other patterns.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Moments {
    one: f64,
    g: f64,
    gl: f64,
    l: f64,
    ll: f64,
}

/// Numbers in [`Statistics`].
pub const NUMBERS: usize = 20;

/// Means over senders of e nu, e^2 nu, (e nu)^2 and e dnu/dmu, where e = u x is 1 without short-term plasticity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    first: Moments,
    noise: Moments,
    second: Moments,
    gain: Moments,
}

impl Moments {
    fn add(&mut self, class: &Class, h: f64) {
        let l = class.others;
        let h = h * class.weight;
        self.one += h;
        self.l += h * l;
        self.ll += h * l * l;
        if class.foreground {
            self.g += h;
            self.gl += h * l;
        }
    }

    fn numbers(&self) -> [f64; 5] {
        [self.one, self.g, self.gl, self.l, self.ll]
    }

    fn from(numbers: &[f64]) -> Self {
        let [one, g, gl, l, ll] = [0, 1, 2, 3, 4].map(|k| numbers[k]);
        Self { one, g, gl, l, ll }
    }

    /// Mean of h E[n], h E[n^2] and h E[n]^2 for n = f g + H patterns that are shared with a receiver `f`, `k`, where H has the
    /// hypergeometric distribution of what sets of k and l among `q` have in common.
    fn shared(&self, class: &Class, q: f64) -> (f64, f64, f64) {
        let f = f64::from(u8::from(class.foreground));
        let k = class.others;
        let per = if q > 0.0 { k / q } else { 0.0 };
        let mean = f * self.g + per * self.l;
        let known = f * self.g + 2.0 * f * per * self.gl + per * per * self.ll;
        let vary = if q > 1.0 { per * (1.0 - per) / (q - 1.0) } else { 0.0 };
        (mean, known + vary * (q * self.l - self.ll), known)
    }
}

impl Statistics {
    /// Adds senders of a class that fire at this `rate` (Hz), which rises by `gain` per mV, and have this share of it.
    pub fn add(
        &mut self,
        class: &Class,
        share: f64,
        (rate, gain): (f64, f64),
        short_term: Option<&Stationary>,
    ) {
        let e = short_term.map_or(1.0, |s| s.factor(rate));
        self.first.add(class, share * e * rate);
        self.noise.add(class, share * e * e * rate);
        self.second.add(class, share * (e * rate).powi(2));
        self.gain.add(class, share * e * gain);
    }

    /// Senders that all fire at this rate, in Hz.
    pub fn uniform(rate: f64) -> Self {
        let alone = Class { foreground: false, others: 0.0, weight: 1.0 };
        let mut statistics = Self::default();
        statistics.add(&alone, 1.0, (rate, 0.0), None);
        statistics
    }

    /// As numbers, in a fixed order; the second is the mean of e nu over the foreground times its share.
    pub fn numbers(&self) -> [f64; NUMBERS] {
        let mut all = [0.0; NUMBERS];
        for (part, moments) in
            all.chunks_mut(5).zip([self.first, self.noise, self.second, self.gain])
        {
            part.copy_from_slice(&moments.numbers());
        }
        all
    }

    /// The inverse of [`Statistics::numbers`].
    pub fn from(numbers: &[f64]) -> Self {
        Self {
            first: Moments::from(&numbers[..5]),
            noise: Moments::from(&numbers[5..10]),
            second: Moments::from(&numbers[10..15]),
            gain: Moments::from(&numbers[15..20]),
        }
    }

    /// Which of the numbers matter to a pathway.
    pub fn needed(strengths: &Strengths) -> &'static [usize] {
        match strengths {
            Strengths::Shared(_) => &[0, 1, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19],
            _ => &[0, 5, 10, 15],
        }
    }

    /// What a receiver of this class gets; `memories` are the patterns that it shares with its senders, of which `gain` is that
    /// of one which is not active; see [`Statistics::gain`].
    pub fn arrive(
        &self,
        strengths: &Strengths,
        class: &Class,
        memories: Option<&Memories>,
        gain: f64,
    ) -> Arrival {
        let (q, level) = memories.map_or((0.0, 0.0), |m| (m.others(), m.level));
        let drawn = |afferents: &Afferents, times: f64| {
            let Afferents { number, efficacy, square, .. } = *afferents;
            let (mean, of_square) = (self.first.one, self.second.one);
            Arrival {
                mean: times * number * efficacy * mean,
                square: times * times * number * square * self.noise.one,
                variance: times * times * afferents.variance(mean, of_square.max(mean * mean)),
            }
        };
        match strengths {
            Strengths::Given(afferents) => drawn(afferents, 1.0),
            Strengths::Membership(afferents) => drawn(afferents, class.memberships()),
            Strengths::Shared(afferents) => {
                let Afferents { number, efficacy, square, share, fixed } = *afferents;
                let (mean, ..) = self.first.shared(class, q);
                let (_, noise, _) = self.noise.shared(class, q);
                let (_, second, known) = self.second.shared(class, q);
                let fixed = if fixed { (1.0 - share) * mean * mean } else { 0.0 };
                // Chance overlaps of other patterns with what is active, beyond what is in `second` already.
                let overlap = level * (1.0 - level) * (self.second.one - self.first.one.powi(2));
                let grown = 1.0 / (1.0 - gain).powi(2) - 1.0;
                let chance = share * class.others * overlap.max(0.0) * grown;
                let drawn = (second - share * known - fixed).max(0.0);
                Arrival {
                    mean: number * efficacy * mean,
                    square: number * square * noise,
                    variance: number * (square * drawn + efficacy * efficacy * chance),
                }
            }
        }
    }

    /// How much of the overlap with a pattern that is not active the neurons of that pattern return; below 1, or it would grow.
    /// Per s of tau_m.
    pub fn gain(&self, strengths: &Strengths, memories: Option<&Memories>) -> f64 {
        match (strengths, memories.map(Memories::others)) {
            (Strengths::Shared(a), Some(q)) if q > 0.0 => a.number * a.efficacy * self.gain.l / q,
            _ => 0.0,
        }
    }

    /// How much of its own rate comes back to a neuron of this class (mV per Hz and per s^2 of time constants) through
    /// those to which it sends by `there` and who send to it by `back`: sum_j J_ij J_ji dnu_j/dmu. `self` are the latter.
    ///
    /// Connections there and back are independent, but the number of patterns that two neurons share is the same.
    pub fn echo(&self, there: &Strengths, back: &Strengths, class: &Class, q: f64) -> f64 {
        let times = |s: &Strengths| match s {
            Strengths::Membership(_) => class.memberships(),
            _ => 1.0,
        };
        match (there, back) {
            (Strengths::Shared(a), Strengths::Shared(b)) => {
                let (_, squares, _) = self.gain.shared(class, q);
                a.share * a.efficacy * b.number * b.efficacy * squares
            }
            // Of a pathway with shared patterns and another without only means are left, which are no echo.
            (Strengths::Shared(_), _) | (_, Strengths::Shared(_)) => 0.0,
            (
                Strengths::Given(a) | Strengths::Membership(a),
                Strengths::Given(b) | Strengths::Membership(b),
            ) => a.share * a.efficacy * b.number * b.efficacy * times(back) * self.gain.one,
        }
    }
}

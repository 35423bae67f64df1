//! Tours of a travelling salesman: ways between cities, above the activity of a neuron for every city and place.

use super::super::frame::Span;
use super::super::page::{
    Align, GREY, INK, LABEL, MARGIN, PATTERNS, RIGHT, SMALL, UNITS, WIDTH, fitted,
};
use super::cells::Cells;
use super::colours::activity;
use crate::plot::Animation;
use crate::plot::picture::{Picture, Spot};

/// Most panels of a row, and the width and height of a map and of the activity below it.
const ROW: usize = 4;
const MAP: f64 = 150.0;
const STATE: f64 = 96.0;
/// Around the cities of a map, between map and activity, and between rows.
const AROUND: f64 = 14.0;
const GAP: f64 = 26.0;
const ROWS: f64 = 14.0;
/// Of a page of an animation: sides of activity and map.
const SIDE: f64 = 200.0;
/// Ways whose strength is below this are not drawn.
const WEAK: f64 = 0.04;

/// A state of the network, or a tour.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TourPanel {
    /// Above the map, and below.
    pub label: String,
    pub caption: String,
    /// From inactive (0) to active (1), city by city; nothing of a tour that no trial found.
    pub shares: Vec<f64>,
    /// The city at every place, if it is a tour: then its ways are drawn, and else those of the activity.
    pub tour: Option<Vec<usize>>,
    /// Whether it is a shortest tour, which has a colour.
    pub best: bool,
}

/// Tours, or states on the way to one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tours {
    /// Stands above; nothing if empty.
    pub title: String,
    pub cities: Vec<[f64; 2]>,
    pub panels: Vec<TourPanel>,
}

impl Tours {
    /// How strongly two cities are joined, from 0 to 1: by the tour, or as far as both are active at the
    /// two neighbouring places where they are most.
    fn way(&self, panel: &TourPanel, (x, y): (usize, usize)) -> f64 {
        let number = self.cities.len();
        if let Some(tour) = &panel.tour {
            let next = |k: usize| tour[(k + 1) % number];
            let joined = |k: usize| (tour[k], next(k)) == (x, y) || (tour[k], next(k)) == (y, x);
            return f64::from(u8::from((0..number).any(joined)));
        }
        let share = |city: usize, place: usize| {
            panel.shares.get(city * number + place % number).copied().unwrap_or(0.0)
        };
        let both = |k: usize| share(x, k) * share(y, k + 1) + share(y, k) * share(x, k + 1);
        (0..number).map(both).fold(0.0, f64::max).clamp(0.0, 1.0)
    }

    /// The cities and the ways between them, in a square.
    fn map(&self, picture: &mut Picture, panel: &TourPanel, ((left, top), side): (Spot, f64)) {
        let ends = |axis: usize| {
            let all = self.cities.iter().map(|city| city[axis]);
            all.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)))
        };
        let ((west, east), (south, north)) = (ends(0), ends(1));
        let scale = (side - 2.0 * AROUND) / (east - west).max(north - south);
        let at = |city: usize| {
            let [x, y] = self.cities[city];
            let x = left + 0.5 * side + scale * (x - 0.5 * (west + east));
            (x, top + 0.5 * side - scale * (y - 0.5 * (south + north)))
        };
        picture.outline((left, top), (left + side, top + side), 0.7, GREY.tint(0.4));
        let number = self.cities.len();
        let colour = if panel.best { PATTERNS[0] } else { INK };
        let mut ways: Vec<(f64, usize, usize)> = (0..number)
            .flat_map(|y| (0..y).map(move |x| (x, y)))
            .map(|(x, y)| (self.way(panel, (x, y)), x, y))
            .filter(|way| way.0 > WEAK)
            .collect();
        ways.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (strength, x, y) in ways {
            picture.line(
                [at(x), at(y)],
                0.5 + 1.7 * strength,
                colour.tint(0.85 * (1.0 - strength)),
            );
        }
        let middle = (left + 0.5 * side, top + 0.5 * side);
        for city in 0..number {
            let (x, y) = at(city);
            picture.dot((x, y), 3.4, INK);
            // Names stand on the outer side.
            let (dx, dy) = (x - middle.0, y - middle.1);
            let away = 9.0 / dx.hypot(dy).max(1.0);
            let name = (x + away * dx, y + away * dy);
            picture.text((city + 1).to_string(), name, SMALL, Align::Centre);
        }
    }

    /// The activity, a row for every city and a column for every place.
    fn state(&self, picture: &mut Picture, shares: &[f64], ((left, top), side): (Spot, f64)) {
        let number = self.cities.len();
        let cell = (side / number as f64 * UNITS).floor() / UNITS;
        let colours = shares.iter().map(|share| Some(activity(2.0 * share - 1.0))).collect();
        let cells = Cells { columns: number, rows: number, colours, tiles: true };
        cells.draw(picture, (left, top), (cell, cell));
        let own = number as f64 * cell;
        picture.text("place", (left + 0.5 * own, top + own + 9.0), SMALL, Align::Centre);
        picture.text_upwards("city", (left - 9.0, top + 0.5 * own), SMALL);
    }
}

/// Maps side by side, each above the activity of its neurons.
pub fn tours(tours: &Tours) -> Picture {
    if tours.panels.is_empty() || tours.cities.len() < 2 {
        return Picture::empty(&tours.title, WIDTH);
    }
    let (mut picture, mut top) = Picture::titled(&tours.title);
    let rows = tours.panels.len().div_ceil(ROW);
    let across = tours.panels.len().div_ceil(rows);
    let pitch = (RIGHT - MARGIN) / across as f64;
    for row in tours.panels.chunks(across) {
        let below = row.iter().any(|panel| !panel.shares.is_empty());
        for (k, panel) in row.iter().enumerate() {
            let middle = MARGIN + (k as f64 + 0.5) * pitch;
            let words = |text: &str| fitted(text, LABEL, pitch - 8.0);
            let ink = if panel.best { PATTERNS[0].shade(0.2) } else { INK };
            picture.text_in(words(&panel.label), (middle, top + 8.0), LABEL, Align::Centre, ink);
            let map = Span { top: top + 20.0, bottom: top + 20.0 + MAP };
            tours.map(&mut picture, panel, ((middle - 0.5 * MAP, map.top), MAP));
            let caption = fitted(&panel.caption, SMALL, pitch - 8.0);
            picture.text(caption, (middle, map.bottom + 11.0), SMALL, Align::Centre);
            if !panel.shares.is_empty() {
                let corner = (middle - 0.5 * STATE, map.bottom + GAP);
                tours.state(&mut picture, &panel.shares, (corner, STATE));
            }
        }
        top += 20.0 + MAP + GAP + if below { STATE + 18.0 } else { 0.0 } + ROWS;
    }
    picture.height = top;
    picture
}

/// States one after another: the activity beside the ways that it joins.
pub fn journey(tours: &Tours) -> Animation {
    let page = |panel: &TourPanel| {
        let (mut picture, top) = Picture::with_width(&tours.title, Animation::WIDTH);
        let pitch = 0.5 * (Animation::WIDTH - 2.0 * MARGIN);
        let left = |k: f64| MARGIN + k * pitch + 0.5 * (pitch - SIDE);
        let words = |text: &str| fitted(text, LABEL, pitch);
        for (k, text) in [(0.5, &panel.label), (1.5, &panel.caption)] {
            let at = (MARGIN + k * pitch, top + 8.0);
            picture.text(words(text), at, LABEL, Align::Centre);
        }
        tours.state(&mut picture, &panel.shares, ((left(0.0), top + 22.0), SIDE));
        tours.map(&mut picture, panel, ((left(1.0), top + 22.0), SIDE));
        picture.height = top + 22.0 + SIDE + 24.0;
        picture
    };
    Animation::new(tours.panels.iter().map(page).collect(), &tours.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_join_neighbouring_places() {
        let cities = vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        let of = |tour: Option<Vec<usize>>| {
            let mut shares = vec![0.0; 16];
            [(0, 0), (2, 1), (1, 2), (3, 3)].iter().for_each(|(x, k)| shares[x * 4 + k] = 0.5);
            TourPanel { shares, tour, ..TourPanel::default() }
        };
        let all = Tours { cities, ..Tours::default() };
        let ways = |panel: &TourPanel| {
            let pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
            pairs.map(|pair| all.way(panel, pair))
        };
        assert_eq!(ways(&of(Some(vec![0, 2, 1, 3]))), [0.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
        assert_eq!(ways(&of(None)), [0.0, 0.25, 0.25, 0.25, 0.25, 0.0]);
    }

    #[test]
    fn pictures_of_nothing_say_so() {
        assert!(tours(&Tours::default()).height > 0.0);
        assert_eq!(journey(&Tours::default()).pages.len(), 1);
    }
}

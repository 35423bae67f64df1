//! From pages to a GIF with one palette.

use super::animation::{Animation, LAST, PAGE};
use super::picture::Picture;
use super::png::Canvas;
use super::render;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Units of the page for a pixel of the file, in either direction.
const OVERSAMPLING: u32 = 4;
/// Most colours of a GIF.
const PALETTE: usize = 256;

type Rgb = [u8; 3];

/// Equal pixels one after another: a page is mostly white, and kept until all colours are known.
struct Drawn {
    size: (u32, u32),
    runs: Vec<(usize, Rgb)>,
}

pub fn write(animation: &Animation, path: &Path) -> Result<(), Box<dyn Error>> {
    let mut pages = Vec::new();
    for page in &animation.pages {
        pages.push(draw(page)?);
    }
    let palette = Palette::of(&pages);
    // No page is larger than a GIF can be: 65535 pixels.
    let (width, height) = (u16::try_from(pages[0].size.0)?, u16::try_from(pages[0].size.1)?);
    let mut file = BufWriter::new(File::create(path)?);
    let mut encoder = gif::Encoder::new(&mut file, width, height, &palette.bytes())?;
    encoder.set_repeat(gif::Repeat::Infinite)?;
    let mut before: Option<Vec<u8>> = None;
    for (k, page) in pages.iter().enumerate() {
        let pixels = palette.indices(page);
        let last = k + 1 == pages.len();
        let delay = if last { LAST } else { PAGE };
        let part = changed(before.as_deref(), &pixels, usize::from(width));
        encoder.write_frame(&gif::Frame { delay, ..part })?;
        before = Some(pixels);
    }
    drop(encoder);
    file.flush()?;
    Ok(())
}

fn draw(picture: &Picture) -> Result<Drawn, Box<dyn Error>> {
    let mut canvas = Canvas::new(render::size(picture));
    render::draw(picture, &mut canvas.backend()).map_err(|e| e.to_string())?;
    let (size, pixels) = canvas.averaged(OVERSAMPLING);
    let mut runs: Vec<(usize, Rgb)> = Vec::new();
    for pixel in pixels.chunks_exact(3) {
        let pixel = [pixel[0], pixel[1], pixel[2]];
        match runs.last_mut() {
            Some((number, same)) if *same == pixel => *number += 1,
            _ => runs.push((1, pixel)),
        }
    }
    Ok(Drawn { size, runs })
}

/// The part of a page that differs from the page before, which stays on the screen.
fn changed(before: Option<&[u8]>, pixels: &[u8], width: usize) -> gif::Frame<'static> {
    let differs = |k: &usize| before.is_none_or(|before| before[*k] != pixels[*k]);
    let (mut left, mut right, mut top, mut bottom) = (width, 0, usize::MAX, 0);
    for k in (0..pixels.len()).filter(differs) {
        let (x, y) = (k % width, k / width);
        (left, right) = (left.min(x), right.max(x));
        (top, bottom) = (top.min(y), bottom.max(y));
    }
    // A page like the one before is a pixel of it.
    let (left, top) = if top == usize::MAX { (0, 0) } else { (left, top) };
    let rows = top..=bottom.max(top);
    let part = rows.clone().flat_map(|y| &pixels[y * width + left..=y * width + right.max(left)]);
    let small = |pixels: usize| pixels as u16;
    gif::Frame {
        left: small(left),
        top: small(top),
        width: small(right.max(left) - left + 1),
        height: small(bottom.max(top) - top + 1),
        dispose: gif::DisposalMethod::Keep,
        buffer: Cow::Owned(part.copied().collect()),
        ..gif::Frame::default()
    }
}

/// The colours of a GIF.
struct Palette {
    colours: Vec<Rgb>,
    /// Of every colour that is drawn, the place of its nearest.
    places: BTreeMap<Rgb, u8>,
}

impl Palette {
    /// The most frequent colours; others, which stand at edges only, become the nearest of these.
    fn of(pages: &[Drawn]) -> Self {
        let mut counts: BTreeMap<Rgb, usize> = BTreeMap::new();
        for (number, colour) in pages.iter().flat_map(|page| &page.runs) {
            *counts.entry(*colour).or_default() += number;
        }
        let mut ordered: Vec<(Rgb, usize)> = counts.into_iter().collect();
        ordered.sort_by_key(|(colour, number)| (usize::MAX - number, *colour));
        let colours: Vec<Rgb> = ordered.iter().take(PALETTE).map(|entry| entry.0).collect();
        let distance = |a: Rgb, b: Rgb| -> u32 {
            a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
        };
        let nearest = |colour: Rgb| {
            let place = (0..colours.len()).min_by_key(|&k| distance(colours[k], colour));
            place.unwrap_or(0) as u8
        };
        let places = ordered.iter().map(|&(colour, _)| (colour, nearest(colour))).collect();
        Self { colours, places }
    }

    fn bytes(&self) -> Vec<u8> {
        self.colours.concat()
    }

    fn indices(&self, page: &Drawn) -> Vec<u8> {
        let run = |(number, colour): &(usize, Rgb)| {
            std::iter::repeat_n(self.places.get(colour).copied().unwrap_or(0), *number)
        };
        page.runs.iter().flat_map(run).collect()
    }
}

//! Pictures in files: PNG, or text with one character per pixel.

use super::Bitmaps;
use super::bitmap::{check_rows, pixel};
use super::names::check_names;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Pictures of equal size, one pattern each; every pixel is a neuron, row by row.
///
/// A PNG (grey, colour or palette, with or without transparency, of any bit depth) is put on white paper; a
/// pixel is foreground if it is dark: if its luminance, 0.299 R + 0.587 G + 0.114 B with white = 1, lies below
/// `threshold`. Any other file is text: `#`, `*` and `1` are foreground and `.`, `0` and a space background,
/// a line per row; plain PBM (`P1`) is understood too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Images {
    /// Names of files, from the folder of the model.
    pub files: Vec<PathBuf>,
    /// One name per picture; without them the names of the files without ending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Luminance below which a pixel of a PNG is foreground, between 0 (black) and 1 (white).
    #[serde(default = "half")]
    pub threshold: f64,
    /// Whether bright pixels are foreground instead of dark ones.
    #[serde(default)]
    pub inverted: bool,
}

fn half() -> f64 {
    0.5
}

/// Rows of foreground pixels.
type Picture = Vec<Vec<bool>>;

/// A picture with more pixels has more neurons than any binary network here.
const MOST_PIXELS: u64 = 1 << 24;

impl Images {
    pub(super) fn check(&self) -> Result<()> {
        if self.files.is_empty() {
            let found = "found 0 files";
            let allowed = "a memory has at least one pattern";
            return Err(Error::value("files", found, allowed, "[\"face.png\"]"));
        }
        if !(self.threshold > 0.0 && self.threshold < 1.0) {
            let found = format!("found a threshold of {}", self.threshold);
            let allowed = "luminance lies between 0 (black) and 1 (white), both excluded";
            return Err(Error::value("threshold", found, allowed, "0.5"));
        }
        check_names(&self.names, self.files.len())
    }

    /// The given names, or those of the files without ending if these differ.
    pub(super) fn names(&self) -> Vec<String> {
        if !self.names.is_empty() {
            return self.names.clone();
        }
        let stem =
            |file: &PathBuf| file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let stems: Vec<String> = self.files.iter().map(stem).collect();
        if check_names(&stems, stems.len()).is_ok() { stems } else { Vec::new() }
    }

    /// The same pictures as bitmaps; relative names of files start from `folder`.
    pub(super) fn read(&self, folder: &Path) -> Result<Bitmaps> {
        self.check()?;
        let mut rows = Vec::new();
        let mut first = None;
        for (k, file) in self.files.iter().enumerate() {
            let at = |e: Error| e.at(format!("files[{k}]"));
            let path = folder.join(file);
            let picture = self.picture(&path).map_err(at)?;
            let size = (picture[0].len(), picture.len());
            let first = *first.get_or_insert(size);
            if size != first {
                return Err(at(Error::input(
                    format!(
                        "found {} x {} pixels in {}, but {} x {} in {}",
                        size.0,
                        size.1,
                        path.display(),
                        first.0,
                        first.1,
                        folder.join(&self.files[0]).display()
                    ),
                    "all pictures of a population have the same size",
                    "scale or crop them",
                )));
            }
            if picture.iter().flatten().all(|&x| x == picture[0][0]) {
                return Err(at(Error::input(
                    format!(
                        "found {} pixel of {} in the foreground",
                        if picture[0][0] { "every" } else { "no" },
                        path.display()
                    ),
                    "a picture has foreground and background",
                    "change the threshold, or give another picture",
                )));
            }
            let character = |&x: &bool| if x { '#' } else { '.' };
            rows.push(picture.iter().map(|row| row.iter().map(character).collect()).collect());
        }
        Ok(Bitmaps { names: self.names(), rows })
    }

    /// The picture in one file.
    fn picture(&self, path: &Path) -> Result<Picture> {
        let bytes = crate::file::bytes_within(path, crate::file::PICTURE).map_err(|e| {
            Error::input(
                format!("found no readable file {} ({e})", path.display()),
                "",
                "check the name, which starts from the folder of the model",
            )
        })?;
        let mut picture = if bytes.starts_with(b"\x89PNG") {
            portable_network_graphics(&bytes, self.threshold).map_err(|found| {
                Error::input(
                    format!("found a PNG file {} that cannot be read ({found})", path.display()),
                    "",
                    "save the picture again, with at most 4096 x 4096 pixels",
                )
            })?
        } else {
            let text = String::from_utf8(bytes).map_err(|_| {
                Error::input(
                    format!("found a file {} that is neither PNG nor text", path.display()),
                    "a picture is a PNG, or text with a # for every pixel of the foreground",
                    "convert the picture to PNG",
                )
            })?;
            // Some programs begin a text with a mark of its encoding.
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            characters(text, &path.display().to_string())?
        };
        if self.inverted {
            picture.iter_mut().flatten().for_each(|x| *x ^= true);
        }
        Ok(picture)
    }
}

/// The dark pixels of a PNG file.
fn portable_network_graphics(bytes: &[u8], threshold: f64) -> Result<Picture, String> {
    let mut decoder = png::Decoder::new(bytes);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|e| e.to_string())?;
    let (width, height) = reader.info().size();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(format!("{width} x {height} pixels"));
    }
    let mut samples = vec![0; reader.output_buffer_size()];
    let frame = reader.next_frame(&mut samples).map_err(|e| e.to_string())?;
    let channels = frame.color_type.samples();
    let dark = |pixel: &[u8]| {
        let value = |k: usize| f64::from(pixel[k]) / 255.0;
        let luminance = match channels {
            1 | 2 => value(0),
            _ => 0.299 * value(0) + 0.587 * value(1) + 0.114 * value(2),
        };
        let opacity = if channels % 2 == 0 { value(channels - 1) } else { 1.0 };
        // On white paper.
        1.0 - opacity * (1.0 - luminance) < threshold
    };
    let row = |line: &[u8]| line.chunks_exact(channels).map(dark).collect();
    let lines = samples[..frame.buffer_size()].chunks_exact(frame.line_size);
    Ok(lines.map(row).collect())
}

/// The foreground of a picture written with characters, from the file called `name`.
fn characters(text: &str, name: &str) -> Result<Picture> {
    let rows: Vec<String> = match text.strip_prefix("P1") {
        Some(rest) => plain_bitmap(rest).ok_or_else(|| {
            Error::input(
                format!("found a PBM file {name} whose size and pixels do not agree"),
                "after P1 come columns, rows and columns x rows digits 0 or 1",
                "save the picture again",
            )
        })?,
        None => text.trim_end_matches(['\n', '\r']).lines().map(str::to_owned).collect(),
    };
    check_rows(&rows, name).map_err(|e| e.at(""))?;
    Ok(rows.iter().map(|row| row.chars().map(|c| pixel(c) == Some(true)).collect()).collect())
}

/// The rows of a plain PBM file after its `P1`: the size, then digits that may be spaced or not.
fn plain_bitmap(text: &str) -> Option<Vec<String>> {
    let uncommented: Vec<&str> =
        text.lines().map(|line| line.split('#').next().unwrap_or_default()).collect();
    let uncommented = uncommented.join(" ");
    let mut words = uncommented.split_whitespace();
    let columns: usize = words.next()?.parse().ok()?;
    let rows: usize = words.next()?.parse().ok()?;
    let digits: Vec<char> = words.flat_map(str::chars).collect();
    let fits = columns > 0 && columns.checked_mul(rows) == Some(digits.len());
    fits.then(|| digits.chunks(columns).map(|row| row.iter().collect()).collect())
}

#[cfg(test)]
mod tests;

use super::*;
use crate::pattern::{PatternSource, Shape};
use crate::random::Seed;

/// Writes a PNG of the given samples.
fn write(path: &Path, size: (u32, u32), color: png::ColorType, depth: png::BitDepth, data: &[u8]) {
    let mut encoder = png::Encoder::new(std::fs::File::create(path).unwrap(), size.0, size.1);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if color == png::ColorType::Indexed {
        encoder.set_palette(vec![255, 255, 0, 0, 0, 128]);
    }
    encoder.write_header().unwrap().write_image_data(data).unwrap();
}

fn images(files: &[&str]) -> Images {
    Images {
        files: files.iter().map(PathBuf::from).collect(),
        names: Vec::new(),
        threshold: 0.5,
        inverted: false,
    }
}

#[test]
fn every_kind_of_png_gives_its_dark_pixels() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    let rows = |images: &Images| images.read(folder.path()).unwrap().rows[0].clone();
    use png::{BitDepth, ColorType};
    for (color, depth, data) in [
        (ColorType::Grayscale, BitDepth::Eight, &[0, 200, 127, 129, 255, 0][..]),
        (ColorType::Grayscale, BitDepth::One, &[0b0100_0000, 0b1100_0000]),
        (ColorType::Grayscale, BitDepth::Sixteen, &[0, 9, 200, 0, 126, 0, 130, 0, 255, 0, 9, 9]),
        // Opaque black, transparent black, opaque grey; half black, white, black.
        (
            ColorType::GrayscaleAlpha,
            BitDepth::Eight,
            &[0, 255, 0, 0, 90, 255, 0, 90, 255, 255, 0, 255],
        ),
        // Yellow is bright, blue and red are dark, green is bright.
        (
            ColorType::Rgb,
            BitDepth::Eight,
            &[0, 0, 255, 255, 255, 0, 255, 0, 0, 0, 255, 0, 255, 255, 255, 0, 0, 0],
        ),
        (ColorType::Indexed, BitDepth::Two, &[0b0100_0100, 0b0000_0100]),
    ] {
        write(&path, (3, 2), color, depth, data);
        assert_eq!(rows(&images(&["a.png"])), ["#.#", "..#"], "{color:?} {depth:?}");
        let inverted = Images { inverted: true, ..images(&["a.png"]) };
        assert_eq!(rows(&inverted), [".#.", "##."], "{color:?} {depth:?}");
    }
    let with = |threshold| Images { threshold, ..images(&["a.png"]) };
    write(&path, (3, 2), ColorType::Grayscale, BitDepth::Eight, &[0, 200, 127, 129, 255, 0]);
    assert_eq!(rows(&with(0.8)), ["###", "#.#"]);
    assert_eq!(rows(&with(0.1)), ["#..", "..#"]);
}

#[test]
fn a_picture_that_was_written_is_read_again_and_needs_its_file_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let stream = &mut Seed(1).stream("picture", 0);
    let states: Vec<Vec<bool>> =
        (0..2).map(|_| (0..17 * 9).map(|_| stream.uniform() < 0.4).collect()).collect();
    for (state, name) in states.iter().zip(["one.png", "two.png"]) {
        let samples: Vec<u8> = state.iter().map(|&x| if x { 0 } else { 255 }).collect();
        let (color, depth) = (png::ColorType::Grayscale, png::BitDepth::Eight);
        write(&folder.path().join(name), (17, 9), color, depth, &samples);
    }
    let source = PatternSource::Image(images(&["one.png", "two.png"]));
    let resolved = source.resolve(folder.path(), 17 * 9).unwrap();
    drop(folder);
    assert!(matches!(resolved, PatternSource::Bitmap(_)));
    resolved.check(17 * 9).unwrap();
    let patterns = resolved.draw("N", 17 * 9, Seed(1));
    assert_eq!([patterns.state(0), patterns.state(1)], [states[0].clone(), states[1].clone()]);
    assert_eq!((source.number(), patterns.names()), (2, &source.names()[..]));
    assert_eq!(patterns.names(), ["one", "two"]);
    assert_eq!(patterns.shape(), Some(Shape { columns: 17, rows: 9 }));
}

#[test]
fn text_is_a_picture() {
    let rows = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.txt"), text).unwrap();
        images(&["a.txt"]).read(folder.path()).map(|b| b.rows[0].clone())
    };
    for text in [
        "#.#\n..#\n",
        "\u{feff}#.#\n..#\n",
        "* *\r\n  *\r\n\r\n",
        "101\n001",
        "P1\n# a comment\n3 2\n1 0 1\n0 0 1\n",
        "P1 3 2 101001",
    ] {
        assert_eq!(rows(text).unwrap(), ["#.#", "..#"], "{text:?}");
    }
}

#[test]
fn unsuitable_files_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (grey, eight) = (png::ColorType::Grayscale, png::BitDepth::Eight);
    write(&at("good.png"), (2, 2), grey, eight, &[0, 255, 0, 255]);
    write(&at("wide.png"), (3, 2), grey, eight, &[0, 255, 0, 255, 0, 255]);
    write(&at("pale.png"), (2, 2), grey, eight, &[200, 255, 200, 255]);
    let whole = std::fs::read(at("good.png")).unwrap();
    std::fs::write(at("torn.png"), &whole[..whole.len() - 20]).unwrap();
    std::fs::write(at("photo.jpg"), [0xff, 0xd8, 0xff]).unwrap();
    std::fs::write(at("ragged.txt"), "##.\n##\n").unwrap();
    std::fs::write(at("strange.txt"), "##.\n#x.\n").unwrap();
    std::fs::write(at("empty.txt"), "\n").unwrap();
    std::fs::write(at("short.pbm"), "P1 3 2 10100").unwrap();
    let message = |images: Images| {
        let error = images.read(folder.path()).unwrap_err().to_string();
        error.replace(&format!("{}/", folder.path().display()), "")
    };
    for (files, sentence) in [
        (
            &["good.png", "wide.png"][..],
            "files[1]: found 3 x 2 pixels in wide.png, but 2 x 2 in good.png; all pictures of a population \
             have the same size; scale or crop them.",
        ),
        (
            &["pale.png"],
            "files[0]: found no pixel of pale.png in the foreground; a picture has foreground and background; \
             change the threshold, or give another picture.",
        ),
        (
            &["photo.jpg"],
            "files[0]: found a file photo.jpg that is neither PNG nor text; a picture is a PNG, or text with a \
             # for every pixel of the foreground; convert the picture to PNG.",
        ),
        (
            &["ragged.txt"],
            "files[0]: found 2 pixels in row 2 of ragged.txt, but 3 in row 1; all rows of a picture are equally \
             long; complete the row.",
        ),
        (
            &["strange.txt"],
            "files[0]: found the character 'x' in row 2 of strange.txt; a pixel is # or * or 1 (foreground), or \
             . or 0 or a space (background); replace it.",
        ),
        (
            &["empty.txt"],
            "files[0]: found no pixel in empty.txt; a picture has at least one row of at least one pixel; draw \
             it with # for ink.",
        ),
        (
            &["short.pbm"],
            "files[0]: found a PBM file short.pbm whose size and pixels do not agree; after P1 come columns, \
             rows and columns x rows digits 0 or 1; save the picture again.",
        ),
        (
            &[],
            "files: found 0 files; a memory has at least one pattern; write for example files = [\"face.png\"].",
        ),
    ] {
        assert_eq!(message(images(files)), sentence);
    }
    for (file, beginning) in [
        ("torn.png", "files[0]: found a PNG file torn.png that cannot be read ("),
        ("missing.png", "files[0]: found no readable file missing.png ("),
    ] {
        let message = message(images(&[file]));
        assert!(message.starts_with(beginning), "{message}");
    }
    assert_eq!(
        message(Images { threshold: 1.0, ..images(&["good.png"]) }),
        "threshold: found a threshold of 1; luminance lies between 0 (black) and 1 (white), both excluded; \
         write for example threshold = 0.5."
    );
    assert_eq!(
        message(Images { names: vec!["a".into(), "b".into()], ..images(&["good.png"]) }),
        "names: found 2 names for 1 patterns; every pattern has one name; write one name per pattern, or \
         delete the names."
    );
}

/// +-1 values of the three pictures that ship.
fn shipped() -> Vec<Vec<f64>> {
    let files = ["face.png", "world.png", "penguin.png"];
    let source =
        PatternSource::Image(images(&files)).resolve("models/pictures".as_ref(), 100).unwrap();
    source.check(48 * 48).unwrap();
    let patterns = source.draw("N", 48 * 48, Seed(1));
    assert_eq!(patterns.names(), ["face", "world", "penguin"]);
    (0..3).map(|mu| (0..48 * 48).map(|i| patterns.value(mu, i)).collect()).collect()
}

/// The mean over neurons of a product.
fn product(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>() / x.len() as f64
}

#[test]
fn the_pictures_that_ship_are_balanced_and_resemble_one_another_little() {
    let x = shipped();
    for mu in 0..3 {
        let ink = x[mu].iter().filter(|x| **x == 1.0).count() as f64 / 2304.0;
        assert!((0.4..0.6).contains(&ink), "{ink}");
        for nu in 0..mu {
            assert!(product(&x[mu], &x[nu]).abs() < 0.25);
        }
    }
}

#[test]
fn hebb_recalls_the_pictures_that_ship_from_a_fifth_of_flipped_neurons() {
    let x = shipped();
    // h_i = sum_mu xi_i^mu m^mu, less the self-coupling.
    let update = |s: &[f64]| -> Vec<f64> {
        let m: Vec<f64> = x.iter().map(|xi| product(xi, s)).collect();
        let field =
            |i: usize| x.iter().zip(&m).map(|(xi, m)| xi[i] * m).sum::<f64>() - 3.0 * s[i] / 2304.0;
        (0..2304).map(|i| field(i).signum()).collect()
    };
    for (mu, xi) in x.iter().enumerate() {
        assert_eq!(&update(xi), xi);
        for start in 0..5 {
            let stream = &mut Seed(start).stream("cue", mu as u64);
            let bits: Vec<bool> = xi.iter().map(|x| *x > 0.0).collect();
            let cue = crate::pattern::degrade::flipped(&bits, 0.2, stream);
            let mut s: Vec<f64> = cue.iter().map(|x| if *x { 1.0 } else { -1.0 }).collect();
            assert!((product(xi, &s) - 0.6).abs() < 1e-3);
            (0..5).for_each(|_| s = update(&s));
            assert!(product(xi, &s) >= 0.99);
        }
    }
}

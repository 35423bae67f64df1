//! The page of a binary network computes what the library computes.

use attractor::dynamics::binary::{States, Tie, Update};
use attractor::export::page::Page;
use attractor::landscape::{Map, Memories, SmallNetwork};
use std::fs;
use std::process::Command;

const LETTERS: [(&str, &str); 4] = [
    ("D", "####. .#..# .#..# .#..# .###."),
    ("J", "##### ...#. ...#. #..#. ###.."),
    ("C", ".#### #.... #.... #.... .####"),
    ("M", "#...# ##.## #.#.# #...# #...#"),
];

/// Runs the page's functions on every cue: the state after it settled, and the energy of the cue.
const DRIVER: &str = r#"
const net = Core.network(data);
for (const cue of cues) {
  const x = Array.from(cue, Number), h = Core.localFields(net, x), energy = Core.energy(net, x, h);
  const order = x.map((_, i) => i), sweep = Array.from(x), g = Float64Array.from(h);
  for (let k = 0; k < 100 && !Core.settled(net, sweep, g); k++) Core.sweep(net, sweep, g, order);
  Core.synchronous(net, x, h);
  const again = Core.energy(net, sweep, Core.localFields(net, sweep));
  if (again !== Core.energy(net, sweep, g)) throw new Error("the fields went astray");
  console.log([sweep.join(""), x.join(""), energy, Core.overlap(Array.from(data.patterns[0], Number), x)].join(" "));
}
"#;

struct Letters {
    names: Vec<String>,
    patterns: Vec<Vec<u8>>,
    couplings: Vec<f64>,
}

/// The letters, learned with Hebb's rule with the given amplitude.
fn letters(amplitude: f64) -> Letters {
    let pixels = |picture: &str| -> Vec<u8> {
        picture.chars().filter(|c| *c != ' ').map(|c| u8::from(c == '#')).collect()
    };
    let patterns: Vec<Vec<u8>> = LETTERS.iter().map(|(_, picture)| pixels(picture)).collect();
    let same = |i: usize, j: usize| -> f64 {
        patterns.iter().map(|p| if p[i] == p[j] { 1.0 } else { -1.0 }).sum()
    };
    let coupling = |i, j| if i == j { 0.0 } else { amplitude * same(i, j) };
    Letters {
        names: LETTERS.iter().map(|(name, _)| (*name).to_owned()).collect(),
        couplings: (0..625).map(|k| coupling(k / 25, k % 25)).collect(),
        patterns,
    }
}

impl Letters {
    fn page<'a>(&'a self, tie: Tie) -> Page<'a> {
        Page {
            title: "Four <letters>",
            memories: Memories {
                names: &self.names,
                patterns: &self.patterns,
                shape: Some((5, 5)),
            },
            couplings: &self.couplings,
            fields: &[0.0; 25],
            states: States::PlusMinus,
            tie,
            update: Update::Shuffled,
        }
    }

    /// Every pattern with up to two wrong pixels, and some with three and four.
    fn cues(&self) -> Vec<u32> {
        let chosen = |mask: &u32| match mask.count_ones() {
            0..=2 => true,
            3 | 4 => mask % 97 == 3,
            _ => false,
        };
        let masks: Vec<u32> = (0..1 << 25).filter(chosen).collect();
        let bits = |p: &Vec<u8>| p.iter().enumerate().map(|(i, &x)| u32::from(x) << i).sum::<u32>();
        let states = self.patterns.iter().map(bits);
        states.flat_map(|state| masks.iter().map(move |mask| state ^ mask)).collect()
    }
}

fn text(state: u32) -> String {
    (0..25).map(|i| if state >> i & 1 == 1 { '1' } else { '0' }).collect()
}

/// The part of the page between a tag that starts so and its end.
pub fn part<'a>(html: &'a str, tag: &str) -> &'a str {
    let rest = html.split_once(tag).unwrap().1.split_once('>').unwrap().1;
    rest.split_once("</script>").unwrap().0
}

#[test]
fn the_script_of_the_page_gives_the_same_states_and_energies() {
    if Command::new("node").arg("--version").output().is_err() {
        println!("node is missing: the script of the page was not run");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    for (amplitude, tie) in [(1.0, Tie::Keep), (0.04, Tie::Plus), (1.0, Tie::Minus)] {
        let letters = letters(amplitude);
        let html = letters.page(tie).html().unwrap();
        let network =
            SmallNetwork::new(&letters.couplings, &[0.0; 25], States::PlusMinus, tie).unwrap();
        let cues = letters.cues();
        assert!(cues.len() > 1500);
        let list: Vec<String> = cues.iter().map(|&cue| text(cue)).collect();
        let (core, data) = (part(&html, "<script id=\"core\""), part(&html, "<script id=\"data\""));
        let script = format!("{core}\nconst data = {data};\nconst cues = {list:?};\n{DRIVER}");
        let path = directory.path().join("page.js");
        fs::write(&path, script).unwrap();
        let output = Command::new("node").arg(&path).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let lines = String::from_utf8(output.stdout).unwrap();
        let (sweep, mut compared) = (network.relaxer(Map::Sweep), 0);
        for (line, &cue) in lines.lines().zip(&cues) {
            let words: Vec<&str> = line.split(' ').collect();
            assert_eq!(words[0], text(sweep(cue).unwrap().0), "from {}", text(cue));
            assert_eq!(words[1], text(network.synchronous(cue)), "from {}", text(cue));
            let energy: f64 = words[2].parse().unwrap();
            assert!((energy - network.energy(cue)).abs() < 1e-9, "{line}");
            compared += 1;
        }
        assert_eq!(compared, cues.len());
    }
}

#[test]
fn the_page_needs_nothing_but_itself() {
    let letters = letters(1.0);
    let html = letters.page(Tie::Keep).html().unwrap();
    for outside in ["http:", "https:", "src=", "href=", "@import", "url(", "fetch("] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert!(html.contains("<title>Four &lt;letters></title>"));
    let data: serde_json::Value = serde_json::from_str(part(&html, "<script id=\"data\"")).unwrap();
    assert_eq!(data["title"], "Four <letters>");
    assert_eq!(data["dense"].as_array().unwrap().len(), 625);
    assert_eq!([&data["symmetric"], &data["tie"]], [&true.into(), &serde_json::json!("keep")]);
    // To be looked at.
    if let Ok(path) = std::env::var("ATTRACTOR_PAGE") {
        fs::write(path, html).unwrap();
    }
}

#[test]
fn a_page_that_does_not_fit_together_is_refused() {
    let letters = letters(1.0);
    let page = letters.page(Tie::Keep);
    let error = |page: Page| page.html().unwrap_err().to_string();
    let wide = Memories { shape: Some((5, 4)), ..page.memories };
    assert!(error(Page { memories: wide, ..page }).contains("5 x 4 pixels for 25 neurons"));
    assert!(error(Page { fields: &[0.0; 24], ..page }).contains("625 couplings for 24 neurons"));
    let nameless = Memories { names: &[], ..page.memories };
    assert!(error(Page { memories: nameless, ..page }).contains("0 names of 4 patterns"));
    assert!(error(Page { couplings: &[1.0], ..page }).contains("1 couplings for 25 neurons"));
    let mut one_way = letters.couplings.clone();
    one_way[1] += 1.0;
    let one_way = Page { couplings: &one_way, ..page };
    assert!(one_way.html().unwrap().contains("\"symmetric\":false"));
}

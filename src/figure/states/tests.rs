//! Every figure of small networks, read back from the SVG.

use super::*;
use crate::landscape::Memories;
use crate::landscape::graded::Sought;
use crate::model::Document;
use crate::random::Seed;
use crate::sweep::Grid;
use crate::work::Over;

/// The network of neurons `N` with these couplings, and its fixed points.
fn found(size: usize, couplings: &str, dynamics: &str) -> (Graded, GradedSurvey) {
    let text = format!(
        "title = 't'\nsource = 's'\nshows = 'x'\n[population.N]\nsize = {size}\n\
         [projection.J]\nfrom = 'N'\nto = 'N'\nconnect = 'all_to_all'\nautapses = true\n\
         efficacy = {{ matrix = {couplings} }}\n[dynamics.rate]\n{dynamics}\n\
         [dynamics.rate.units.N]\ntau = '10 ms'\ntransfer = 'tanh'\n\
         [[protocol]]\nname = 'rest'\nduration = '100 ms'\n"
    );
    let document = Document::new("test.toml".as_ref(), text, &[]).unwrap();
    let model = document.model().unwrap();
    let network = model.graded(&model.draw_patterns()).unwrap();
    let memories = Memories { names: &[], patterns: &[], shape: None };
    let sought =
        Sought { starts: 30, seed: Seed(1), memories, neurons: &(0..0), over: &Over::default() };
    let survey = network.survey(&sought).unwrap();
    (network, survey)
}

/// The SVG of a figure; stays in the folder `ATTRACTOR_FIGURES`, if it is named.
fn drawn(name: &str, drawing: &Drawing) -> String {
    let temporary = tempfile::tempdir().unwrap();
    let folder = std::env::var_os("ATTRACTOR_FIGURES").map(std::path::PathBuf::from);
    let path = folder.unwrap_or(temporary.path().to_owned()).join(format!("{name}.svg"));
    drawing.save(&path).unwrap();
    let svg = std::fs::read_to_string(path).unwrap();
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
    svg
}

fn names(svg: &str, label: &str) -> usize {
    svg.matches(&format!("aria-label=\"{label}\"")).count()
}

#[test]
fn networks_have_the_figures_of_their_size() {
    let one = ("[[2.0]]", 1);
    let two = ("[[1.6, 0.3], [0.3, 1.6]]", 2);
    let three = ("[[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]]", 3);
    for (couplings, n) in [one, two, three] {
        for variable in ["rate", "potential"] {
            let (network, survey) = found(n, couplings, &format!("variable = '{variable}'"));
            let states = States { title: "states", network: &network, survey: &survey };
            for view in View::ALL {
                let name = format!("states-{n}-{variable}-{}", view.words().0);
                match (states.draw(view, 12), n, view) {
                    (Err(error), 3, View::Portrait) => {
                        assert!(error.to_string().contains("found 3 neurons"));
                    }
                    (drawing, ..) => {
                        let svg = drawn(&name, &drawing.unwrap());
                        let portrait = usize::from(view == View::Portrait && n == 2);
                        assert_eq!(names(&svg, "saddle"), portrait, "{name}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_cycle_has_no_basins_and_no_energy() {
    let (network, survey) = found(2, "[[1.5, -2.0], [2.0, 1.5]]", "");
    let states = States { title: "cycle", network: &network, survey: &survey };
    let svg = drawn("states-cycle", &states.draw(View::Portrait, 12).unwrap());
    assert_eq!((names(&svg, "unstable"), names(&svg, "leads to")), (1, 0));
    assert!(states.draw(View::Energy, 12).unwrap_err().to_string().contains("found no energy"));
}

#[test]
fn branches_stand_against_their_key_in_figure_and_table() {
    let couplings = |j: f64| format!("[[{j:?}]]");
    let all = [0.5, 1.0, 2.0].map(|j| found(1, &couplings(j), "").1);
    let grid = Grid::parse(&["projection.J.scale=0.5,1.0,2.0".to_owned()], 1).unwrap();
    let branches = Branches::new("branches", &grid, all.to_vec(), Measure::Activity(0)).unwrap();
    let svg = drawn("states-branches", &branches.figure().into());
    assert_eq!((names(&svg, "stable"), names(&svg, "unstable")), (1, 1));
    let table = branches.table();
    assert_eq!(table.rows(), 5);
    assert_eq!(
        table.to_csv().lines().next().unwrap().split(',').next(),
        Some("projection.J.scale")
    );
}

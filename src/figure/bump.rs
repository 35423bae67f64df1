//! Where the bump of a recording is.

use crate::analysis::bump::Bumps;
use crate::error::{Error, Place, Result, list, suggest};
use crate::plot::bump as plot;
use crate::plot::chart::Figure;
use crate::recording::Recording;
use crate::report::model_of;

/// Width of the windows of spikes, ms.
const WINDOW: f64 = 50.0;

/// The bumps of all populations on a ring, in windows of `bin` ms.
///
/// # Errors
/// If the recording is damaged.
pub fn all(recording: &Recording, bin: f64) -> Result<Vec<Bumps>> {
    let model = model_of(&recording.provenance()?, recording.path())?;
    let mut found = Vec::new();
    for (name, population) in &model.population {
        let Some(space) = population.space else { continue };
        found.extend(Bumps::of(recording, (name, population.size), space, bin)?);
    }
    Ok(found)
}

/// Place against time, of the `population` that is named or of the only one on a ring.
pub fn draw(recording: &Recording, population: Option<&String>) -> Result<Figure> {
    let found = all(recording, WINDOW)?;
    let rings: Vec<&str> = found.iter().map(|bumps| bumps.population.as_str()).collect();
    let refused = |found: String, allowed: String, remedy: String| {
        let argument = population.map_or(String::new(), |name| format!(" {name}"));
        Error::input(found, allowed, remedy)
            .placed(Place::Argument(format!("--population{argument}")))
    };
    let bumps = match (&found[..], population) {
        ([], _) => {
            return Err(Error::file(
                recording.path(),
                "found no population on a ring whose activity was recorded",
                "give it space = { ring = \"360 deg\" }, or choose another view",
            ));
        }
        (all, Some(name)) => all.iter().find(|own| own.population == *name).ok_or_else(|| {
            let found = format!("found no ring of {name} whose activity was recorded");
            refused(found, suggest(name, rings.iter().copied()), "correct the name".to_owned())
        })?,
        ([only], None) => only,
        (all, None) => {
            let found = format!("found the rings of {}", list(&rings));
            let allowed = "the bump of one of them is drawn".to_owned();
            let remedy = format!("write --population {}", all[0].population);
            return Err(refused(found, allowed, remedy));
        }
    };
    let model = model_of(&recording.provenance()?, recording.path())?;
    figure(model.title.trim(), recording, bumps)
}

/// The figure of bumps that were found.
///
/// # Errors
/// If the recording is damaged.
pub fn figure(title: &str, recording: &Recording, bumps: &Bumps) -> Result<Figure> {
    let (unit, scale) = recording.clock().axis();
    let shown = recording.protocol()?.into_iter().filter(|epoch| !epoch.show.is_empty());
    let shown = shown.map(|epoch| (epoch.start / scale, epoch.end / scale, epoch.name)).collect();
    let by_time = |of: fn(&crate::analysis::bump::Bump) -> f64| -> Vec<(f64, f64)> {
        bumps.bumps.iter().map(|b| (b.time / scale, of(b))).collect()
    };
    let data = plot::Bump {
        time: format!("time ({unit})"),
        unit: bumps.unit.to_owned(),
        length: bumps.length,
        path: bumps.path(),
        width: by_time(|b| b.width),
        shown,
    };
    Ok(plot::place(&format!("Bump in {} · {title}", bumps.population), &data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Analyzed, Choice, Details, View, Wanted, draw_with};
    use crate::model::Document;
    use crate::simulation::Simulation;
    use crate::work::Threads;

    /// A recording of neurons on as many rings, called A, B, ..., of which each is cued at a place.
    fn recorded(rings: &[&str]) -> Recording {
        let mut text = "title = \"t\"\nsource = \"s\"\nshows = \"w\"\n".to_owned();
        let ring = "{ size = 36, space = { ring = \"360 deg\" } }";
        let mut show = String::new();
        for (k, name) in rings.iter().enumerate() {
            text += &format!("population.{name} = {ring}\n");
            text += &format!(
                "dynamics.rate.units.{name} = {{ tau = \"10 ms\", transfer = \"threshold_linear\" }}\n"
            );
            show += &format!(
                "{{ population = \"{name}\", centre = \"{} deg\", profile = \"cosine\", field = 1.0 }},",
                50 + 100 * k
            );
        }
        let first = rings[0];
        text += &format!(
            "projection.J = {{ from = \"{first}\", to = \"{first}\", connect = \"all_to_all\", autapses = false, efficacy = 0.001 }}\n"
        );
        text += &format!("[[protocol]]\nname = \"cue\"\nduration = \"100 ms\"\nshow = [{show}]\n");
        let document = Document::new("m.toml".as_ref(), text, &[]).unwrap();
        let threads = Threads::new(1).unwrap();
        let simulation = Simulation::new(document.model().unwrap(), ".".as_ref(), &threads);
        simulation.unwrap().record().unwrap()
    }

    fn drawn(recording: &Recording, population: Option<&str>) -> Result<String> {
        let details = Details { population: population.map(str::to_owned), ..Details::default() };
        draw_with(recording, View::Bump, &Choice::Usual, &details)?;
        draw(recording, details.population.as_ref()).map(|figure| figure.title)
    }

    #[test]
    fn one_of_several_rings_is_named() {
        let (one, two) = (recorded(&["A"]), recorded(&["A", "B"]));
        assert!(drawn(&one, None).unwrap().starts_with("Bump in A"));
        assert!(drawn(&one, Some("A")).unwrap().starts_with("Bump in A"));
        assert!(drawn(&two, Some("B")).unwrap().starts_with("Bump in B"));
        let refused = |population| drawn(&two, population).unwrap_err().to_string();
        assert_eq!(
            refused(None),
            "--population: found the rings of `A`, `B`; the bump of one of them is drawn; write --population A."
        );
        assert_eq!(
            refused(Some("C")),
            "--population C: found no ring of C whose activity was recorded; use one of `A`, `B`; correct the name."
        );
        let details = Details { population: Some("A".to_owned()), ..Details::default() };
        let other = draw_with(&two, View::Overview, &Choice::Usual, &details).unwrap_err();
        assert!(other.to_string().contains("drawn with --as bump"), "{other}");
    }

    #[test]
    fn every_ring_is_analysed_under_its_name() {
        let wanted = Wanted { bin: 10.0, ..Wanted::default() };
        let place = |recording: &Recording, name: &str| {
            let found = Analyzed::of(recording, &wanted, None).unwrap();
            assert!(found.figures.iter().any(|(own, _)| own == name), "{name}");
            let (_, table) = found.tables.into_iter().find(|(own, _)| own == name).unwrap();
            table.column("place").unwrap().numbers().unwrap().pop().unwrap()
        };
        let (one, two) = (recorded(&["A"]), recorded(&["A", "B"]));
        for (recording, name, cue) in
            [(&one, "bump", 50.0), (&two, "bump_A", 50.0), (&two, "bump_B", 150.0)]
        {
            let found = place(recording, name);
            assert!((found - cue).abs() < 1e-6, "{name}: {found}");
        }
    }
}

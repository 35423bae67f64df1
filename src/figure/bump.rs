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
    use crate::table::Column;
    use crate::work::Threads;

    /// A recording of neurons on rings of these names, of which the first excites itself, with some more of a model.
    fn on_rings(rings: &[&str], more: &str) -> Recording {
        let mut text = "title = \"t\"\nsource = \"s\"\nshows = \"w\"\n".to_owned();
        for name in rings {
            text += &format!(
                "population.{name} = {{ size = 36, space = {{ ring = \"360 deg\" }} }}\n\
                 dynamics.rate.units.{name} = {{ tau = \"10 ms\", transfer = \"threshold_linear\" }}\n"
            );
        }
        let first = rings[0];
        text += &format!(
            "projection.J = {{ from = \"{first}\", to = \"{first}\", connect = \"all_to_all\", autapses = false, efficacy = 0.001 }}\n"
        );
        let document = Document::new("m.toml".as_ref(), text + more, &[]).unwrap();
        let threads = Threads::new(1).unwrap();
        let simulation = Simulation::new(document.model().unwrap(), ".".as_ref(), &threads);
        simulation.unwrap().record().unwrap()
    }

    /// An epoch of 100 ms.
    fn epoch(show: &str) -> String {
        format!("[[protocol]]\nname = \"an epoch\"\nduration = \"100 ms\"\nshow = [{show}]\n")
    }

    /// A cue at a place of a ring.
    fn cue(ring: &str, degrees: usize) -> String {
        format!(
            "{{ population = \"{ring}\", centre = \"{degrees} deg\", profile = \"cosine\", field = 1.0 }},"
        )
    }

    /// A recording of neurons on as many rings, each of which is cued at a place.
    fn recorded(rings: &[&str]) -> Recording {
        let cues = rings.iter().enumerate().map(|(k, name)| cue(name, 50 + 100 * k));
        on_rings(rings, &epoch(&cues.collect::<String>()))
    }

    fn analyzed(recording: &Recording) -> Analyzed {
        Analyzed::of(recording, &Wanted { bin: 10.0, ..Wanted::default() }, None).unwrap()
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
        let place = |recording: &Recording, name: &str| {
            let found = analyzed(recording);
            assert!(found.figures.iter().any(|(own, _)| own == name), "{name}");
            let (_, table) = found.tables.into_iter().find(|(own, _)| own == name).unwrap();
            table.column("place").unwrap().numbers().unwrap().pop().unwrap()
        };
        let (one, two) = (recorded(&["A"]), recorded(&["A", "B"]));
        for (recording, name, cue) in
            [(&one, "bump", 50.0), (&two, "A_bump", 50.0), (&two, "B_bump", 150.0)]
        {
            let found = place(recording, name);
            assert!((found - cue).abs() < 1e-6, "{name}: {found}");
        }
    }

    #[test]
    fn a_ring_has_the_drifts_of_its_own_cues() {
        // The second cue tells no population: only A has patterns.
        let patterns = "patterns.A.places = { number = 4, coding_level = 0.25 }\n";
        let pattern = "{ pattern = 1, profile = \"cosine\", field = 1.0 }";
        let epochs = [&cue("B", 50), "", pattern, ""].map(epoch).concat();
        let found = analyzed(&on_rings(&["A", "B"], &(patterns.to_owned() + &epochs)));
        for (name, cue) in [("A_bump_drift", "pattern 1"), ("B_bump_drift", "50 deg")] {
            let (_, table) = found.tables.iter().find(|(own, _)| own == name).unwrap();
            let Some(Column::Text(cues)) = table.column("cue") else { panic!("{name}") };
            assert_eq!(*cues, [cue], "{name}");
        }
    }

    #[test]
    fn no_two_tables_have_one_name() {
        let rings = ["E", "drift_E", "bump_E"];
        let epochs = rings.map(|ring| epoch(&cue(ring, 50)) + &epoch(""));
        let found = analyzed(&on_rings(&rings, &epochs.concat()));
        let mut names: Vec<&str> = found.tables.iter().map(|(name, _)| &name[..]).collect();
        let of_bumps = names.iter().filter(|name| name.contains("bump")).count();
        assert!(of_bumps >= 2 * rings.len(), "{names:?}");
        names.sort_unstable();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    }
}

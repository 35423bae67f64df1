//! The figures of a page: those that `attractor plot` and `attractor analyze` draw.

use crate::error::Result;
use crate::figure::trials::Session;
use crate::figure::{Choice, Drawing, Picture, View, draw};
use crate::model::Model;
use crate::recording::Recording;
use crate::task::Task;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// A larger network is not learned anew for a figure: that may take minutes.
const MOST_LEARNED: usize = 2500;

/// All that a recording has, as elements of the page. What moves is left out: the page itself plays states back.
pub fn html(recording: &Recording, model: &Model) -> Result<String> {
    let mut pictures = Vec::new();
    let neurons: usize = recording.populations().iter().map(|p| p.1).sum();
    // Without neurons that somebody has chosen it would show any three beneath the overview again.
    let chosen = !recording.traced()?.is_empty();
    let drawn = |view: &View| {
        !view.moves()
            && (neurons <= MOST_LEARNED || !view.learns())
            && (chosen || *view != View::Neurons)
    };
    for view in View::ALL.into_iter().filter(drawn) {
        match draw(recording, view, &Choice::Usual) {
            Ok(Drawing::Still(picture)) => pictures.push(picture),
            Ok(Drawing::Moving(_)) => {}
            Err(error) if view == View::Overview => return Err(error),
            // Most views are of binary networks alone, or need states, or an energy.
            Err(_) => {}
        }
    }
    let trials = recording.trials()?.is_some_and(|trials| !trials.is_empty());
    if let Some(Task::DelayedMatch(task)) = model.task.as_ref().filter(|_| trials) {
        let session = Session::of(recording, &model.title, task, Default::default(), None)?;
        pictures.extend(session.figures()?.into_iter().map(|(_, figure)| figure.picture()));
    }
    Ok(pictures.iter().map(element).collect())
}

fn element(picture: &Picture) -> String {
    let (title, media, bytes) = picture.on_page();
    let data = BASE64_STANDARD.encode(bytes);
    let title = super::escaped(title);
    format!("<figure><img alt=\"{title}\" src=\"data:{media};base64,{data}\"></figure>\n")
}

//! Files in which links lead in a circle, or elsewhere.

use super::{attractor, changed, recorded, refused};

#[test]
fn a_circle_of_links_is_walked_once() {
    let folder = recorded();
    let folder = folder.path();
    for target in ["/", "/rates"] {
        changed(folder, "spiking.h5", |file| file.link_soft(target, "/rates/again").unwrap());
        let done = attractor(folder, &["verify", "changed.h5"]);
        assert!(done.status.success(), "{target}: {done:?}");
    }
}

/// Nothing that has a limit of computing ends that.
#[cfg(target_os = "linux")]
#[test]
fn a_link_to_a_pipe_is_not_waited_for() {
    let folder = recorded();
    let folder = folder.path();
    let made = std::process::Command::new("mkfifo").arg(folder.join("pipe")).status().unwrap();
    assert!(made.success());
    changed(folder, "spiking.h5", |file| file.link_external("pipe", "/a", "/zzz").unwrap());
    let said = refused(folder, &["info", "changed.h5"]);
    assert!(said.contains("it waits for something else, such as a pipe"), "{said}");
}

//! Files of synapses that were changed.

use super::{Change, SPIKING, attractor, changed, pack, refused};

#[test]
fn synapses_stand_in_the_file_that_is_named_and_in_chunks_that_fit() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("spiking.toml"), SPIKING).unwrap();
    assert!(attractor(folder, &["export", "spiking.toml", "-o", "net.h5"]).status.success());
    let read = SPIKING.replace("{ in_degree = 20 }", "{ file = \"changed.h5\" }");
    let read = read.replace("learning = \"shared_patterns\"\nscale = \"0.3 mV\"\n", "");
    let read = read.replace("delay = \"1 ms\"\ntau_syn = \"60 ms\"\n", "");
    std::fs::write(folder.join("read.toml"), read).unwrap();
    changed(folder, "net.h5", |_| {});
    assert!(attractor(folder, &["check", "read.toml"]).status.success());
    let changes: [(Change, &str); 3] = [
        (
            |file| {
                let path = "edges/E_to_E/0/syn_weight";
                pack(file, path, file.dataset(path).unwrap().size());
            },
            "is compressed in chunks of [4194304]",
        ),
        (
            |file| {
                let path = "edges/E_to_E/0/syn_weight";
                file.unlink(path).unwrap();
                file.link_external("net.h5", path, path).unwrap();
            },
            "stands in another file, ",
        ),
        (
            |file| {
                file.unlink("edges").unwrap();
                file.link_external("net.h5", "edges", "edges").unwrap();
            },
            "stands in another file, ",
        ),
    ];
    for (change, found) in changes {
        changed(folder, "net.h5", change);
        let said = refused(folder, &["run", "read.toml", "-o", "out.h5"]);
        assert!(said.contains("changed.h5") && said.contains(&format!("({found}")), "{said}");
    }
}

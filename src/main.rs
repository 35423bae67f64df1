use attractor::model::Document;
use attractor::recording::Provenance;
use attractor::simulation::{Simulation, Wish};
use std::path::Path;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let r = (|| -> attractor::error::Result<()> {
        let document = Document::read(Path::new(&args[1]), &args[4..])?;
        let model = document.model()?;
        let t0 = std::time::Instant::now();
        rayon::ThreadPoolBuilder::new().num_threads(args[3].parse().unwrap()).build().unwrap().install(|| {
        let mut sim = Simulation::new(&model).map_err(|e| document.place(e))?;
        let build = t0.elapsed().as_secs_f64();
        let resolved = toml::to_string(&model).unwrap();
        let mut rec = sim.recorder(Path::new(&args[2]), true, document.text(), &resolved)?;
        let t1 = std::time::Instant::now();
        sim.run(&mut rec, |_| Wish::Continue)?;
        let wall = t1.elapsed().as_secs_f64();
        let e = sim.events();
        println!("build {build:.3} wall {wall:.3} rtf {:.3} syn {} events {e:?}", wall / (model.duration() / 1000.0), sim.synapses);
        let hash = rec.finish(Provenance { seed: model.seed, wall_s: wall, ..Default::default() })?;
        println!("{hash}");
        Ok(())
        })
    })();
    if let Err(e) = r { eprintln!("{e}"); std::process::exit(2); }
}

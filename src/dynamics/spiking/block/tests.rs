//! A block among its branches.

use super::*;
use crate::dynamics::spiking::emission::{Emission, Listed};
use crate::dynamics::spiking::kick::SHARED;
use crate::dynamics::spiking::membrane::{Parameters, leaks};
use crate::dynamics::spiking::slots::Slots;
use crate::random::Seed;
use crate::synapse::{ROOMS, RowsBuilder, Shelf};

#[test]
fn a_branch_shares_what_does_not_change() {
    let mut rows = RowsBuilder::constant(1, 0.5);
    rows.push(0);
    rows.end_row();
    let parameters = Parameters {
        tau_m: vec![10.0],
        theta: vec![20.0],
        v_inf: vec![0.0],
        v_reset: 0.0,
        t_ref: vec![1.0],
        tau: vec![5.0],
        adaptation: None,
        moving_threshold: None,
        escapes: false,
        leaks: leaks(&[10.0]),
    };
    let membrane = Arc::new(Membrane::<SHARED>::new(parameters, ROOMS[0], 1.0));
    let synapses = Synapses::new(vec![rows.finish()], false, &mut Shelf::new(0));
    let pathway = Pathway {
        senders: 0..1,
        routes: vec![0],
        acts: Acts::OnCurrent(0),
        synapses,
        plastic: None,
    };
    let listed: Arc<[(f64, u16)]> = vec![(3.0, 0)].into();
    let emission = Emission::Listed(Listed::new(Arc::clone(&listed)));
    let external = External::new(Some(0), 1.0, emission, 1, 1.0);
    let delays = Delays { by_route: vec![1.0], most: vec![usize::MAX], slots: Slots::new(1.0) };
    let block =
        Block::new(membrane, (&[0.0], vec![1]), vec![pathway], &delays, Some(external), None);
    let streams = |k| Streams { seed: Seed(k), population: "N", portions: 0..1 };
    let branches: Vec<_> = (0..3).map(|k| block.branch(&streams(k))).collect();
    for branch in &branches {
        assert!(Arc::ptr_eq(&branch.pathways, &block.pathways));
        assert!(Arc::ptr_eq(&branch.routes, &block.routes));
        assert!(Arc::ptr_eq(&branch.state.membrane, &block.state.membrane));
    }
    // Held here, by the block and by its branches.
    assert_eq!(Arc::strong_count(&listed), 5);
}

//! What the library must do, as its users see it: the engine against slow references, closed forms and its own laws;
//! learning, trials, sweeps and figures; and the rules of the house.
//!
//! One program, because each program is linked anew with everything: choose a part by its module, as in
//! `cargo test --test library ties::`.

mod branching;
mod common;
mod courses;
mod decision;
mod documents;
#[cfg(feature = "cli")]
mod doors;
mod efficacies;
mod engine_reference;
mod escape;
mod expected;
mod first_crossing;
mod forged;
mod high_precision;
mod identity;
mod imported;
mod interrupt;
mod items;
mod laws;
mod learned_in_trials;
mod learning;
mod memory;
mod plasticity;
mod potentials;
mod predictions;
mod properties;
mod ranks;
mod release;
mod replay;
mod resuming;
mod shards;
mod siegert;
mod signed;
mod single_neuron;
mod stimulus;
mod sweep;
mod sweep_figures;
mod threshold_current;
mod tidy;
mod ties;
mod traces;
mod trials;
mod verdicts;
mod web;

"""Plastic synapses against those of NEST: pair STDP, additive and soft, and Vogels' rule, on a graph with given spike trains.

SENDERS send at random moments to RECEIVERS that fire when they are told to; what is compared is every efficacy after 1 s.
Conventions that make the two the same:

    attractor's delay d is that of arrivals (axonal)    NEST's is that of the spikes of the receiver (dendritic): a pair is
                                                        t_post - (t_pre + d) here and t_post + d - t_pre there, so that NEST's
                                                        senders fire 2 d later
    every pair of spikes counts                         the same (stdp_synapse is all to all)
    `potentiation`, `depression`, `max`                 lambda Wmax, alpha lambda Wmax, Wmax; mu = 0, or 1 of `soft`
    `learning_rate`, `target`, `tau`                    eta, alpha = 2 target tau, tau and tau_minus of the receiver
    an efficacy changes at both spikes                  all changes are made at the next spike of the sender: all senders fire
                                                        once more, long after the last pair

At an arrival Vogels' rule adds both of its terms here, and one after the other there, so that they differ where the first one meets
the upper bound; the bound is far in what is compared.

Receivers of NEST are parrots: port 1 lets them learn and does not let them fire. Run by scripts/against-peers; the first argument
is the attractor to run.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import nest
import numpy as np

ATTRACTOR = sys.argv[1] if len(sys.argv) > 1 else "target/release/attractor"
SENDERS, RECEIVERS, DURATION, LAST = 30, 20, 1000.0, 1900.0
DELAY, TAU = 1.5, 20.0
# mV: rounding of some hundred changes, and by how much efficacies must change at least for this to tell anything.
ACCURACY, CHANGE = 1e-12, 0.05
# At the end of NEST's time all senders have fired.
END = LAST + 100.0

MODEL = """
title = "Plastic synapses with given spikes"
source = "NEST"
shows = "agreement"
population = {{ S = {{ size = {senders} }}, T = {{ size = {receivers} }}, R = {{ size = {receivers} }} }}
dynamics.spiking.S.spikes.list = {sent}
dynamics.spiking.T.spikes.list = {told}
dynamics.spiking.R = {{ tau_m = "10 ms", theta = "20 mV", v_reset = "0 mV", t_ref = "0 ms" }}
record.efficacies = {{}}
protocol = [{{ name = "learning", duration = "{end} ms" }}]
[projection.P]
from = "S"
to = "R"
connect = {{ probability = 0.5 }}
efficacy = "{start} mV"
delay = "{delay} ms"
tau_syn = "5 ms"
plasticity.{rule}
[projection.Q]
from = "T"
to = "R"
connect = "one_to_one"
efficacy = "100 mV"
delay = "1 ms"
tau_syn = "0 ms"
"""


def trains(number, rate, phase, random):
    """Moments on NEST's grid, in tenths of ms, such that no sender is heard when a receiver fires."""
    slots = np.arange(100, int(10 * DURATION), 2) + phase
    return [np.sort(random.choice(slots, random.poisson(rate * DURATION / 1000.0), replace=False)) / 10.0 for _ in range(number)]


def learned(folder, sent, fired, rule, start):
    """Senders, receivers and efficacies (mV) at the end, as attractor finds them."""
    listed = lambda spikes: str([[f"{t:.1f} ms" for t in train] for train in spikes]).replace("'", '"')
    text = MODEL.format(
        senders=SENDERS, receivers=RECEIVERS, sent=listed(sent), told=listed([t - 1.0 for t in fired]), end=END, start=start,
        delay=DELAY, rule=rule,
    )
    model, out = folder / "model.toml", folder / "out.h5"
    model.write_text(text)
    subprocess.run([ATTRACTOR, "run", model, "-o", out, "--force", "--quiet"], check=True)
    with h5py.File(out) as file:
        spikes = [np.sort(file["spikes/R/timestamps"][:][file["spikes/R/node_ids"][:] == k]) for k in range(RECEIVERS)]
        for found, expected in zip(spikes, fired):
            np.testing.assert_allclose(found, expected, atol=1e-9)
        group = file["efficacies/P"]
        return group["source_node_id"][:], group["target_node_id"][:], group["efficacy"][-1]


def of_nest(sent, fired, edges, synapse, start):
    """The same efficacies as NEST finds them."""
    nest.ResetKernel()
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.resolution = 0.1
    pre, post = nest.Create("parrot_neuron", SENDERS), nest.Create("parrot_neuron", RECEIVERS, {"tau_minus": TAU})
    for neurons, spikes, later in ((pre, sent, 2 * DELAY), (post, fired, 0.0)):
        # A generator's spike comes to its parrot 1 ms later.
        times = [{"spike_times": np.round(t + later - 1.0, 1)} for t in spikes]
        nest.Connect(nest.Create("spike_generator", len(spikes), times), neurons, "one_to_one", {"delay": 1.0})
    number = len(edges[0])
    keys = {"weight": np.full(number, start), "delay": np.full(number, DELAY), "receptor_type": np.ones(number, int)}
    nest.Connect(np.array(pre.tolist())[edges[0]], np.array(post.tolist())[edges[1]], "one_to_one", synapse | keys)
    nest.Simulate(END)
    found = nest.GetConnections(pre, post).get(["source", "target", "weight"])
    first = pre.tolist()[0], post.tolist()[0]
    weights = {(s - first[0], t - first[1]): w for s, t, w in zip(found["source"], found["target"], found["weight"])}
    return np.array([weights[pair] for pair in zip(*edges)])


def main():
    random = np.random.default_rng(1)
    sent = [np.append(t, LAST) for t in trains(SENDERS, 20.0, 0, random)]
    # Arrivals come at odd, spikes of receivers at even tenths.
    fired = trains(RECEIVERS, 15.0, 0, random)
    pairs = f'tau_pre = "{TAU} ms", tau_post = "{TAU} ms", max = "2 mV"'
    stdp = {"synapse_model": "stdp_synapse", "tau_plus": TAU, "lambda": 0.1, "alpha": 1.2, "Wmax": 2.0}
    cases = [
        ("pair", f'pair = {{ potentiation = "0.2 mV", depression = "0.24 mV", {pairs} }}', stdp | {"mu_plus": 0.0, "mu_minus": 0.0}),
        ("pair, soft", f'pair = {{ potentiation = "0.2 mV", depression = "0.24 mV", {pairs}, soft = true }}', stdp | {"mu_plus": 1.0, "mu_minus": 1.0}),
        (
            "inhibitory",
            f'inhibitory = {{ learning_rate = "0.02 mV", target = "5 Hz", tau = "{TAU} ms", max = "9 mV" }}',
            {"synapse_model": "vogels_sprekeler_synapse", "tau": TAU, "eta": 0.02, "alpha": 2 * 0.005 * TAU, "Wmax": 9.0},
        ),
    ]
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name, rule, synapse in cases:
            senders, receivers, mine = learned(Path(folder), sent, fired, rule, 1.0)
            theirs = of_nest(sent, fired, (senders.astype(int), receivers.astype(int)), synapse, 1.0)
            apart, changed = np.abs(mine - theirs).max(), np.abs(mine - 1.0)
            good = apart < ACCURACY and changed.mean() > CHANGE
            failed |= not good
            bounds = np.count_nonzero((mine == 0.0) | (mine == 2.0))
            print(
                f"  {name:12} {len(mine)} efficacies, {mine.min():.4f} to {mine.max():.4f} mV, {bounds} at a bound; apart by at most "
                f"{apart:.1e} mV: {'ok' if good else 'DIFFERS'}"
            )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

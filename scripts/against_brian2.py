"""Compares attractor with Brian2 on the same network with the same external spikes.

Run by scripts/against-peers, from the root of the project; --help lists the options.

Brian2 integrates these equations exactly from one point of its grid to the next, and spikes and arrivals stand on the
grid: an error of about one time step per spike until the trajectories separate, the sooner the longer the step. The
equations are attractor's, in mV and ms:

    dv/dt = (v_rest + current - v + I)/tau_m       dI/dt = -I/tau_syn, one I for every time constant
    an arrival of efficacy J: I += J tau_m/tau_syn, or v += J (not while refractory) where tau_syn = 0
"""

import brian2 as b2
import numpy as np

import compare

# ms: the time step to compare spikes, and the one to compare statistics: at 0.1 ms rates are up to 7 % too high.
DT, DT_STATISTICS = 0.001, 0.02
# Time steps by which a spike may be late or early.
STEPS = 5.0


def accuracy_of(_, arguments):
    return STEPS * (arguments.dt or DT)


def time_constants(experiment, name):
    """The time constants of the currents of a population; its delta synapses have none."""
    found = {p.tau_syn for p in experiment.projections if p.receiver == name}
    population = experiment.populations[name]
    if population.external_weight:
        found.add(population.external_tau)
    return sorted(tau for tau in found if tau > 0)


def create(experiment, name):
    population = experiment.populations[name]
    p = population.parameters
    taus = time_constants(experiment, name)
    total = "".join(f" + I{k}" for k in range(len(taus)))
    equations = f"dv/dt = (v_inf - v{total})/tau_m : 1 (unless refractory)\n"
    equations += "".join(f"dI{k}/dt = -I{k}/({tau!r}*ms) : 1\n" for k, tau in enumerate(taus))
    equations += "v_inf : 1 (constant)\ntau_m : second (constant)\ntheta : 1 (constant)\n"
    equations += "t_ref : second (constant)\n"
    neurons = b2.NeuronGroup(
        population.size,
        equations,
        threshold="v >= theta",
        reset=f"v = {p['v_reset']!r}",
        refractory="t_ref",
        method="exact",
        name=f"neurons_{name}",
    )
    neurons.v_inf = p["v_rest"] + p["current"]
    neurons.tau_m, neurons.theta, neurons.v = p["tau_m"] * b2.ms, p["theta"], p["v_initial"]
    neurons.t_ref = p["t_ref"] * b2.ms
    return neurons, taus


def action(taus, tau_syn):
    """What an arrival of efficacy w does."""
    if tau_syn == 0:
        return "v_post += w * int(not_refractory_post)"
    return f"I{taus.index(tau_syn)}_post += w * tau_m_post / ({tau_syn!r}*ms)"


def generator(spikes, size, dt):
    """Sources of given spikes: (group, how many lanes). A source of Brian2 spikes once in a time step, so that the
    second spike of a neuron within one comes from another lane of `size` sources."""
    times, ids = spikes
    order = np.lexsort((times, ids))
    times, ids = times[order], ids[order]
    step = np.floor(times / dt + 1e-9).astype(int)
    lane = np.zeros(len(step), int)
    for k in range(1, len(step)):
        if step[k] == step[k - 1] and ids[k] == ids[k - 1]:
            lane[k] = lane[k - 1] + 1
    lanes = int(lane.max(initial=0)) + 1
    order = np.argsort(step, kind="stable")
    at = (step[order] + 0.5) * dt * b2.ms
    return b2.SpikeGeneratorGroup(size * lanes, (ids + size * lane)[order], at, sorted=True), lanes


def connect(network, source, target, pairs, weights, delays, effect, lanes=1):
    synapses = b2.Synapses(source, target, "w : 1 (constant)", on_pre=effect)
    senders, receivers = pairs
    if not len(senders):
        return
    size = len(source) // lanes
    synapses.connect(
        i=np.concatenate([senders + size * k for k in range(lanes)]), j=np.tile(receivers, lanes)
    )
    synapses.w = np.tile(weights, lanes)
    synapses.delay = np.tile(delays, lanes) * b2.ms
    network.add(synapses)


def simulate(experiment, noise, arguments):
    if experiment.currents:
        compare.stop("a protocol that shows currents is not replayed here")
    dt = DT_STATISTICS if noise else arguments.dt or DT
    b2.start_scope()
    b2.defaultclock.dt = dt * b2.ms
    network = b2.Network()
    cells, taus, lanes, monitors = {}, {}, {}, {}
    for name, population in experiment.populations.items():
        lanes[name] = 1
        if population.source:
            cells[name], lanes[name] = generator(experiment.spikes[name], population.size, dt)
            network.add(cells[name])
            continue
        cells[name], taus[name] = create(experiment, name)
        monitors[name] = b2.SpikeMonitor(cells[name])
        network.add(cells[name], monitors[name])
        effect = action(taus[name], population.external_tau) if population.external_weight else ""
        everyone = np.arange(population.size)
        constant = np.ones(population.size)
        if noise and population.poisson_rate:
            # Arrivals within a step are drawn as a number, which acts at once.
            target = "v" if population.external_tau == 0 else f"I{taus[name].index(population.external_tau)}"
            share = "int(not_refractory)" if target == "v" else f"tau_m/({population.external_tau!r}*ms)"
            mean = population.poisson_rate * dt / 1000.0
            drawn = f"{target} += {population.external_weight!r}*poisson({mean!r})*{share}"
            cells[name].run_regularly(drawn, when="synapses")
        elif population.external:
            given = compare.before(population.external, experiment.duration)
            source, width = generator(given, population.size, dt)
            network.add(source)
            weights = population.external_weight * constant
            connect(network, source, cells[name], (everyone, everyone), weights, 0 * constant, effect, width)
    for p in experiment.projections:
        effect = action(taus[p.receiver], p.tau_syn)
        pairs = p.sources, p.targets
        connect(network, cells[p.sender], cells[p.receiver], pairs, p.weights, p.delays, effect, lanes[p.sender])
    network.run(experiment.duration * b2.ms)
    return {name: (np.asarray(m.t / b2.ms), np.asarray(m.i)) for name, m in monitors.items()}


if __name__ == "__main__":
    compare.main(__doc__.splitlines()[0], "Brian2", simulate, accuracy_of, until=50.0, window=20.0, share=0.95)

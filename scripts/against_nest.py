"""Compares attractor with NEST's neurons of continuous spike times, on the same network with the same external spikes.

Run by scripts/against-peers, from the root of the project; --help lists the options.

NEST's neurons live in pA and pF: with a capacitance of C = 250 pF the membrane resistance is R = tau_m / C, and

    delta synapse of efficacy J         weight J (mV)                        iaf_psc_delta_ps
    exponential synapse of efficacy J   weight J C / tau_syn (pA)            iaf_psc_exp_ps_lossless if all time constants
    current mu (mV)                     I_e = mu C / tau_m (pA)              of a neuron are the same, else iaf_psc_exp_ps

iaf_psc_exp_ps looks for crossings at arrivals and grid points alone, so that it may miss one in between; its spikes
agree less. A neuron of NEST has one excitatory and one inhibitory time constant, and delays are whole time steps.
External spikes arrive through spike_generators with precise times, sent one delay earlier; NEST's clock therefore
starts BEGIN ms before attractor's, with neurons that rest until then.

A current that changes in time comes from a step_current_generator, whose times are NEST's time steps; a rate that does so is in the
external spikes.

Unless models are chosen, two random networks that lie on the grid as a whole are compared, too: no neuron may separate
within a second. So are the membrane potentials of some neurons of each model, and spikes and potentials while all kinds of courses are
shown.

Where a refractory period is a sum of delays, an arrival can come at the very end of one, and the last bit decides on
which side: the two simulators may then part although neither errs. Choose t_ref so that this cannot be.
"""

import random
import tempfile
from pathlib import Path

import nest
import numpy as np

import compare

CAPACITANCE = 250.0
# ms of NEST's time at which attractor's time begins; a power of two, which loses the fewest digits.
BEGIN = 4.0
# ms: the time step, and the shortest one that is halved again.
DT, SHORTEST = 0.1, 0.02
# ms: the rounding of either simulator, grown over the window; and what a search on the grid leaves.
EXACT, SEARCHED = 1e-9, 1e-3
# Networks whose sources and delays lie on NEST's grid: how many, and how long (ms) no neuron may separate.
GRIDS, TOGETHER = 2, 1000.0
# How far (mV) potentials may differ, how long (ms), and of how many neurons of each population they are compared.
POTENTIAL, LOOKED, WATCHED = 1e-9, 100.0, 20


def time_constants(experiment, name):
    """The excitatory and the inhibitory time constant of a population."""
    found = {True: set(), False: set()}
    for projection in experiment.projections:
        if projection.receiver == name:
            for excites in (True, False):
                if np.any((projection.weights > 0) == excites):
                    found[excites].add(projection.tau_syn)
    population = experiment.populations[name]
    if population.external_weight:
        found[population.external_weight > 0].add(population.external_tau)
    if max(map(len, found.values())) > 1:
        compare.stop(f"{name} has several time constants of one sign, and NEST's neurons have but one")
    excitatory, inhibitory = (next(iter(found[sign]), None) for sign in (True, False))
    first = excitatory if excitatory is not None else inhibitory
    excitatory, inhibitory = (first if tau is None else tau for tau in (excitatory, inhibitory))
    if first is None:
        return 0.0, 0.0
    if (excitatory == 0) != (inhibitory == 0):
        compare.stop(f"{name} has delta and exponential synapses, and NEST's neurons have one kind")
    return excitatory, inhibitory


def model_of(experiment, name):
    excitatory, inhibitory = time_constants(experiment, name)
    if excitatory == 0:
        return "iaf_psc_delta_ps"
    return "iaf_psc_exp_ps_lossless" if excitatory == inhibitory else "iaf_psc_exp_ps"


def accuracy_of(experiment, arguments):
    neurons = [name for name, p in experiment.populations.items() if not p.source]
    searched = any(model_of(experiment, name) == "iaf_psc_exp_ps" for name in neurons)
    return SEARCHED if searched else EXACT


def create(experiment, name):
    """The neurons of a population, and what sets them in motion when attractor's time begins."""
    population, model = experiment.populations[name], model_of(experiment, name)
    p = population.parameters
    fixed = {"C_m": CAPACITANCE, "V_reset": p["v_reset"]}
    if model != "iaf_psc_delta_ps":
        excitatory, inhibitory = time_constants(experiment, name)
        fixed |= {"tau_syn_ex": excitatory, "tau_syn_in": inhibitory}
    columns = (p[key] for key in ("tau_m", "theta", "t_ref", "current", "v_initial"))
    each = [
        {"tau_m": tau_m, "V_th": theta, "t_ref": t_ref, "E_L": p["v_rest"], "I_e": current * CAPACITANCE / tau_m, "V_m": v}
        for tau_m, theta, t_ref, current, v in zip(*columns)
    ]
    neurons = nest.Create(model, population.size)
    # Whatever the resting potential, nothing happens before the beginning.
    neurons.set([fixed | e | {"E_L": p["v_reset"], "I_e": 0.0, "V_m": p["v_reset"]} for e in each])
    return neurons, lambda: neurons.set([fixed | e for e in each])


def weight(efficacy, tau_syn):
    return efficacy * CAPACITANCE / tau_syn if tau_syn else efficacy


def generators(spikes, size, advance):
    """Sources of given spikes, each sent `advance` ms early."""
    trains = compare.trains(spikes, size)
    parameters = [{"spike_times": BEGIN + t - advance, "precise_times": True} for t in trains]
    sources = nest.Create("spike_generator", size)
    sources.set(parameters)
    return sources


def connect(sources, targets, senders, receivers, weights, delays):
    if len(senders):
        from_ids, to_ids = np.array(sources.tolist()), np.array(targets.tolist())
        synapses = {"synapse_model": "static_synapse", "weight": weights, "delay": delays}
        nest.Connect(from_ids[senders], to_ids[receivers], "one_to_one", synapses)


def simulate(experiment, noise, arguments):
    resolution = arguments.dt or DT
    while True:
        try:
            return simulate_at(resolution, experiment, noise)
        except nest.NESTErrors.NumericalInstability as error:
            # The search of the lossless neuron can fail on a long time step.
            if resolution < SHORTEST:
                compare.stop(str(error))
            print(f"  NEST's search for a crossing failed at a time step of {resolution:g} ms; once more at half of it")
            resolution /= 2


def step_currents(experiment, cells, resolution):
    """What is shown as a current, sent one time step early, which is the shortest delay."""
    for name, times, values in experiment.currents:
        steps = (BEGIN + times) / resolution
        if np.any(np.abs(steps - np.rint(steps)) > 1e-6):
            compare.stop(f"NEST's currents change at its time steps, {resolution:g} ms; choose another with --dt")
        ahead = (np.rint(steps) - 1.0) * resolution
        generator = nest.Create("step_current_generator")
        generator.set({"amplitude_times": ahead, "amplitude_values": values})
        everyone = np.array(cells[name].tolist())
        unit = CAPACITANCE / experiment.populations[name].parameters["tau_m"]
        delays = np.full(len(everyone), resolution)
        synapses = {"synapse_model": "static_synapse", "weight": unit, "delay": delays}
        nest.Connect(np.full(len(everyone), generator.tolist()[0]), everyone, "one_to_one", synapses)


def simulate_at(resolution, experiment, noise, meters=None):
    nest.ResetKernel()
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.resolution = resolution
    delays = np.concatenate([p.delays for p in experiment.projections] or [[1.0]])
    steps = delays / nest.resolution
    if np.any(np.abs(steps - np.rint(steps)) > 1e-6):
        compare.stop(f"NEST's delays are multiples of its time step, {nest.resolution:g} ms; choose another with --dt")
    shortest = min(delays.min(), BEGIN - nest.resolution)
    cells, starts = {}, []
    for name, population in experiment.populations.items():
        if population.source:
            cells[name] = generators(experiment.spikes[name], population.size, 0.0)
            continue
        cells[name], start = create(experiment, name)
        starts.append(start)
    recorders = {}
    for name, population in experiment.populations.items():
        if population.source:
            continue
        everyone = np.arange(population.size)
        strength = weight(population.external_weight, population.external_tau)
        if noise and population.poisson_rate:
            drive = nest.Create("poisson_generator_ps", params={"rate": population.poisson_rate, "start": BEGIN})
            nest.Connect(drive, cells[name], syn_spec={"weight": strength, "delay": shortest})
        elif population.external:
            drive = generators(population.external, population.size, shortest)
            constant = np.ones(population.size)
            connect(drive, cells[name], everyone, everyone, strength * constant, shortest * constant)
        recorders[name] = nest.Create("spike_recorder")
        nest.Connect(cells[name], recorders[name])
        if meters is not None and name in experiment.potentials:
            meters[name] = nest.Create("multimeter", params={"interval": resolution, "record_from": ["V_m"]})
            nest.Connect(meters[name], cells[name][experiment.potentials[name][1].tolist()])
    step_currents(experiment, cells, resolution)
    for p in experiment.projections:
        connect(cells[p.sender], cells[p.receiver], p.sources, p.targets, weight(p.weights, p.tau_syn), p.delays)
    nest.Simulate(BEGIN)
    for start in starts:
        start()
    nest.Simulate(np.ceil(experiment.duration / nest.resolution) * nest.resolution)
    spikes = {}
    for name, recorder in recorders.items():
        events = recorder.events
        times, ids = np.array(events["times"]) - BEGIN, np.array(events["senders"]) - cells[name].tolist()[0]
        spikes[name] = compare.before((times, ids), experiment.duration)
    return spikes


def on_a_grid(seed):
    """A random network of delta synapses and no noise: whatever happens, happens at a multiple of 0.1 ms."""
    draw = random.Random(seed)
    trains = [sorted(draw.sample(range(1, int(10 * TOGETHER)), 60)) for _ in range(100)]
    listed = ", ".join("[" + ", ".join(f'"{k / 10} ms"' for k in train) + "]" for train in trains)
    text = f"""title = "On a grid"
source = "scripts/against_nest.py"
shows = "Sums of decimal delays are exact."
seed = {seed}
population = {{ S = {{ size = 100 }}, E = {{ size = 400 }}, I = {{ size = 100 }} }}
[dynamics.spiking.S]
spikes = {{ list = [{listed}] }}
[[protocol]]
name = "rest"
duration = "{TOGETHER} ms"
"""
    for name, tau_m, t_ref in (("E", 20, 2), ("I", 10, 1)):
        text += f"""[dynamics.spiking.{name}]
tau_m = "{tau_m} ms"
theta = "20 mV"
v_reset = "10 mV"
t_ref = "{t_ref} ms"
v_initial = {{ uniform = ["0 mV", "20 mV"] }}
"""
    for sender, probability, efficacy, delay in (
        ("S", 0.3, 1.5, '{ uniform = ["0.1 ms", "2 ms"] }'),
        ("E", 0.1, 0.5, '{ uniform = ["0.5 ms", "2.5 ms"] }'),
        ("I", 0.1, -2.0, '{ normal = { mean = "1 ms", sd = "0.3 ms" } }'),
    ):
        for receiver in "EI":
            text += f"""[projection.{sender}_to_{receiver}]
from = "{sender}"
to = "{receiver}"
connect = {{ probability = {probability} }}
efficacy = "{efficacy} mV"
delay = {delay}
tau_syn = "0 ms"
"""
    return text


def grids(arguments):
    good = True
    for seed in range(1, GRIDS + 1):
        print(f"== random network {seed} with sources and delays on a grid of {DT} ms")
        with tempfile.TemporaryDirectory() as name:
            model = Path(name) / "grid.toml"
            model.write_text(on_a_grid(seed))
            same = compare.experiment(arguments.attractor, model, [])
        good &= compare.compare_spikes(same, simulate_at(DT, same, False), EXACT, TOGETHER, 1.0)
    return good


def watched(same):
    """Runs NEST; its spikes, and how far potentials are apart on its grid, on which no spike of these networks arrives."""
    meters, good = {}, True
    spikes = simulate_at(DT, same, False, meters)
    for name, meter in meters.items():
        times, neurons, mine = same.potentials[name]
        events = meter.events
        step = np.rint((np.array(events["times"]) - BEGIN) / DT).astype(int)
        ids = np.array(events["senders"])
        theirs = np.full_like(mine, np.nan)
        # What NEST has at the beginning is of the time before.
        within = (step > 0) & (step < len(times))
        theirs[step[within], ids[within] - ids.min()] = np.array(events["V_m"])[within]
        compared = np.isfinite(theirs)
        worst = np.abs(mine - theirs)[compared].max()
        good &= compare.verdict(
            f"{compared.sum()} potentials of {len(neurons)} neurons {name} differ by at most {worst:.1e} mV (at most "
            f"{POTENTIAL:g})",
            compared.mean() > 0.98 and worst <= POTENTIAL,
        )
    return good, spikes


def recorded():
    watched = ", ".join(f'{{ population = "{name}", neurons = "0..{WATCHED}", every = "{DT} ms" }}' for name in ("E", "I"))
    return f"record.v=[{watched}]"


def models():
    return sorted(map(str, Path("tests/peers").glob("*.toml")))


def potentials(arguments):
    good = True
    for model in models():
        print(f"== {model}: membrane potentials")
        same = compare.experiment(arguments.attractor, model, [recorded(), f'protocol[0].duration="{LOOKED} ms"'])
        good &= watched(same)[0]
    return good


# What is shown after 20 ms of rest: every kind of course, as currents and as rates.
COURSES = """
[[protocol]]
name = "rest"
duration = "20 ms"
[[protocol]]
name = "shown"
duration = "180 ms"
show = [
    { population = "E", current = { ramp = { from = "-2 mV", to = "4 mV", every = "0.7 ms" } } },
    { population = "E", current = { ornstein_uhlenbeck = { mean = "0 mV", sd = "3 mV", tau = "20 ms", every = "0.5 ms" } } },
    { population = "I", current = { steps = { values = ["4 mV", "-3 mV", "0 mV", "6 mV"], every = "31.3 ms" } } },
    { population = "I", current = { redrawn = { distribution = { uniform = ["-4 mV", "4 mV"] }, every = "10.1 ms" } } },
    { population = "E", poisson = { redrawn = { distribution = { uniform = ["0 Hz", "600 Hz"] }, every = "7 ms" } } },
    { population = "I", poisson = { ramp = { from = "0 Hz", to = "500 Hz", every = "3 ms" } } },
    { population = "E", poisson = { ornstein_uhlenbeck = { mean = "200 Hz", sd = "90 Hz", tau = "9 ms", every = "0.9 ms", independent = true } } },
]
[[protocol]]
name = "after"
duration = "30 ms"
show = [{ population = "E", current = "1.5 mV" }]
[record]
courses = true
"""


def courses(arguments):
    good = True
    for base in models():
        print(f"== {base}: while its input changes in time")
        with tempfile.TemporaryDirectory() as name:
            model = Path(name) / "courses.toml"
            head = f'base = "{Path(base).resolve()}"\ntitle = "Courses"\nsource = "scripts/against_nest.py"\nshows = "the same spikes"\n'
            model.write_text(head + COURSES)
            same = compare.experiment(arguments.attractor, model, [recorded()])
        alike, theirs = watched(same)
        good &= alike & compare.compare_spikes(same, theirs, accuracy_of(same, arguments), same.duration, 0.99)
    return good


def further(arguments):
    return grids(arguments) & potentials(arguments) & courses(arguments)


if __name__ == "__main__":
    compare.main(__doc__.splitlines()[0], "NEST", simulate, accuracy_of, until=1000.0, window=200.0, share=0.99, further=further)

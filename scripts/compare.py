"""What the comparisons with other simulators share: attractor's network, input and spikes, and how spikes are compared.

Units are attractor's: ms, mV, Hz. An efficacy J in mV is a charge over the membrane's capacitance: a delta synapse
moves V by J, an exponential one makes the current jump by J tau_m / tau_syn (in mV, times the membrane resistance).
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np
import tomllib

# A spike that is this far (ms) from its counterpart is another spike: the trajectories have separated.
SEPARATED = 1.0
# How far statistics of two runs with different noise may differ: rates by a share, the others by a value.
RATE_TOLERANCE, CV_TOLERANCE, CORRELATION_TOLERANCE = 0.05, 0.05, 0.01
# Spikes are counted in bins of this length (ms) for correlations, of this many pairs of neurons.
BIN, PAIRS = 10.0, 5000


@dataclass
class Population:
    """Neurons, or sources of given spikes, and all that they receive from outside."""

    size: int
    source: bool
    parameters: dict = field(default_factory=dict)
    # Arrivals from outside (times, neurons), and the efficacy and time constant with which they act.
    external: tuple = ()
    external_weight: float = 0.0
    external_tau: float = 0.0
    poisson_rate: float = 0.0


@dataclass
class Projection:
    sender: str
    receiver: str
    sources: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    delays: np.ndarray
    tau_syn: float


@dataclass
class Experiment:
    """A network with its initial state and input, and the spikes that attractor found: name -> (times, neurons)."""

    populations: dict
    projections: list
    spikes: dict
    duration: float
    # What was recorded of membrane potentials: name -> (times, neurons, V in mV, times x neurons).
    potentials: dict = field(default_factory=dict)
    # Currents that are shown to all of a population: (name, times, mV from each of them on).
    currents: list = field(default_factory=list)


def stop(message):
    print(f"error: {message}", file=sys.stderr)
    sys.exit(2)


def attractor(binary, *arguments):
    done = subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True)
    # Exit code 1 means that an expectation of the model was not met, which is not the question here.
    if done.returncode not in (0, 1):
        stop(done.stderr.strip())


def settings(changes):
    return [word for change in changes for word in ("--set", change)]


def experiment(binary, model, changes, record_input=True):
    """Wires and runs the model, and reads back the network, the external spikes and what the neurons did."""
    with tempfile.TemporaryDirectory() as name:
        network, run = Path(name) / "network.h5", Path(name) / "run.h5"
        attractor(binary, "export", model, "-o", network, *settings(changes))
        flag = ["record.input=true"] if record_input else []
        attractor(binary, "run", model, "-o", run, "--quiet", *settings(changes + flag))
        with h5py.File(network) as wired, h5py.File(run) as recorded:
            return read(wired, recorded)


def read(wired, recorded):
    resolved = tomllib.loads(wired.attrs["model_resolved"])
    populations = {name: population(name, group, recorded) for name, group in wired["nodes"].items()}
    projections = []
    for name, group in wired["edges"].items():
        if "U" in group.attrs:
            stop(f"{name} has short-term plasticity, which is not compared")
        if "plasticity" in resolved["projection"][name]:
            stop(f"{name} has plasticity, which is not compared")
        if "kernel_decay" in group.attrs:
            stop(f"{name} has currents with rise times or several time constants, which the neurons compared here do not have")
        sources, targets = group["source_node_id"], group["target_node_id"]
        tau_syn = np.unique(group["0/tau_syn"][:])
        projections.append(
            Projection(
                sources.attrs["node_population"],
                targets.attrs["node_population"],
                sources[:].astype(int),
                targets[:].astype(int),
                group["0/syn_weight"][:],
                group["0/delay"][:],
                float(tau_syn[0]) if tau_syn.size else 0.0,
            )
        )
    spikes = {name: columns(group) for name, group in recorded["spikes"].items()}
    groups = recorded.get("potentials", {}).items()
    potentials = {name: (g["time"][:], g["neurons"][:].astype(int), g["V"][:]) for name, g in groups}
    currents = list(shown_currents(resolved["protocol"], recorded))
    return Experiment(populations, projections, spikes, float(recorded["protocol/end"][-1]), potentials, currents)


UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "min": 6e4, "uV": 1e-3, "mV": 1.0, "V": 1e3}


def number(text):
    """Of a time in ms, of a potential in mV."""
    value, unit = text.split()
    return float(value) * UNITS[unit]


def shown_currents(protocol, recorded):
    """The currents that epochs show to whole populations: those that are written as docs/model-file.md says, random ones as recorded."""
    bounds = zip(recorded["protocol/start"][:], recorded["protocol/end"][:])
    for k, (epoch, (start, end)) in enumerate(zip(protocol, bounds)):
        for s, shown in enumerate(epoch.get("show", [])):
            if "current" not in shown:
                continue
            if set(shown) - {"population", "poisson", "current"}:
                stop("only currents into whole populations can be replayed here")
            times, values = course(shown["current"], (start, end), (k + 1, s + 1), recorded)
            yield shown["population"], np.append(times, end), np.append(values, 0.0)


def course(current, span, place, recorded):
    """When the steps of a current begin (ms), and its values (mV); `place` has the numbers of epoch and stimulus."""
    start, end = span
    if isinstance(current, str):
        return np.array([start]), np.array([number(current)])
    (kind, keys), = current.items()
    every = number(keys["every"])
    from_start = every * np.arange(np.ceil((end - start) / every - 1e-9))
    if kind == "ramp":
        low, high = number(keys["from"]), number(keys["to"])
        middle = 0.5 * (from_start + np.minimum(from_start + every, end - start))
        return start + from_start, low + (high - low) * middle / (end - start)
    if kind == "steps":
        values = np.array([number(value) for value in keys["values"]])
        return start + from_start[: len(values)], values
    if keys.get("independent"):
        stop("courses of single neurons are not recorded, and cannot be replayed")
    rows = recorded["courses"]
    own = (rows["trial"][:] == 0) & (rows["epoch"][:] == place[0]) & (rows["stimulus"][:] == place[1])
    own &= np.isfinite(rows["current_mv"][:])
    return rows["time"][:][own], rows["current_mv"][:][own]


def population(name, group, recorded):
    values = group["0"]
    found = Population(size=len(group["node_id"]), source="tau_m" not in values)
    if found.source:
        return found
    found.parameters = {key: values[key][:] for key in ("tau_m", "theta", "v_initial")}
    for key in ("adaptation_jump", "moving_threshold_jump", "escape"):
        if key in values.attrs:
            stop(f"{name} has {key.removesuffix('_jump')}, which is not compared")
    # One value for each neuron, or one for all.
    same = {key: np.full(found.size, float(values.attrs[key])) for key in ("current", "t_ref") if key in values.attrs}
    found.parameters |= same | {key: values[key][:] for key in ("current", "t_ref") if key in values}
    found.parameters |= {key: float(values.attrs[key]) for key in ("v_reset", "v_rest")}
    if "external_weight" in values.attrs:
        found.external_weight = float(values.attrs["external_weight"])
        found.external_tau = float(values.attrs["external_tau_syn"])
        found.poisson_rate = float(values.attrs.get("poisson_rate", 0.0))
        if name in recorded.get("external", {}):
            found.external = columns(recorded["external"][name])
    return found


def columns(group):
    return group["timestamps"][:], group["node_ids"][:].astype(int)


def before(spikes, end):
    """The spikes before `end` ms."""
    times, ids = spikes
    return times[times < end], ids[times < end]


def trains(spikes, neurons):
    """The spike times of every neuron, in order."""
    times, ids = spikes
    order = np.lexsort((times, ids))
    times, ids = np.asarray(times)[order], np.asarray(ids)[order]
    return np.split(times, np.searchsorted(ids, np.arange(1, neurons)))


def follow(mine, theirs, duration):
    """Errors of the spikes of one neuron (times, errors) until its trajectories separate, and when they do."""
    number = min(len(mine), len(theirs))
    errors = np.abs(mine[:number] - theirs[:number])
    apart = np.flatnonzero(errors > SEPARATED)
    common = apart[0] if apart.size else number
    left = np.concatenate([mine[common : common + 1], theirs[common : common + 1]])
    # A spike at the very end may fall on either side of it.
    left = left[left < duration - SEPARATED]
    return mine[:common], errors[:common], left.min() if left.size else np.inf


def compare_spikes(experiment, theirs, accuracy, window, share):
    """Prints how well spikes agree, by time; true if, of the spikes and neurons in the first `window` ms, `share` agree.

    A spike agrees if it is within `accuracy` ms, a neuron if none of its spikes is missing or extra.
    """
    times, errors, separations, mine = [], [], [], []
    for name, population in experiment.populations.items():
        if population.source:
            continue
        both = (before(s[name], experiment.duration) for s in (experiment.spikes, theirs))
        for a, b in zip(*(trains(s, population.size) for s in both)):
            common, error, separated = follow(a, b, experiment.duration)
            times.append(common)
            errors.append(error)
            separations.append(separated)
            mine.append(a)
    times, errors, mine = (np.concatenate(parts) for parts in (times, errors, mine))
    separations = np.array(separations)
    print(f"  {'until (ms)':>10} {'spikes':>8} {'compared':>8} {'median':>9} {'99 %':>9} {'largest':>9}  neurons separated")
    stops = [t for t in (20, 50, 100, 200, 500, 1000, 2000, 5000, 10000) if t < experiment.duration]
    for until in stops + [experiment.duration]:
        error = errors[times < until]
        quantiles = np.quantile(error, [0.5, 0.99, 1.0]) if error.size else [np.nan] * 3
        texts = " ".join(f"{q:9.1e}" for q in quantiles)
        apart = int(np.sum(separations < until))
        print(f"  {until:10.0f} {np.sum(mine < until):8} {error.size:8} {texts}  {apart} of {len(separations)}")
    finite = np.sort(separations[np.isfinite(separations)])
    first = f"{finite[0]:.1f} ms" if finite.size else "never"
    half = f"{finite[len(separations) // 2]:.1f} ms" if finite.size > len(separations) // 2 else "not within the run"
    print(f"  first neuron separated: {first}; half of them: {half}")

    error = errors[times < window]
    agreeing = np.mean(error <= accuracy) if error.size else 0.0
    together = np.mean(separations >= window)
    return verdict(
        f"in the first {window:g} ms {100 * agreeing:.2f} % of {error.size} spikes agree within {accuracy:g} ms and "
        f"{100 * together:.2f} % of the neurons have not separated (at least {100 * share:g} % each)",
        error.size > 0 and agreeing >= share and together >= share,
    )


def statistics(spikes, neurons, duration):
    """Rate (Hz), mean CV of intervals, and mean correlation of spike counts."""
    cvs = []
    counts = []
    edges = np.arange(0.0, duration + 0.5 * BIN, BIN)
    for train in trains(spikes, neurons):
        intervals = np.diff(train)
        if len(intervals) >= 5:
            cvs.append(intervals.std() / intervals.mean())
        counts.append(np.histogram(train, edges)[0])
    counts = np.array(counts, float)
    counts = counts[counts.std(axis=1) > 0]
    pairs = np.random.default_rng(1).integers(0, max(len(counts), 1), (PAIRS, 2)) if len(counts) > 1 else []
    correlations = [np.corrcoef(counts[i], counts[j])[0, 1] for i, j in pairs if i != j]
    rate = len(spikes[0]) / neurons / duration * 1000.0
    return rate, np.mean(cvs) if cvs else np.nan, np.mean(correlations) if correlations else np.nan


def compare_statistics(experiment, theirs, name):
    """Prints rates, CVs and correlations side by side; true if they agree."""
    print(f"  {'':12} {'rate (Hz)':>20} {'CV of ISI':>16} {'correlation':>18}")
    print(f"  {'population':12} {'attractor':>10} {name:>9} {'attractor':>10} {name:>6} {'attractor':>10} {name:>8}")
    good = True
    for population, members in experiment.populations.items():
        if members.source:
            continue
        a, b = (statistics(s[population], members.size, experiment.duration) for s in (experiment.spikes, theirs))
        print(f"  {population:12} {a[0]:10.3f} {b[0]:9.3f} {a[1]:10.3f} {b[1]:6.3f} {a[2]:10.4f} {b[2]:8.4f}")
        good &= abs(a[0] - b[0]) <= RATE_TOLERANCE * a[0]
        for mine, other, tolerance in ((a[1], b[1], CV_TOLERANCE), (a[2], b[2], CORRELATION_TOLERANCE)):
            good &= (np.isnan(mine) and np.isnan(other)) or abs(mine - other) <= tolerance
    return verdict(
        f"over {experiment.duration / 1000:g} s rates agree within {100 * RATE_TOLERANCE:g} %, CVs within {CV_TOLERANCE} "
        f"and correlations within {CORRELATION_TOLERANCE}",
        bool(good),
    )


def verdict(what, good):
    print(f"{'ok ' if good else 'BAD'} {what}")
    return good


def main(description, name, simulate, accuracy_of, until, window, share, further=None):
    """The command line of a comparison with the simulator `name`.

    simulate(experiment, noise, arguments) returns its spikes, driven by the recorded external spikes or by Poisson
    input of its own (`noise`); accuracy_of(experiment, arguments) is the error (ms) that its spike times may have. Unless
    models are chosen, `further`(arguments) makes comparisons of its own, and is true if they are good.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--model", action="append", help="model file, more than once for several")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="change a value of the models")
    parser.add_argument("--attractor", default="target/release/attractor", help="the attractor to run")
    parser.add_argument("--dt", type=float, help="time step of the other simulator, ms")
    parser.add_argument("--until", type=float, default=until, help="spikes are compared this long, ms")
    parser.add_argument("--window", type=float, default=window, help="spikes must agree this long, ms")
    parser.add_argument("--share", type=float, default=share, help="share of spikes and neurons that must agree")
    parser.add_argument("--accuracy", type=float, help="error of a spike time that counts as agreement, ms")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of the statistics, s; 0 for none")
    arguments = parser.parse_args()
    good = True
    for model in arguments.model or sorted(map(str, Path("tests/peers").glob("*.toml"))):
        print(f"== {model}: the same network, state and external spikes")
        same = experiment(arguments.attractor, model, arguments.set)
        same.duration = min(same.duration, arguments.until)
        accuracy = arguments.accuracy or accuracy_of(same, arguments)
        theirs = simulate(same, False, arguments)
        good &= compare_spikes(same, theirs, accuracy, arguments.window, arguments.share)
        if arguments.seconds > 0:
            print(f"== {model}: the same network with noise of its own")
            longer = arguments.set + [f"protocol[0].duration={arguments.seconds:g} s"]
            own = experiment(arguments.attractor, model, longer, record_input=False)
            good &= compare_statistics(own, simulate(own, True, arguments), name)
    if further and not arguments.model:
        good &= further(arguments)
    sys.exit(0 if good else 1)

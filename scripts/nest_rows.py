"""What NEST makes of the networks of rows P1, P3 and P7 of `attractor reproduce`: the numbers that stand there beside attractor's.

Run by hand, in the environment that scripts/against-peers makes (.venv-nest), from the root of the project:

    .venv-nest/bin/python scripts/nest_rows.py models/rostami-2024.toml --settling 1 --window 50 --above 10 --counts 400
    .venv-nest/bin/python scripts/nest_rows.py models/litwin-kumar-doiron-2012.toml --seeds 1 2 3 4 --settling 1.5 --window 100 --above 20 --counts 100
    .venv-nest/bin/python scripts/nest_rows.py models/sfa-clusters.toml --settling 1 --seconds 20 --window 50 --above 20 --counts 400

The network is the one that `attractor export` writes, synapse by synapse, with its initial potentials. NEST has it in steps of 0.1 ms,
as iaf_psc_exp_multisynapse: a receptor for every time constant, so that a synapse whose current rises is two of NEST's, of opposite
signs. With a capacitance of C = 250 pF an efficacy J is, in pA,

    J C / tau                                       e^(-t/tau) alone
    J C / (decay - rise) and the negative of it     a current that decays, and one that is as long as its rise

and where a synapse has several currents, the share of each times these. An adaptation current is one of the neuron's own spikes, which
arrive a step later. Before, the potential after one spike is compared with its
closed form, step by step.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path
from types import SimpleNamespace

import h5py
import nest
import numpy as np
import tomllib

CAPACITANCE = 250.0
STEP = 0.1
# Pairs of intervals that a neuron needs for its CV2, and spikes for its Fano factor.
PAIRS, SPIKES = 5, 5


def kernel(name, group):
    """Time constants (ms) of the currents of a synapse, and their weights (pA) for an efficacy of 1 mV; those of a projection are alike."""
    if "kernel_decay" in group.attrs:
        rows = list(zip(*(group.attrs[f"kernel_{key}"] for key in ("decay", "rise", "share"))))
    else:
        rows = [(tau, 0.0, 1.0) for tau in np.unique(group["0/tau_syn"][:])]
        if len(rows) > 1:
            raise SystemExit(f"error: {name} has synapses of several time constants; NEST gets one kind of synapse a projection here")
    found = []
    for decay, rise, share in rows:
        if not decay:
            raise SystemExit(f"error: {name} has delta synapses, which iaf_psc_exp_multisynapse has not")
        charge = share / sum(row[2] for row in rows) * CAPACITANCE
        found.append((float(decay), charge / (decay - rise)))
        if rise:
            found.append((float(rise), -charge / (decay - rise)))
    return found


def adaptation(model, name):
    """Jump (mV) and time constant (ms) of the adaptation current of a population, if it has one."""
    found = model["dynamics"]["spiking"][name].get("adaptation")
    return found and (float(found["jump"].removesuffix(" mV")), float(found["tau"].removesuffix(" ms")))


def begin():
    nest.ResetKernel()
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.resolution = STEP


def check():
    """The potential after one spike, against its closed form; a spike of step n arrives in the step after its delay."""
    tau_m, efficacy = 15.0, 0.4714
    for rows in ([(3.0, 1.0, 1.0)], [(3.0, 0.0, 1.3333), (50.0, 2.0, 1.2266)]):
        attributes = dict(zip(("kernel_decay", "kernel_rise", "kernel_share"), zip(*rows)))
        currents = kernel("the one here", SimpleNamespace(attrs=attributes))
        taus = [tau for tau, _ in currents]
        begin()
        parameters = {"C_m": CAPACITANCE, "tau_m": tau_m, "E_L": 0.0, "V_m": 0.0, "V_th": 20.0, "tau_syn": taus}
        neuron = nest.Create("iaf_psc_exp_multisynapse", params=parameters)
        source = nest.Create("spike_generator", params={"spike_times": [1.0]})
        for receptor, (_, unit) in enumerate(currents, start=1):
            nest.Connect(source, neuron, syn_spec={"weight": efficacy * unit, "delay": STEP, "receptor_type": receptor})
        meter = nest.Create("multimeter", params={"record_from": ["V_m"], "interval": STEP})
        nest.Connect(meter, neuron)
        nest.Simulate(100.0)
        t = np.maximum(meter.events["times"] - 1.0 - STEP, 0.0)

        def response(tau):
            return (np.exp(-t / tau_m) - np.exp(-t / tau)) * tau / (tau_m - tau) if tau else 0.0 * t

        # tau_m V' = -V + sum of J_k tau_m (e^(-t/decay) - e^(-t/rise))/(decay - rise), with the share of J of each
        whole = sum(row[2] for row in rows)
        each = (share / whole * (response(decay) - response(rise)) / (decay - rise) for decay, rise, share in rows)
        worst = np.abs(meter.events["V_m"] - efficacy * tau_m * sum(each)).max()
        print(f"one spike of {len(rows)} currents: V differs by at most {worst:.1e} mV from its closed form, whose area is J tau_m")
        if worst > 1e-12:
            raise SystemExit("error: NEST's potential is another one")


def simulate(path, duration):
    """Spikes of every population: times (ms) and neurons from 0."""
    begin()
    with h5py.File(path) as wired:
        model = tomllib.loads(wired.attrs["model_resolved"])
        adapting = {name: adaptation(model, name) for name in wired["nodes"]}
        edges = {name: (group, kernel(name, group)) for name, group in wired["edges"].items()}
        own = {found[1] for found in adapting.values() if found}
        taus = sorted({tau for _, currents in edges.values() for tau, _ in currents} | own)
        cells = {}
        for name, group in wired["nodes"].items():
            values = group["0"]
            size = len(group["node_id"])

            def each(key, values=values, size=size):
                return values[key][:] if key in values else np.full(size, float(values.attrs[key]))

            cells[name] = nest.Create("iaf_psc_exp_multisynapse", size)
            columns = (each(key) for key in ("tau_m", "theta", "t_ref", "current", "v_initial"))
            same = {"C_m": CAPACITANCE, "V_reset": float(values.attrs["v_reset"]), "E_L": float(values.attrs["v_rest"])}
            cells[name].set(
                [
                    same
                    | {"tau_syn": taus, "tau_m": tau_m, "V_th": theta, "t_ref": t_ref, "V_m": v}
                    | {"I_e": current * CAPACITANCE / tau_m}
                    for tau_m, theta, t_ref, current, v in zip(*columns)
                ]
            )
            if adapting[name]:
                jump, tau = adapting[name]
                weights = -jump * np.exp(-STEP / tau) * CAPACITANCE / each("tau_m")
                synapses = {"weight": weights, "delay": np.full(size, STEP), "receptor_type": np.full(size, 1 + taus.index(tau))}
                nest.Connect(cells[name].tolist(), cells[name].tolist(), "one_to_one", {"synapse_model": "static_synapse"} | synapses)
        for group, currents in edges.values():
            sources, targets = group["source_node_id"], group["target_node_id"]
            senders, receivers = (cells[end.attrs["node_population"]].tolist()[0] for end in (sources, targets))
            pre, post = senders + sources[:].astype(int), receivers + targets[:].astype(int)
            weights, delays = group["0/syn_weight"][:], group["0/delay"][:]
            for tau, unit in currents:
                receptor = np.full(len(pre), 1 + taus.index(tau))
                synapses = {"synapse_model": "static_synapse", "weight": weights * unit, "delay": delays, "receptor_type": receptor}
                nest.Connect(pre, post, "one_to_one", synapses)
    recorders = {}
    for name, population in cells.items():
        recorders[name] = nest.Create("spike_recorder")
        nest.Connect(population, recorders[name])
    nest.Simulate(duration)
    return {name: (r.events["times"], r.events["senders"] - cells[name].tolist()[0], len(cells[name])) for name, r in recorders.items()}


def trains(spikes, start, end):
    times, ids, size = spikes
    within = (times >= start) & (times < end)
    times, ids = times[within], ids[within]
    order = np.lexsort((times, ids))
    return np.split(times[order], np.searchsorted(ids[order], np.arange(1, size)))


def counts(times, start, end, window):
    number = int((end - start) / window)
    return np.bincount(((times - start) / window).astype(int), minlength=number)[:number]


def fano(spikes, start, end, window):
    each = [counts(train, start, end, window) for train in spikes]
    return np.mean([n.var(ddof=1) / n.mean() for n in each if n.sum() >= SPIKES])


def cv2(spikes):
    found = []
    for train in spikes:
        i = np.diff(train)
        if len(i) > PAIRS:
            found.append(np.mean(2.0 * np.abs(np.diff(i)) / (i[1:] + i[:-1])))
    return np.mean(found)


def active(spikes, number, start, end, window, above):
    """How many clusters are active at once, for how long (ms) on average, and how often one becomes active."""
    size = len(spikes) // number
    together, onsets = 0, 0
    for k in range(number):
        n = counts(np.concatenate(spikes[k * size : (k + 1) * size]), start, end, window)
        on = n * 1000.0 / (window * size) > above
        together += on.sum()
        onsets += int(on[0]) + int((on[1:] & ~on[:-1]).sum())
    return together / len(on), window * together / max(onsets, 1), onsets


def measured(spikes, clusters, start, end, arguments):
    e, i = (trains(spikes[name], start, end) for name in ("E", "I"))
    rates = [1000.0 * sum(map(len, each)) / (len(each) * (end - start)) for each in (e, i)]
    at_once, dwell, onsets = active(e, clusters, start, end, arguments.window, arguments.above)
    values = [*rates, fano(e, start, end, arguments.counts), cv2(e), at_once, dwell]
    return values, onsets


def row(values, onsets):
    return "[" + ", ".join(f"{value:.4f}" for value in values) + f"],  {onsets} times active"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--attractor", default="target/release/attractor")
    parser.add_argument("--set", action="append", default=[], help="a change of the model")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--settling", type=float, required=True, help="s, which do not count")
    parser.add_argument("--seconds", type=float, default=60.0, help="s, which count")
    parser.add_argument("--window", type=float, required=True, help="ms, in which a cluster is active or not")
    parser.add_argument("--above", type=float, required=True, help="Hz, above which it is")
    parser.add_argument("--counts", type=float, required=True, help="ms, windows of the Fano factor")
    arguments = parser.parse_args()
    check()
    start = 1000.0 * arguments.settling
    end = start + 1000.0 * arguments.seconds
    settings = [word for setting in arguments.set for word in ("--set", setting)]
    print("rates of E and I (Hz), Fano factor and CV2 of E, clusters active at once, for how long (ms)")
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as folder:
            network = Path(folder) / "network.h5"
            subprocess.run(
                [arguments.attractor, "export", arguments.model, "-o", network, *settings, "--set", f"seed={seed}"],
                check=True,
                capture_output=True,
            )
            with h5py.File(network) as wired:
                patterns = tomllib.loads(wired.attrs["model_resolved"])["patterns"]["E"]["assemblies"]
            spikes = simulate(network, end)
        print(f"seed {seed}: {row(*measured(spikes, patterns['number'], start, end, arguments))}", flush=True)


if __name__ == "__main__":
    main()

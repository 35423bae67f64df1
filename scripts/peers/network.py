"""The network of a model file as a law that every simulator can draw from: sizes, neurons, input and projections.

Units are attractor's: ms, mV, Hz. An efficacy J in mV is a charge over the membrane's capacitance: a delta synapse (tau_syn = 0)
moves V by J, an exponential one makes the current jump by J tau_m / tau_syn (in mV, times the membrane resistance).

A law of a number is a list: ["constant", x], ["uniform", from, to], ["lognormal", mean, cv], or ["normal", mean, sd, from, to],
drawn again until it lies between the two.
"""

import json
import sys
import tomllib
from pathlib import Path

UNITS = {"mV": 1.0, "ms": 1.0, "s": 1000.0, "Hz": 1.0, "kHz": 1000.0}
FAR = 1e30
NEURON = {"tau_m", "theta", "v_reset", "v_rest", "t_ref", "current", "v_initial", "poisson"}
PROJECTION = {"from", "to", "connect", "autapses", "multapses", "efficacy", "delay", "tau_syn"}


def stop(message):
    print(f"error: {message}", file=sys.stderr)
    sys.exit(2)


def number(text):
    value, unit = text.split()
    return float(value) * UNITS[unit]


def merged(under, over):
    """`over` laid on `under`, table by table."""
    if not (isinstance(under, dict) and isinstance(over, dict)):
        return over
    return under | {key: merged(under.get(key), value) for key, value in over.items()}


def document(path):
    own = tomllib.loads(path.read_text())
    base = own.pop("base", None)
    return merged(document(path.parent / base), own) if base else own


def law(given):
    if isinstance(given, str):
        return ["constant", number(given)]
    (kind, what), *_ = given.items()
    if kind == "uniform":
        return [kind, *map(number, what)]
    if kind == "lognormal":
        return [kind, number(what["mean"]), what["cv"]]
    if kind == "normal":
        bounds = (number(what[key]) if key in what else far for key, far in (("min", -FAR), ("max", FAR)))
        return [kind, number(what["mean"]), number(what["sd"]), *bounds]
    stop(f"numbers drawn from {kind} are in no program of another simulator here")


def known(where, table, keys):
    for key in table.keys() - keys:
        stop(f"{where} has {key}, which the programs of other simulators here do not know")


def population(name, size, neurons):
    known(f"population {name}", neurons, NEURON)
    given = neurons.get("poisson")
    poisson = {key: number(given[key]) for key in ("rate", "efficacy", "tau_syn")} if given else None
    rest = {"v_rest": "0 mV", "current": "0 mV"} | neurons
    fixed = {key: number(rest[key]) for key in ("tau_m", "theta", "v_reset", "v_rest", "t_ref", "current")}
    return {"name": name, "size": size, "v_initial": law(neurons["v_initial"]), "poisson": poisson} | fixed


def projection(name, given):
    known(f"projection {name}", given, PROJECTION)
    (rule, amount), *_ = given["connect"].items()
    if rule not in ("in_degree", "probability", "total"):
        stop(f"connections of the kind {rule} are in no program of another simulator here")
    return {
        "from": given["from"],
        "to": given["to"],
        "rule": rule,
        "amount": amount,
        "autapses": given.get("autapses", False),
        "multapses": given.get("multapses", False),
        "efficacy": law(given["efficacy"]),
        "delay": law(given["delay"]),
        "tau_syn": number(given["tau_syn"]),
    }


def synapses(projection, sizes):
    """Their expected number."""
    senders, receivers = sizes[projection["from"]], sizes[projection["to"]]
    if projection["rule"] == "total":
        return projection["amount"]
    if projection["rule"] == "in_degree":
        return projection["amount"] * receivers
    alone = senders if projection["from"] == projection["to"] and not projection["autapses"] else 0
    return projection["amount"] * (senders * receivers - alone)


def network(path):
    """The network of a model, and its first two epochs: the warm-up, and what is measured (ms)."""
    found = document(Path(path))
    sizes = {name: table["size"] for name, table in found["population"].items()}
    neurons = found["dynamics"]["spiking"]
    populations = [population(name, size, neurons[name]) for name, size in sizes.items()]
    projections = [projection(name, given) for name, given in found["projection"].items()]
    for each in projections:
        each["synapses"] = synapses(each, sizes)
    warm_up, measured = (number(epoch["duration"]) for epoch in found["protocol"][:2])
    return {"populations": populations, "projections": projections, "warm_up": warm_up, "measured": measured}


def events(network, spikes):
    """How many recurrent spikes synapses deliver if populations send so many."""
    sizes = {p["name"]: p["size"] for p in network["populations"]}
    return sum(spikes[p["from"]] * p["synapses"] / sizes[p["from"]] for p in network["projections"])


def steps(time, dt):
    return round(time / dt)


def given():
    """What a program of another simulator is told: the network, a folder of its own, and a seed."""
    path, folder, seed = sys.argv[1:]
    return json.loads(Path(path).read_text()), Path(folder), int(seed)

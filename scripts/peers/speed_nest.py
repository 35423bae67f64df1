"""A network in NEST on one thread, timed: speed_nest.py NETWORK.json FOLDER SEED.

Neurons of delta synapses are iaf_psc_delta, those of exponential ones iaf_psc_exp: in double precision on a grid of 0.1 ms. NEST's
neurons live in pA and pF: with C = 250 pF the membrane resistance is R = tau_m / C, and an exponential synapse of efficacy J has
the weight J C / tau_syn. External spikes come from poisson_generator, which draws one number a neuron and step.
"""

import math
import time

import nest
import network
from stretch import Stretch, peak, tell

CAPACITANCE = 250.0
DT = 0.1


def drawn(law, factor=1.0):
    kind, *what = law
    if kind == "constant":
        return what[0] * factor
    if kind == "uniform":
        return nest.random.uniform(min=what[0] * factor, max=what[1] * factor)
    if kind == "lognormal":
        variance = math.log(1 + what[1] ** 2)
        mu = math.log(what[0] * factor) - variance / 2
        return nest.random.lognormal(mean=mu, std=variance**0.5)
    mean, sd, low, high = (x * factor for x in what)
    return nest.math.redraw(nest.random.normal(mean=mean, std=sd), min=low, max=high)


def populate(p, tau):
    fixed = {"C_m": CAPACITANCE, "tau_m": p["tau_m"], "V_th": p["theta"], "t_ref": p["t_ref"], "E_L": p["v_rest"]}
    fixed |= {"V_reset": p["v_reset"], "I_e": p["current"] * CAPACITANCE / p["tau_m"]}
    if tau[True]:
        fixed |= {"tau_syn_ex": tau[True], "tau_syn_in": tau[False] or tau[True]}
    neurons = nest.Create("iaf_psc_exp" if tau[True] else "iaf_psc_delta", p["size"], fixed)
    neurons.V_m = drawn(p["v_initial"])
    if p["poisson"]:
        source = nest.Create("poisson_generator", params={"rate": p["poisson"]["rate"]})
        factor = CAPACITANCE / p["poisson"]["tau_syn"] if p["poisson"]["tau_syn"] else 1.0
        nest.Connect(source, neurons, syn_spec={"weight": p["poisson"]["efficacy"] * factor, "delay": DT})
    return neurons


def connect(p, cells):
    rule = {
        "in_degree": {"rule": "fixed_indegree", "indegree": p["amount"]},
        "probability": {"rule": "pairwise_bernoulli", "p": p["amount"]},
        "total": {"rule": "fixed_total_number", "N": p["amount"]},
    }[p["rule"]]
    rule |= {"allow_autapses": p["autapses"], "allow_multapses": p["multapses"]}
    factor = CAPACITANCE / p["tau_syn"] if p["tau_syn"] else 1.0
    weight, delay = drawn(p["efficacy"], factor), drawn(p["delay"])
    model = "static_synapse"
    if p["efficacy"][0] == "constant":
        model = f"{p['from']}_to_{p['to']}"
        nest.CopyModel("static_synapse_hom_w", model, {"weight": weight})
        synapses = {"synapse_model": model, "delay": delay}
    else:
        synapses = {"synapse_model": model, "weight": weight, "delay": delay}
    nest.Connect(cells[p["from"]], cells[p["to"]], rule, synapses)


def main():
    given, _, seed = network.given()
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.resolution, nest.local_num_threads, nest.rng_seed = DT, 1, seed
    begun = time.perf_counter()
    tau = {p["name"]: {True: 0.0, False: 0.0} for p in given["populations"]}
    for p in given["projections"]:
        tau[p["to"]][p["efficacy"][1] > 0] = p["tau_syn"]
    cells = {p["name"]: populate(p, tau[p["name"]]) for p in given["populations"]}
    for p in given["projections"]:
        connect(p, cells)
    recorders = {name: nest.Create("spike_recorder") for name in cells}
    for name, recorder in recorders.items():
        nest.Connect(cells[name], recorder)
    build = time.perf_counter() - begun
    nest.Simulate(given["warm_up"])
    before = {name: recorder.n_events for name, recorder in recorders.items()}
    stretch = Stretch()
    nest.Simulate(given["measured"])
    times = stretch.end()
    tell(times, {name: recorder.n_events - before[name] for name, recorder in recorders.items()}, build, peak())


main()

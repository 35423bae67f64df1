"""A network in GeNN on one thread of the CPU, timed: speed_genn.py NETWORK.json FOLDER SEED.

In single precision on a grid of 0.1 ms, optimised for this machine and with fast mathematics, indices of 16 bits where they are
enough. V follows its equation exactly from step to step, with a current that is constant within one; external spikes are drawn as
GeNN's own PoissonExp draws them, one number a neuron and step.
"""

import math
import os
import time

import network
import pygenn
from stretch import Stretch, peak, tell

DT = 0.1
# s.d. of delays beyond which none is drawn: their number of steps must be known.
LONGEST = 5.0

PARAMETERS = ["tau_m", "theta", "v_reset", "v_inf", "steps"]
VARIABLES = [("V", "scalar"), ("left", "int")]
DECAY = [("decay", lambda p, dt: math.exp(-dt / p["tau_m"]))]


def neuron(name, moved):
    return pygenn.create_neuron_model(
        name,
        params=PARAMETERS,
        vars=VARIABLES,
        derived_params=DECAY,
        sim_code=f"if (left > 0) {{ left--; }} else {{ {moved} }}",
        threshold_condition_code="left == 0 && V >= theta",
        reset_code="V = v_reset; left = (int)steps;",
    )


DELTA = neuron("DeltaNeuron", "V = v_inf + (V - v_inf) * decay + Isyn;")
EXPONENTIAL = neuron("ExponentialNeuron", "V = v_inf + Isyn + (V - v_inf - Isyn) * decay;")

POISSON_DELTA = pygenn.create_current_source_model(
    "PoissonDelta",
    params=["weight", "rate"],
    derived_params=[("none", lambda p, dt: math.exp(-p["rate"] * dt / 1000))],
    injection_code="""
    scalar p = 1.0;
    unsigned int n = 0;
    do {
        n++;
        p *= gennrand_uniform();
    } while (p > none);
    injectCurrent(weight * (scalar)(n - 1));
    """,
)
LOGNORMAL = pygenn.create_var_init_snippet(
    "LogNormal", params=["mu", "sigma"], var_init_code="value = gennrand_log_normal(mu, sigma);"
)


def variable(law):
    kind, *what = law
    if kind == "uniform":
        return pygenn.init_var("Uniform", {"min": what[0], "max": what[1]})
    if kind == "lognormal":
        variance = math.log(1 + what[1] ** 2)
        return pygenn.init_var(LOGNORMAL, {"mu": math.log(what[0]) - variance / 2, "sigma": math.sqrt(variance)})
    if kind == "normal":
        return pygenn.init_var("NormalClipped", dict(zip(("mean", "sd", "min", "max"), what)))
    return what[0]


def populate(model, p, exponential):
    parameters = {key: p[key] for key in ("tau_m", "theta", "v_reset")}
    parameters |= {"v_inf": p["v_rest"] + p["current"], "steps": network.steps(p["t_ref"], DT)}
    start = {"V": variable(p["v_initial"]), "left": 0}
    neurons = model.add_neuron_population(p["name"], p["size"], EXPONENTIAL if exponential else DELTA, parameters, start)
    neurons.spike_recording_enabled = True
    if p["poisson"] and exponential:
        tau = p["poisson"]["tau_syn"]
        drive = {"weight": p["poisson"]["efficacy"] * p["tau_m"] / tau, "tauSyn": tau, "rate": p["poisson"]["rate"]}
        model.add_current_source(f"to_{p['name']}", "PoissonExp", neurons, drive, {"current": 0.0})
    elif p["poisson"]:
        drive = {"weight": p["poisson"]["efficacy"], "rate": p["poisson"]["rate"]}
        model.add_current_source(f"to_{p['name']}", POISSON_DELTA, neurons, drive, {})
    return neurons


def rule(p):
    if p["rule"] == "probability":
        name = "FixedProbability" if p["autapses"] or p["from"] != p["to"] else "FixedProbabilityNoAutapse"
        return pygenn.init_sparse_connectivity(name, {"prob": p["amount"]})
    name = {"in_degree": "FixedNumberPreWithReplacement", "total": "FixedNumberTotalWithReplacement"}[p["rule"]]
    return pygenn.init_sparse_connectivity(name, {"num": p["amount"]})


def scaled(law, factor):
    kind, *what = law
    if kind == "lognormal":
        return [kind, what[0] * factor, what[1]]
    return [kind, *(x * factor for x in what)]


def connect(model, p, neurons, tau_m):
    tau, source, target = p["tau_syn"], neurons[p["from"]], neurons[p["to"]]
    efficacy = scaled(p["efficacy"], tau_m[p["to"]] / tau if tau else 1.0)
    weights = variable(efficacy)
    kind, mean, *others = p["delay"]
    if kind != "constant":
        longest = mean + LONGEST * others[0]
        delays = dict(zip(("mean", "sd", "min", "max"), (mean, others[0], others[1], longest)))
        kept = {"g": weights, "d": pygenn.init_var("NormalClippedDelay", delays)}
        update = pygenn.init_weight_update("StaticPulseDendriticDelay", {}, kept)
    elif efficacy[0] == "constant":
        update = pygenn.init_weight_update("StaticPulseConstantWeight", {"g": weights})
    else:
        update = pygenn.init_weight_update("StaticPulse", {}, {"g": weights})
    received = pygenn.init_postsynaptic("ExpCurr", {"tau": tau}) if tau else pygenn.init_postsynaptic("DeltaCurr")
    name = f"{p['from']}_to_{p['to']}"
    synapses = model.add_synapse_population(name, "SPARSE", source, target, update, received, rule(p))
    if kind != "constant":
        synapses.max_dendritic_delay_timesteps = network.steps(longest, DT) + 1
    else:
        # A spike is delivered in the next step. There a current acts from the beginning, and what moves V acts at the end.
        synapses.axonal_delay_steps = network.steps(mean, DT) - (0 if tau else 1)


def main():
    given, folder, seed = network.given()
    os.environ["CXX"] = "g++ -march=native"
    model = pygenn.GeNNModel("float", "network", backend="single_threaded_cpu", optimize_code=True)
    model.dt, model.seed = DT, seed
    model.fuse_postsynaptic_models = True
    model.default_narrow_sparse_ind_enabled = True
    exponential = {p["to"]: p["tau_syn"] > 0 for p in given["projections"]}
    neurons = {p["name"]: populate(model, p, exponential[p["name"]]) for p in given["populations"]}
    tau_m = {p["name"]: p["tau_m"] for p in given["populations"]}
    for p in given["projections"]:
        connect(model, p, neurons, tau_m)
    begun = time.perf_counter()
    model.build(str(folder))
    compiled = time.perf_counter() - begun
    before, steps = (network.steps(given[key], DT) for key in ("warm_up", "measured"))
    begun = time.perf_counter()
    model.load(num_recording_timesteps=before + steps)
    build = time.perf_counter() - begun
    for _ in range(before):
        model.step_time()
    stretch = Stretch()
    for _ in range(steps):
        model.step_time()
    times = stretch.end()
    model.pull_recording_buffers_from_device()
    found = {name: group.spike_recording_data[0][0] for name, group in neurons.items()}
    spikes = {name: int((at >= given["warm_up"] - DT / 2).sum()) for name, at in found.items()}
    tell(times, spikes, build, peak(), compiled)


main()

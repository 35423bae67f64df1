"""A network as a C++ program of Brian2, timed: speed_brian2.py NETWORK.json FOLDER SEED.

In double precision on a grid of 0.1 ms, integrated exactly from step to step, compiled with the options that Brian2 chooses. It
compiles once in a folder; every run of the program draws another network, and the seed is not used. External spikes are drawn as
one number a neuron and step.
"""

import math
import os
import re
import subprocess
import time

import brian2 as b2
import network
from stretch import tell

DT = 0.1
# What the program prints: wall and CPU seconds so far, then the numbers of spikes.
REPORT = re.compile(r"^report ([\d.e+-]+) ([\d.e+-]+)((?: \w+=\d+)*)$", re.MULTILINE)


def drawn(law, factor=1.0):
    """An expression of Brian2."""
    kind, *what = law
    if kind == "constant":
        return repr(what[0] * factor)
    if kind == "uniform":
        low, high = (x * factor for x in what)
        return f"{low!r} + {high - low!r}*rand()"
    if kind == "lognormal":
        variance = math.log(1 + what[1] ** 2)
        mu = math.log(what[0] * factor) - variance / 2
        return f"exp({mu!r} + {variance**0.5!r}*randn())"
    mean, sd, low, high = (x * factor for x in what)
    return f"clip({mean!r} + {sd!r}*randn(), {low!r}, {high!r})"


def populate(p, taus):
    total = "".join(f" + I{k}" for k in range(len(taus)))
    equations = f"dv/dt = ({p['v_rest'] + p['current']!r} - v{total})/({p['tau_m']!r}*ms) : 1 (unless refractory)\n"
    equations += "".join(f"dI{k}/dt = -I{k}/({tau!r}*ms) : 1\n" for k, tau in enumerate(taus))
    neurons = b2.NeuronGroup(
        p["size"],
        equations,
        threshold=f"v >= {p['theta']!r}",
        reset=f"v = {p['v_reset']!r}",
        refractory=p["t_ref"] * b2.ms,
        method="exact",
        name=f"neurons_{p['name']}",
    )
    neurons.v = drawn(p["v_initial"])
    if p["poisson"]:
        tau, mean = p["poisson"]["tau_syn"], p["poisson"]["rate"] * DT / 1000
        target, factor = ("v", "*int(not_refractory)") if tau == 0 else (f"I{taus.index(tau)}", f"*{p['tau_m'] / tau!r}")
        neurons.run_regularly(f"{target} += {p['poisson']['efficacy']!r}*poisson({mean!r}){factor}", when="synapses")
    return neurons


def connect(p, cells, taus, tau_m):
    tau, receiver = p["tau_syn"], p["to"]
    kept = p["efficacy"][0] != "constant"
    weights = drawn(p["efficacy"], tau_m[receiver] / tau if tau else 1.0)
    effect = f"I{taus[receiver].index(tau)}_post += " if tau else "v_post += int(not_refractory_post)*"
    effect += "w" if kept else weights
    source, target = cells[p["from"]], cells[receiver]
    synapses = b2.Synapses(source, target, "w : 1 (constant)" if kept else "", on_pre=effect, name=f"{p['from']}_to_{p['to']}")
    if p["rule"] == "in_degree":
        synapses.connect(i=f"int(rand()*N_pre) for _ in range({p['amount']})")
    elif p["rule"] == "probability":
        alone = p["from"] == p["to"] and not p["autapses"]
        synapses.connect(condition="i != j" if alone else None, p=p["amount"])
    else:
        network.stop("a total number of synapses is in no program of Brian2 here")
    if kept:
        synapses.w = weights
    synapses.delay = p["delay"][1] * b2.ms
    return synapses


def report(monitors):
    """Has the program print the time and the numbers of spikes."""
    numbers = {name: f"{b2.get_device().get_array_name(m.variables['N'])}[0]" for name, m in monitors.items()}
    spikes = "".join(f' << " {name}=" << {array}' for name, array in numbers.items())
    now = "std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count()"
    cpu = "(double)clock()/CLOCKS_PER_SEC"
    code = f'std::cout << std::setprecision(15) << "report " << {now} << " " << {cpu}{spikes} << std::endl;'
    b2.get_device().insert_code("main", code)


def program(given, folder):
    """Writes and compiles the program."""
    b2.prefs.codegen.cpp.headers += ["<chrono>", "<iomanip>", "<iostream>"]
    b2.set_device("cpp_standalone", build_on_run=False)
    b2.defaultclock.dt = DT * b2.ms
    taus = {p["name"]: {q["tau_syn"] for q in given["projections"] if q["to"] == p["name"]} for p in given["populations"]}
    taus = {name: sorted(found - {0.0}) for name, found in taus.items()}
    cells = {p["name"]: populate(p, taus[p["name"]]) for p in given["populations"]}
    tau_m = {p["name"]: p["tau_m"] for p in given["populations"]}
    monitors = {name: b2.SpikeMonitor(group) for name, group in cells.items()}
    report(monitors)
    parts = [connect(p, cells, taus, tau_m) for p in given["projections"]]
    net = b2.Network(*cells.values(), *monitors.values(), *parts)
    report(monitors)
    for key in ("warm_up", "measured"):
        net.run(given[key] * b2.ms)
        report(monitors)
    b2.get_device().build(str(folder), compile=True, run=False, with_output=False)


def main():
    given, folder, _ = network.given()
    compiled = 0.0
    if not (folder / "main").exists():
        begun = time.perf_counter()
        program(given, folder)
        compiled = time.perf_counter() - begun
    process = subprocess.Popen(["./main"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    printed = process.stdout.read()
    # The memory of this child, not of the compilers before it.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    found = [(float(wall), float(cpu), spikes) for wall, cpu, spikes in REPORT.findall(printed)]
    if process.returncode or len(found) != 4:
        network.stop(f"the program of Brian2 failed: {printed[-2000:]}")
    (begun, *_), (built, *_), (wall, cpu, before), (wall_end, cpu_end, after) = found
    numbers = lambda text: {name: int(n) for name, n in (word.split("=") for word in text.split())}
    spikes = {name: n - numbers(before)[name] for name, n in numbers(after).items()}
    tell({"wall": wall_end - wall, "cpu": cpu_end - cpu}, spikes, built - begun, 1024 * usage.ru_maxrss, compiled)


main()

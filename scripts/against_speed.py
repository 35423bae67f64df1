"""Times attractor and other simulators side by side on the same networks, one core, and the machine's own limits beside them.

Run by scripts/against-peers, from the root of the project; --help lists the options. What is run by turns is a pair: attractor on a
network, then the other program on one that is drawn from the same law, both pinned to the same core; every second pair the other way
round. Only the measured stretch counts, after a warm-up. The ratio of a pair is one of CPU seconds (user and system) of that stretch,
since other work on the machine takes time that passes but not this one. Networks that fire at other rates get no ratio.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "peers"))

import network
from network import stop

PROGRAMS = Path("scripts/peers")
# By how much the rates of a population, means over the pairs, may differ: a grid of 0.1 ms makes them up to 7 % too high, networks
# drawn from one law differ (in cuba by an s.d. of 5 %), and so do stretches of a second or less.
WORKLOADS = {
    "brunel-2000": 0.05,
    "cuba": 0.15,
    "lognormal-12000": 0.10,
    "microcircuit": 0.15,
    "microcircuit-tenth": 0.15,
}
USUAL = ["brunel-2000", "cuba", "lognormal-12000"]
# What the slow ones take of the measured stretch.
SHARE = {("NEST", name): 0.1 for name in WORKLOADS if name != "cuba"}
# Seconds of computing that are too few to time.
SHORTEST = 0.02
# The clocks of a run differ by more than this share: others use the machine.
BUSY = 1.1
# Lines of a log that are shown.
TAIL = 15


class Program:
    """A simulator: how it is called, and why it cannot run what it cannot."""

    def __init__(self, name, command, cannot=()):
        self.name, self.command, self.cannot = name, command, dict(cannot)


def tail(text):
    return "\n".join(text.strip().splitlines()[-TAIL:])


def called(command, core, what):
    """What a command prints, run on one core."""
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    if done.returncode:
        stop(f"{what} ends with {done.returncode}; the end of its log:\n{tail(done.stdout + done.stderr)}")
    return done.stdout


def benches(features):
    """The programs of benches/ that are called here, built."""
    names = ["engine", "limits"]
    wanted = [word for name in names for word in ("--bench", name)]
    command = ["cargo", "bench", "--locked", "--no-run", "--message-format=json", *wanted]
    command += ["--features", features] if features else []
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        stop("cargo cannot build the benches")
    built = (json.loads(line) for line in done.stdout.splitlines())
    return {b["target"]["name"]: b["executable"] for b in built if b.get("executable") and b["target"]["name"] in names}


def genn(path):
    python = path / "bin" / "python"
    if not python.exists():
        stop(f"there is no {python}; --genn takes a Python environment into which GeNN was installed from its source (pip install)")
    found = subprocess.run([python, "-c", "import pygenn"], capture_output=True, text=True)
    if found.returncode:
        stop(f"{python} cannot import pygenn; install GeNN there from its source with pip. The end of its log:\n{tail(found.stderr)}")
    return Program("GeNN", [python, PROGRAMS / "speed_genn.py"])


def auryn(path, folder):
    library = next((path / place / "libauryn.a" for place in ("build/release/src", "lib") if (path / place / "libauryn.a").exists()), None)
    header = next((path / place for place in ("src", "include") if (path / place / "auryn.h").exists()), None)
    if library is None or header is None:
        stop(f"there is no built Auryn at {path}; --auryn takes its source with build/release/src/libauryn.a, as its own instructions build it")
    program = folder / "speed_auryn"
    boost = [f"-lboost_{part}" for part in ("mpi", "serialization", "filesystem", "system")]
    command = ["mpicxx", "-std=c++17", "-O3", "-DNDEBUG", "-march=native", "-ffast-math", f"-I{header}", PROGRAMS / "speed_auryn.cpp"]
    command += [library, *boost, "-o", program]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        stop("mpicxx is missing, which Auryn needs (Debian: apt-get install libopenmpi-dev libboost-mpi-dev)")
    if done.returncode:
        stop(f"the program for Auryn cannot be compiled; the end of the log:\n{tail(done.stderr)}")
    random = "its delays belong to senders, and those of this network to synapses"
    return Program("Auryn", [program], {"microcircuit": random, "microcircuit-tenth": random})


def peers(arguments, folder):
    """The programs that can be had, and a sentence about each other."""
    large = "it would take hours"
    synapses = "a total number of synapses is in no program of Brian2 here"
    found = []
    if "auryn" in arguments.peers:
        if arguments.auryn:
            found.append(auryn(arguments.auryn, folder))
        else:
            print("Auryn is left out: --auryn PATH says where its source stands, built")
    if "genn" in arguments.peers:
        if arguments.genn:
            found.append(genn(arguments.genn))
        else:
            print("GeNN is left out: --genn PATH says in which Python environment it is installed")
    if "brian2" in arguments.peers:
        cannot = {name: synapses for name in ("microcircuit", "microcircuit-tenth")}
        found.append(Program("Brian2", [".venv-brian2/bin/python", PROGRAMS / "speed_brian2.py"], cannot))
    if "nest" in arguments.peers:
        found.append(Program("NEST", [".venv-nest/bin/python", PROGRAMS / "speed_nest.py"], {"microcircuit": large}))
    return found


class Case:
    """A workload: its network, what of it is measured, and the programs that run it."""

    def __init__(self, name, measured, engine, core, folder):
        self.name, self.engine, self.core, self.folder = name, engine, core, folder
        self.network = network.network(f"models/{name}.toml")
        if measured:
            self.network["measured"] = 1000 * measured

    def ours(self, seed, share):
        end = self.network["warm_up"] + share * self.network["measured"]
        words = [self.engine, "one", self.name, self.network["warm_up"], end, f"seed={seed}", f'protocol[1].duration="{end} ms"']
        return self.result(called([str(word) for word in words], self.core, f"attractor on {self.name}"), share)

    def theirs(self, program, seed, share):
        given = self.folder / f"{self.name}-{program.name}.json"
        given.write_text(json.dumps(self.network | {"measured": share * self.network["measured"]}))
        place = self.folder / f"{self.name}-{program.name}"
        place.mkdir(exist_ok=True)
        words = [*program.command, given, place, seed]
        return self.result(called([str(word) for word in words], self.core, f"{program.name} on {self.name}"), share)

    def result(self, printed, share):
        """What a run found, per second of biology."""
        found = json.loads(printed.strip().splitlines()[-1])
        seconds = share * self.network["measured"] / 1000
        sizes = {p["name"]: p["size"] for p in self.network["populations"]}
        rates = {name: n / sizes[name] / seconds for name, n in found["spikes"].items()}
        each = 1e9 * found["cpu"] / max(1.0, network.events(self.network, found["spikes"]))
        return found | {"rates": rates, "seconds": seconds, "s_per_s": found["cpu"] / seconds, "ns_per_event": each}

    def pairs(self, program, number):
        """Runs of attractor and of another program by turns: [(ours, theirs)]."""
        share = SHARE.get((program.name, self.name), 1.0)
        pairs = []
        for k in range(number):
            runs = {True: lambda: self.ours(1 + k, share), False: lambda: self.theirs(program, 1 + k, share)}
            first = k % 2 == 0
            done = {which: runs[which]() for which in (first, not first)}
            pairs.append((done[True], done[False]))
        return pairs


def spread(values):
    """Median, least and largest."""
    return statistics.median(values), min(values), max(values)


def ratios(pairs):
    return [ours["s_per_s"] / theirs["s_per_s"] for ours, theirs in pairs]


def disagreement(pairs, bound):
    """A sentence about the populations whose mean rates differ by more than the bound, or None."""
    mean = lambda which, name: statistics.mean(pair[which]["rates"][name] for pair in pairs)
    found = []
    for name in pairs[0][0]["rates"]:
        ours, theirs = mean(0, name), mean(1, name)
        if abs(theirs - ours) > bound * ours:
            found.append(f"{name} fires at {theirs:.2f} Hz there and at {ours:.2f} Hz here")
    return f"{', '.join(found)}: more than {100 * bound:g} % apart" if found else None


def too_short(pairs):
    """A sentence about runs that computed too little to be timed, or None."""
    least = min(run["cpu"] for pair in pairs for run in pair)
    if least < SHORTEST:
        return f"the shortest run computed {1000 * least:.0f} ms, which is too little to time; choose more with --measured"
    return None


def shown(values, digits=3):
    return "{0:.{3}g} ({1:.{3}g}-{2:.{3}g})".format(*spread(values), digits)


def row(name, runs):
    of = lambda key: [run[key] for run in runs]
    rates = {key: statistics.mean(run["rates"][key] for run in runs) for key in runs[0]["rates"]}
    first = ", ".join(f"{key} {rate:.2f}" for key, rate in list(rates.items())[:2])
    passed = statistics.median(run["wall"] / run["cpu"] for run in runs)
    busy = f"; busy: {passed:.1f} times as much time passed" if passed > BUSY else ""
    return (
        f"  {name:<10} {shown(of('s_per_s')):>22} {shown(of('ns_per_event')):>22} {statistics.median(of('build')):>8.2f} "
        f"{max(of('compile')):>9.1f} {max(of('peak')) / 2**20:>9.0f}  {first}{busy}"
    )


def compare(case, programs, number):
    """Prints a workload; whether all that ran does the same, the pairs of each program, and the runs of each program."""
    neurons = sum(p["size"] for p in case.network["populations"])
    synapses = sum(p["synapses"] for p in case.network["projections"])
    print(
        f"\n{case.name}: {neurons} neurons, {synapses / 1e6:.2f} million synapses; {case.network['warm_up'] / 1000:g} s of warm-up, "
        f"{case.network['measured'] / 1000:g} s measured; medians of {number} (least-largest)"
    )
    print(
        f"  {'':<10} {'CPU s per s':>22} {'ns per synaptic event':>22} {'build s':>8} {'compile s':>9} {'peak MiB':>9}  Hz"
    )
    good, found, runs, ours = True, {}, {}, []
    for program in programs:
        if case.name in program.cannot:
            print(f"  {program.name} is left out: {program.cannot[case.name]}")
            continue
        pairs = case.pairs(program, number)
        found[program.name] = pairs
        ours += [pair[0] for pair in pairs]
        runs[program.name] = [pair[1] for pair in pairs]
        apart, short = disagreement(pairs, WORKLOADS[case.name]), too_short(pairs)
        print(row(program.name, runs[program.name]), flush=True)
        if apart:
            good = False
            print(f"    no ratio, for the networks do different things: {apart}")
        elif short:
            print(f"    no ratio: {short}")
        else:
            print(f"    attractor / {program.name}: {shown(ratios(pairs))}", flush=True)
    if not ours:
        ours = [case.ours(1 + k, 1.0) for k in range(number)]
    longest = max(run["seconds"] for run in ours)
    runs["attractor"] = [run for run in ours if run["seconds"] == longest]
    print(row("attractor", runs["attractor"]), flush=True)
    return good, found, runs


def limits(program, core):
    """The machine's limits: [{what, value, unit}]."""
    return [json.loads(line) for line in called([program, "json"], core, "benches/limits.rs").splitlines()]


def tell_limits(before, after, runs):
    """Prints the limits, and what an event costs in units of one of them."""
    print("\nlimits of this core, before and after:")
    for one, other in zip(before, after):
        print(f"  {one['what']:<70} {one['value']:>8.2f} {other['value']:>8.2f} {one['unit']}")
    unit = min(each["value"] for each in before + after if each["name"] == "row")
    print(f"\na synaptic event in units of a synapse of such a row, {unit:.2f} ns:")
    for workload, programs in runs.items():
        units = {name: statistics.median(run["ns_per_event"] for run in found) / unit for name, found in programs.items()}
        print(f"  {workload:<20} {', '.join(f'{name} {each:.3g}' for name, each in units.items())}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--genn", type=Path, help="a Python environment in which GeNN is installed")
    parser.add_argument("--auryn", type=Path, help="the source of Auryn, built")
    names = ["auryn", "genn", "brian2", "nest"]
    parser.add_argument("--peers", nargs="*", choices=names, default=names, help="the programs to compare with (all that can be had)")
    parser.add_argument("--workloads", nargs="+", choices=WORKLOADS, default=USUAL, metavar="MODEL", help=f"of {', '.join(WORKLOADS)}")
    parser.add_argument("--pairs", type=int, default=3, help="pairs of runs of each program and workload (3)")
    parser.add_argument("--measured", type=float, help="seconds of biology to measure, in place of the model's")
    parser.add_argument("--core", type=int, default=0, help="the core that everything runs on (0)")
    parser.add_argument("--features", help="features of cargo to build attractor with")
    parser.add_argument("--json", type=Path, help="write all that was found to this file")
    arguments = parser.parse_args()
    if arguments.pairs < 1:
        stop(f"{arguments.pairs} pairs are none; --pairs takes 1 or more")
    if arguments.core not in os.sched_getaffinity(0):
        stop(f"there is no core {arguments.core} here; --core takes one of {sorted(os.sched_getaffinity(0))}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        others = peers(arguments, folder)
        programs = benches(arguments.features)
        before = limits(programs["limits"], arguments.core)
        good, found, runs = True, {}, {}
        for workload in arguments.workloads:
            case = Case(workload, arguments.measured, programs["engine"], arguments.core, folder)
            same, found[workload], runs[workload] = compare(case, others, arguments.pairs)
            good &= same
    after = limits(programs["limits"], arguments.core)
    tell_limits(before, after, runs)
    if arguments.json:
        arguments.json.write_text(json.dumps({"before": before, "after": after, "runs": runs, "pairs": found}, indent=1))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

"""The long checks of whole models; run by scripts/long-test, from the root of the project.

Usage: long_checks.py [seeds] [patterns] [trials] [verdicts] [kills] ...      (all without an argument)
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import check_memory
import check_trials
import test_recordings

ATTRACTOR = "target/release/attractor"
MODEL = "models/memory-8000.toml"
SEEDS = range(1, 21)
# Nineteen of twenty runs must meet every expectation of the model.
ENOUGH = 19


def simulate(model, output, *arguments):
    command = [ATTRACTOR, "run", str(model), "-o", str(output), "--force", "--quiet", *arguments]
    code = subprocess.run(command).returncode
    summary = subprocess.run([ATTRACTOR, "info", str(output), "--json"], capture_output=True)
    return code, json.loads(summary.stdout)


def seeds(directory):
    """The six cues of the model, for twenty seeds."""
    good = 0
    for seed in SEEDS:
        code, summary = simulate(MODEL, directory / "seed.h5", "--seed", str(seed))
        good += code == 0
        verdict = "; ".join(v["found"] for v in summary["expect"])
        rate, cv = summary["memories"]["E"]["delay_rate_hz"], summary["memories"]["E"]["cv_isi_delay"]
        print(f"seed {seed:2}: {'met    ' if code == 0 else 'NOT MET'} held at {rate:.1f} Hz, CV {cv:.2f}; {verdict}")
    print(f"{good} of {len(SEEDS)} seeds meet every expectation")
    return good >= ENOUGH


def sweep_model(first, last):
    """The model with cues of patterns `first` to `last` in place of its own."""
    text = Path(MODEL).read_text()
    head, rest = text.split("[[protocol]]", 1)
    blocks = rest.split("[[protocol]]")
    tail = "[expect" + blocks[-1].split("[expect", 1)[1]
    rest, cue, delay = blocks[0], blocks[1], blocks[2]
    protocol = [rest]
    for pattern in range(first, last + 1):
        protocol.append(cue.replace("cue 1", f"cue {pattern}").replace("pattern = 1,", f"pattern = {pattern},"))
        protocol.append(delay.replace("delay 1", f"delay {pattern}"))
    return head + "".join(f"[[protocol]]{block}" for block in protocol) + tail


def patterns(directory):
    """Every one of the 90 patterns, in runs of 15 cues."""
    lost = []
    for first in range(1, 91, 15):
        model = directory / "sweep.toml"
        model.write_text(sweep_model(first, first + 14))
        _, summary = simulate(model, directory / "sweep.h5")
        verdict = next(v for v in summary["expect"] if v["expectation"].startswith("retrieval"))
        print(f"patterns {first} to {first + 14}: {verdict['found']}")
        delays = {e["name"]: e["memories"][0]["retrieved"] for e in summary["epochs"] if e["memories"]}
        lost += [p for p in range(first, first + 15) if delays[f"delay {p}"] != p]
    print(f"{90 - len(lost)} of 90 patterns are retrieved" + (f"; lost: {lost}" if lost else ""))
    return not lost


def trials(directory):
    """Every model of delayed match to sample meets its expectations, its table follows from its spikes, and one thread
    gives the same as several; the small one for ten seeds."""
    good = True
    for model in sorted(Path("models").glob("delayed-match*.toml")):
        output = directory / "trials.h5"
        code, summary = simulate(model, output)
        failures = check_trials.check(output, summary)
        _, alone = simulate(model, directory / "alone.h5", "--threads", "1")
        same = alone["data_hash"] == summary["data_hash"] and alone["trials"] == summary["trials"]
        good &= code == 0 and failures == 0 and same
        speed, memory = summary["real_time_factor"], summary["peak_rss_mb"]
        print(f"{model}: exit code {code}, {failures} failures, same on one thread: {same}; {speed:.2f} s per s, {memory:.0f} MB")
    for seed in range(1, 11):
        code, summary = simulate("models/delayed-match-1000.toml", directory / "seed.h5", "--seed", str(seed))
        found = [verdict["found"] for verdict in summary["expect"]]
        print(f"seed {seed:2}: exit code {code}; {'; '.join(found)}")
        good &= code == 0
    return good


def builds(directory):
    """The debug and the release build give the same data, of spiking and of binary neurons."""
    good = True
    for model in ("models/memory-1000.toml", "models/letters.toml", "models/stochastic.toml"):
        hashes = set()
        for binary in (ATTRACTOR, "target/debug/attractor"):
            output = directory / "build.h5"
            subprocess.run([binary, "run", model, "-o", str(output), "--force", "--quiet"])
            summary = subprocess.run([binary, "info", str(output), "--json"], capture_output=True)
            hashes.add(json.loads(summary.stdout)["data_hash"])
        print(f"{model}: {'the same data' if len(hashes) == 1 else 'DIFFERENT DATA'} from both builds")
        good &= len(hashes) == 1
    return good


def reproduce(directory):
    """Every system of the teaching sources has a verdict, it is met, and docs/reproduced.md tells the same numbers."""
    done = subprocess.run([ATTRACTOR, "reproduce", "--markdown"], stdout=subprocess.PIPE, text=True)
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ")]
    listed = Path("docs/reproduced.md").read_text().splitlines()
    other = [row for row in rows if row not in listed]
    print("\n".join(rows), *(["not so in docs/reproduced.md:", *other] if other else []), sep="\n")
    return done.returncode == 0 and not other


def verdicts(directory):
    """Every spiking model concludes the same, with the same exit code, however often it records; and what it concludes of
    its cues, alone and in sweeps, is what numpy makes of the spikes."""
    good = True
    aside = ("model_text", "model_resolved", "command_line", "started", "ended", "wall_s", "build_s", "peak_rss_mb")
    aside += ("real_time_factor", "synaptic_events_per_s")
    for model in sorted(Path("models").glob("*.toml")):
        merged = subprocess.run([ATTRACTOR, "check", str(model)], capture_output=True, text=True).stdout
        if "[dynamics.spiking" not in merged:
            print(f"{model}: of neurons whose states are looked at at the moments that the model names")
            continue
        if model.stem == "microcircuit":
            # A quarter of an hour and more each time.
            print(f"{model}: microcircuit-tenth stands for it")
            continue
        found = []
        for interval in ("1 ms", "5 ms", "20 ms", "100 ms"):
            output = directory / "verdict.h5"
            code, summary = simulate(model, output, "--set", f"record.interval={interval}")
            found.append((code, {key: value for key, value in summary.items() if key not in aside}))
        same = all(other == found[0] for other in found[1:])
        failed = check_memory.check(output, summary)
        print(f"{model}: exit code {found[0][0]}, {'the same' if same else 'OTHER CONCLUSIONS'} at four intervals")
        good &= same and failed == 0
    table, kept = directory / "sweep.h5", directory / "kept"
    over = ["--over", "projection.E_to_E.scale=0.1 mV:0.3 mV:5", "--repeat", "2"]
    command = [ATTRACTOR, "sweep", "models/memory-1000.toml", *over, "--keep", str(kept), "-o", str(table), "--quiet"]
    subprocess.run(command, check=True)
    criterion = dict(check_memory.STANDARD, others_below=0.2)
    return good and check_memory.check_sweep(table, kept, criterion) == 0


def kills(directory, number=200):
    """Two hundred kills of a run of trials, at random times."""
    model, whole = "models/delayed-match-1000.toml", directory / "whole.h5"
    simulate(model, whole)
    times = [random.uniform(0.0, 4.0) for _ in range(number)]
    test_recordings.kill_during_trials(directory, model, whole, times)
    return not test_recordings.failures


if __name__ == "__main__":
    checks = {
        "seeds": seeds,
        "patterns": patterns,
        "trials": trials,
        "verdicts": verdicts,
        "kills": kills,
        "builds": builds,
        "reproduce": reproduce,
    }
    wanted = sys.argv[1:] or list(checks)
    if not set(wanted) <= set(checks):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as name:
        good = [checks[check](Path(name)) for check in wanted]
    sys.exit(0 if all(good) else 1)

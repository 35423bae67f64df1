"""The long checks of the 8000-neuron memory; run by scripts/long-test, from the root of the project.

Usage: long_checks.py [seeds] [patterns]      (both without an argument)
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

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
        rate, cv = summary["delay_rate_hz"]["E"], summary["cv_isi_delay"]["E"]
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


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["seeds", "patterns"]
    checks = {"seeds": seeds, "patterns": patterns}
    if not set(wanted) <= set(checks):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as name:
        good = [checks[check](Path(name)) for check in wanted]
    sys.exit(0 if all(good) else 1)

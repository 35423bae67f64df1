"""Stops runs of every model, goes on with them, and compares what was recorded with the uninterrupted run, bit for bit.

usage: check_resume.py ATTRACTOR [KILLS [MODEL ...]]

Every model, shortened as tests/command/golden/hashes.toml says, is stopped at two moments by --until and goes on each time
with another number of threads. Then runs are killed KILLS times in all at random moments, and go on each time, until they
are complete; after every kill what is left opens in plain h5py.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import h5py
import numpy as np

attractor = sys.argv[1]
kills_wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 100
chosen = sys.argv[3:]
table = tomllib.loads(Path("tests/command/golden/hashes.toml").read_text())
# Spiking, binary, delayed match in sequence and apart, recall, rate (adaptive, Euler, sweeps), modern.
KILLED = [
    "memory-1000", "delayed-match-1000", "capacity", "mongillo-2008", "palimpsest", "pereira-brunel-2018",
    "continuous-hopfield", "salesman", "delayed-match-abba", "lognormal-12000", "modern-images", "gillett-2020",
]
TIMES = {"ended", "command_line", "started", "threads", "wall_s", "build_s", "peak_rss_mb"}


def run(*arguments, **options):
    command = [attractor, "run", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=900, **options)


def content(path):
    """Every column, and what is said of every group and column, but for clocks and the like."""
    found = {}
    with h5py.File(path) as file:

        def take(name, at):
            for key, value in at.attrs.items():
                if not (name == "provenance" and key in TIMES):
                    found[f"{name}@{key}"] = np.asarray(value).tobytes() if not isinstance(value, str) else value
            if isinstance(at, h5py.Dataset):
                values = at[()]
                found[name] = (at.shape, values.tolist() if values.dtype == object else values.tobytes())

        take("", file)
        file.visititems(take)
        # Of a run that did not end it is not known.
        duration = file["provenance"].attrs.get("duration", np.nan)
        clock = file.attrs["clock"]
    return found, float(duration), clock if isinstance(clock, str) else clock.decode()


def differences(one, other):
    return [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]


def settings(model):
    return [part for setting in table[model]["set"] for part in ("--set", setting)]


def stopped_and_resumed(model, folder, whole, duration, unit):
    """What differs from the whole run, if it is stopped twice."""
    output = folder / f"{model}-stopped.h5"
    shares = sorted(random.random() for _ in range(2))
    until = [f"{share * duration:.6g} {unit}" for share in shares]
    commands = [
        ["models/" + model + ".toml", "-o", output, *settings(model), "--threads", 1, "--until", until[0]],
        ["--resume", output, "--threads", 3, "--until", until[1]],
        ["--resume", output, "--threads", 2],
    ]
    for command in commands:
        if output.exists():
            break
        done = run(*command)
        assert done.returncode in (0, 1), f"{model} until {until}: {done.stderr}"
    return [f"{name}, stopped at {' and '.join(until)}" for name in differences(whole, content(output)[0])]


def killed_and_resumed(model, folder, whole, seconds):
    """How often it was killed until it was complete, how often nothing had been committed yet, and what differs."""
    output = folder / f"{model}-killed.h5"
    first = ["models/" + model + ".toml", "-o", output, *settings(model), "--commit", "0.02", "--force"]
    kills = anew = 0
    while True:
        resumes = Path(f"{output}.checkpoint").exists()
        anew += not resumes and kills > 0
        arguments = ["--resume", output, "--commit", "0.02"] if resumes else first
        threads = random.choice([1, 2, 3])
        process = subprocess.Popen(
            [attractor, "run", *map(str, arguments), "--threads", str(threads), "--quiet"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        # Most are killed once there is a state, some earlier.
        early = random.random() < 0.1
        while not early and process.poll() is None and not Path(f"{output}.checkpoint").exists():
            time.sleep(0.002)
        time.sleep(random.uniform(0.0, min(1.0, 0.4 * seconds)))
        if kills < 12:
            process.send_signal(signal.SIGKILL)
        _, told = process.communicate()
        if process.returncode == -signal.SIGKILL:
            kills += 1
            if Path(f"{output}.part").exists():
                content(f"{output}.part")
            continue
        assert process.returncode in (0, 1), f"{model} after {kills} kills: {told}"
        return kills, anew, differences(whole, content(output)[0])


def main():
    bad, kills, anew = [], 0, 0
    random.seed(int(os.environ.get("SEED", "1")))
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        wholes = {}
        for model in chosen or table:
            output, begun = folder / f"{model}.h5", time.monotonic()
            done = run(f"models/{model}.toml", "-o", output, *settings(model), "--quiet")
            assert done.returncode in (0, 1), f"{model}: {done.stderr}"
            whole, duration, clock = content(output)
            wholes[model] = (whole, time.monotonic() - begun)
            unit = "ms" if clock == "ms" else "sweeps"
            found = stopped_and_resumed(model, folder, whole, duration, unit)
            print(f"{model}: {len(whole)} columns and attributes, {len(found)} differ {found[:3]}", flush=True)
            bad += [(model, name) for name in found]
        candidates = [model for model in KILLED if model in wholes]
        while candidates and kills < kills_wanted:
            model = random.choice(candidates)
            for left in folder.glob(f"{model}-killed.h5*"):
                left.unlink()
            more, again, found = killed_and_resumed(model, folder, *wholes[model])
            kills, anew = kills + more, anew + again
            print(f"{model}: killed {more} times, {len(found)} differ {found[:3]}", flush=True)
            bad += [(model, name) for name in found]
            if more == 0:
                candidates.remove(model)
    print(f"{kills} kills, after {anew} of which the run began again; {len(bad)} differences")
    sys.exit(bool(bad))


main()

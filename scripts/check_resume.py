"""Stops runs of every model, goes on with them, and compares what was recorded with the uninterrupted run, bit for bit.

usage: check_resume.py ATTRACTOR [KILLS [MODEL ...]]      (SEED in the environment: other moments)

Every model, shortened as tests/command/golden/hashes.toml says, is stopped at two moments by --until and goes on each time
with another number of threads. Then runs of all of them, and sweeps, are killed KILLS times in all at random moments, and go on
each time, until they are complete. After every kill what is left opens in plain h5py, verifies, and is the beginning of the
uninterrupted run. Last, runs are killed that commit as often as they do without being asked: what was lost is no more than that
by the clock on the wall, whatever else the machine had to do. A kill before the first commit costs all of the run; when that commit
comes is measured in the others.
"""

import collections
import dataclasses
import difflib
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

table = tomllib.loads(Path("tests/command/golden/hashes.toml").read_text())
# Killed as well, by names that no model has: neurons that spike, and recall.
SWEEPS = {
    "sweep of trials": ["tests/data/small-sweep.toml", "--over", "task.delayed_match.trials=3,30", "--repeat", "20"],
    "sweep of recall": ["tests/data/small-recall.toml", "--over", "patterns.N.random.number=2,3,5,9", "--repeat", "200"],
}
# What a run loses at most, s: the default period, and a commit with the way to the look where it begins.
PERIOD, COMMIT = 2.0, 0.3
# What memory-1000 takes before it runs, s: its synapses are made, and its file.
BUILD = 1.0
TIMES = {"ended", "command_line", "started", "threads", "wall_s", "build_s", "peak_rss_mb"}


def run(attractor, *arguments, **options):
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
        # Which a table has not.
        clock = file.attrs.get("clock", "")
    return found, float(duration), clock if isinstance(clock, str) else clock.decode()


def differences(one, other):
    return [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]


def settings(model):
    return [part for setting in table[model]["set"] for part in ("--set", setting)]


def stopped_and_resumed(attractor, model, folder, whole, duration, unit):
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
        done = run(attractor, *command)
        assert done.returncode in (0, 1), f"{model} until {until}: {done.stderr}"
    return [f"{name}, stopped at {' and '.join(until)}" for name in differences(whole, content(output)[0])]


def commands(name, output):
    """What begins a run or a sweep, what goes on with it, and the file from whose presence on it can."""
    if name in SWEEPS:
        sweep = ["sweep", *SWEEPS[name], "-o", output, "--quiet"]
        return [*sweep, "--force"], [*sweep, "--resume"], Path(f"{output}.part")
    often = ["--commit", "0.02", "--quiet"]
    first = ["run", f"models/{name}.toml", "-o", output, *settings(name), "--force", *often]
    return first, ["run", "--resume", output, *often], Path(f"{output}.checkpoint")


def rows(found, group):
    """The rows of a table, all columns of it, in bytes."""
    columns = [value for name, value in sorted(found.items()) if name.startswith(f"{group}/") and isinstance(value, tuple)]
    split = lambda number, values: [values[k * len(values) // number : (k + 1) * len(values) // number] for k in range(number)]
    return list(zip(*([tuple(cell) for cell in split(shape[0], values)] for shape, values in columns), strict=True))


def flaws(attractor, part, whole, sweeps):
    """What is wrong with what a kill left: all of it verifies, and is the beginning of the whole, or of a sweep the runs that
    had ended, as they are there."""
    here = content(part)[0]
    columns = {name: value for name, value in here.items() if isinstance(value, tuple) and not name.startswith("progress")}
    if sweeps:
        tables = {group: iter(rows(whole, group)) for group in ("runs", "trials")}
        found = [name for name, left in tables.items() if not all(row in left for row in rows(here, name))]
    else:
        found = [name for name, column in columns.items() if not begins(whole.get(name), *column)]
    done = subprocess.run([attractor, "verify", part], capture_output=True, text=True)
    found = [f"{part.name}: /{name} holds something else" for name in found]
    return found + ([] if done.returncode == 0 else [f"verify: {done.stdout}{done.stderr}"])


def begins(whole, shape, values):
    """Whether a column begins as that does: all of its bytes, or texts."""
    return whole is not None and shape[1:] == whole[0][1:] and values == whole[1][: len(values)]


def killed_and_resumed(attractor, name, folder, whole, seconds):
    """How often it was killed until it was complete, how often nothing had been committed yet, and what is wrong."""
    output = folder / f"{name}-killed.h5"
    first, again, state = commands(name, output)
    part, found = Path(f"{output}.part"), []
    kills = anew = 0
    while True:
        resumes = state.exists()
        anew += not resumes and kills > 0
        threads = random.choice([1, 2, 3])
        process = subprocess.Popen(
            [attractor, *map(str, again if resumes else first), "--threads", str(threads)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        # Most are killed once there is a state, some earlier.
        early = random.random() < 0.1
        while not early and process.poll() is None and not state.exists():
            time.sleep(0.002)
        time.sleep(random.uniform(0.0, min(1.0, 0.4 * seconds)))
        if kills < 12:
            process.send_signal(signal.SIGKILL)
        _, told = process.communicate()
        if process.returncode == -signal.SIGKILL:
            kills += 1
            found += flaws(attractor, part, whole, name in SWEEPS) if part.exists() else []
            continue
        if process.returncode not in (0, 1):
            return kills, anew, [*found, f"exit code {process.returncode} after {kills} kills: {told}"]
        return kills, anew, found + differences(whole, content(output)[0])


def waited(process):
    """For how long (s) each thread of a process was ready and had to wait for a processor."""
    found = {}
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        try:
            found[task.name] = 1e-9 * int((task / "schedstat").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


@dataclasses.dataclass
class Loss:
    """Of a run that was killed, in seconds by the clock on the wall."""

    # When its first commit stood there, from its start; None if it was killed before.
    first: float | None
    # Since what had been committed last was written, or since the start of the run.
    lost: float
    # For how much of that a thread of it had to wait for a processor, at most.
    waiting: float


def killed(attractor, folder):
    """A run that is killed at any moment, also before its first commit."""
    output = folder / "lost.h5"
    for left in folder.glob("lost.h5*"):
        left.unlink()
    command = [attractor, "run", "models/memory-1000.toml", "-o", output, "--set", "protocol[0].duration=1000 s", "--quiet"]
    begun, part = time.time(), Path(f"{output}.part")
    process = subprocess.Popen([*map(str, command), "--threads", "1"])
    end, first, committed, before = begun + random.uniform(0.0, 4 * PERIOD), None, None, {}
    while True:
        try:
            written = part.stat().st_mtime
        except FileNotFoundError:
            written = None
        if written != committed:
            committed, before = written, waited(process)
            first = time.time() - begun if first is None else first
        if time.time() > end:
            break
        time.sleep(0.005)
    now, after = time.time(), waited(process)
    process.kill()
    process.wait()
    waiting = max(after[thread] - before.get(thread, 0.0) for thread in after)
    return Loss(first, now - (begun if committed is None else committed), waiting)


def tell_losses(attractor, folder, number):
    """Kills a run so often, and says what was lost; what of that is too much."""
    if number == 0:
        return []
    losses = [killed(attractor, folder) for _ in range(number)]
    after = [loss for loss in losses if loss.first is not None]
    before = [loss for loss in losses if loss.first is None]
    worst = max(after, key=lambda loss: loss.lost, default=Loss(None, 0.0, 0.0))
    print(
        f"{len(after)} kills of runs that commit every {PERIOD} s: at most {worst.lost:.2f} s are lost, "
        f"for {worst.waiting:.2f} s of which it waited for a processor"
    )
    first = f"after at most {max(loss.first for loss in after):.2f} s" if after else "in none of these runs"
    print(
        f"{len(before)} kills before the first commit: at most {max((loss.lost for loss in before), default=0.0):.2f} s are lost, "
        f"all of the run; the first commit came {first}"
    )
    bound, latest = PERIOD + COMMIT, PERIOD + COMMIT + BUILD
    return [
        *(f"{loss.lost:.2f} s are lost (it waited for {loss.waiting:.2f} s)" for loss in after if loss.lost > bound),
        *(f"the first commit came after {loss.first:.2f} s" for loss in after if loss.first > latest),
        *(f"no commit came for {loss.lost:.2f} s (it waited for {loss.waiting:.2f} s)" for loss in before if loss.lost > latest),
    ]


def refuse(found, allowed):
    """Ends with a sentence."""
    print(f"error: found {found}; {allowed}" + "." * (not allowed.endswith("?")), file=sys.stderr)
    sys.exit(2)


def asked(usage, numbers=1):
    """The program and what follows it on the command line, of which so many words are whole numbers above 0."""
    program, *words = sys.argv[1:] or refuse("no program", usage)
    if not os.access(program, os.X_OK) or Path(program).is_dir():
        refuse(f"no program {program!r}", usage)
    for word in words[:numbers]:
        if not word.isdecimal() or int(word) == 0:
            refuse(f"{word!r} in place of a whole number above 0", usage)
    return str(Path(program).resolve()), *map(int, words[:numbers]), *words[numbers:]


def known(words, names, what):
    """Refuses words that are no names."""
    for word in words:
        if word not in names:
            near = difflib.get_close_matches(word, names, 1)
            refuse(f"no {what} {word!r}", f"did you mean {near[0]!r}?" if near else "known are " + ", ".join(names))


def main(attractor, kills_wanted=100, *chosen):
    known(chosen, table, "model of tests/command/golden/hashes.toml")
    bad, kills, anew = [], 0, 0
    random.seed(int(os.environ.get("SEED", "1")))
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        wholes = {}
        for model in chosen or table:
            output, begun = folder / f"{model}.h5", time.monotonic()
            done = run(attractor, f"models/{model}.toml", "-o", output, *settings(model), "--quiet")
            assert done.returncode in (0, 1), f"{model}: {done.stderr}"
            whole, duration, clock = content(output)
            wholes[model] = (whole, time.monotonic() - begun)
            unit = "ms" if clock == "ms" else "sweeps"
            found = stopped_and_resumed(attractor, model, folder, whole, duration, unit)
            print(f"{model}: {len(whole)} columns and attributes, {len(found)} differ {found[:3]}", flush=True)
            bad += [(model, name) for name in found]
        for name in SWEEPS if kills_wanted and not chosen else []:
            output, begun = folder / f"{name}.h5", time.monotonic()
            subprocess.run([attractor, *map(str, commands(name, output)[0])], check=True)
            wholes[name] = (content(output)[0], time.monotonic() - begun)
        candidates, killed = list(wholes), collections.Counter()
        while candidates and kills < kills_wanted:
            name = random.choice(candidates)
            for left in folder.glob(f"{name}-killed.h5*"):
                left.unlink()
            more, again, found = killed_and_resumed(attractor, name, folder, *wholes[name])
            kills, anew, killed[name] = kills + more, anew + again, killed[name] + more
            print(f"{name}: killed {more} times ({kills} in all), {len(found)} wrong {found[:3]}", flush=True)
            bad += [(name, what) for what in found]
            if more == 0:
                candidates.remove(name)
        bad += [("memory-1000", what) for what in tell_losses(attractor, folder, kills_wanted // 50)]
    print(f"{kills} kills of {len(+killed)} models and sweeps, after {anew} of which they began again; {len(bad)} differences")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(*asked("usage: check_resume.py ATTRACTOR [KILLS [MODEL ...]]")))

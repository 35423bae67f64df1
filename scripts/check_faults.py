"""Lets every single change of a file that a short run makes end in a kill or an error, and looks at what is left.

usage: check_faults.py ATTRACTOR [N [CASE or MODE ...]]

A preloaded library (scripts/faults.c, built here with cc) counts the changes. For every one of them (or every N-th) and
every kind of fault: what is left opens in plain h5py, holds all columns as they were at one moment, and what the run
would have recorded until then; an error is told in one sentence; nothing else is left; the run goes on where a state was
saved, and ends with the recording of the uninterrupted run, or else the same run can begin again. So do a run that goes on
itself, one of a network of states, and a sweep.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np

import check_resume

MODEL = "tests/data/small-sweep.toml"
KEPT = {"run.h5", "run.h5.part", "run.h5.checkpoint"}
# What cannot be removed is in nobody's way: the next run takes it, and removes it.
STRAY = {"run.h5.lock", "run.h5.next"}
MODES = ("kill", "torn", "full", "error", "short")


def build(folder):
    library = folder / "faults.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-o", library, "scripts/faults.c", "-ldl"]
    subprocess.run(command, check=True)
    return library


class Run:
    """Trials of spiking neurons."""

    command, more, state = "run", ["--commit", "0.01"], "run.h5.checkpoint"
    model = [MODEL, "--set", "protocol[0].duration=3 s"]

    def __init__(self, attractor, library, folder):
        self.attractor, self.library, self.folder = attractor, library, folder
        self.output = folder / "run.h5"
        self.part = folder / "run.h5.part"
        self.state = folder / self.state

    def prepare(self):
        """Runs it as it should, and keeps what it recorded."""
        done = self.once()
        self.whole = self.read(self.output)
        return done

    def once(self, mode="", at=0, *more):
        return self.do(["-o", self.output, *self.model, *more], mode, at)

    def go_on(self, mode="", at=0):
        return self.do(["--resume", self.output], mode, at)

    def do(self, what, mode, at):
        command = [self.attractor, self.command, *what, "--quiet", "--threads", "1", *self.more]
        faults = dict(LD_PRELOAD=self.library, FAULT_FOLDER=self.folder, FAULT_MODE=mode, FAULT_AT=str(at))
        faults["FAULT_COUNT"] = count = f"{self.folder}-count"
        Path(count).unlink(missing_ok=True)
        environment = os.environ | {name: str(value) for name, value in faults.items()}
        done = subprocess.run(list(map(str, command)), env=environment, capture_output=True, text=True, timeout=300)
        self.changes = int(Path(count).read_text()) if Path(count).exists() else 0
        return done

    def read(self, path):
        with h5py.File(path) as file:
            return content(file)

    def flaw(self, path):
        """Why it is not what the whole recording is until some moment; nothing if it is."""
        return prefix(self.read(path), self.whole)

    def is_whole(self):
        here = self.read(self.output)
        same = all(np.array_equal(here[1][name][1], values, equal_nan=True) for name, (_, values) in self.whole[1].items())
        return same and here[0] == self.whole[0]

    def stray(self):
        return sorted(STRAY & {path.name for path in self.folder.iterdir()})

    def clear(self):
        for path in self.folder.iterdir():
            path.unlink()


class GoesOn(Run):
    """The same, which goes on from where it was stopped."""

    def prepare(self):
        super().once()
        self.whole = self.read(self.output)
        self.clear()
        # Some commits are left.
        super().once("", 0, "--until", "1500 ms")
        self.begun = {path: path.read_bytes() for path in (self.part, self.state)}
        return self.once()

    def once(self, mode="", at=0, *more):
        if "--force" in more:
            return super().once(mode, at, *more)
        for path, kept in self.begun.items():
            path.write_bytes(kept)
        return self.go_on(mode, at)


class States(Run):
    """Recall of a network of states, trial by trial."""

    model = ["tests/data/small-recall.toml", "--set", "record.states=true", "--set", "task.recall.trials=400"]

    def read(self, path):
        return check_resume.content(path)[0]

    def flaw(self, path):
        return check_resume.flaws(self.attractor, path, self.whole, self.command == "sweep")

    def is_whole(self):
        return not check_resume.differences(self.whole, self.read(self.output))


class Sweep(States):
    """A sweep, which needs no state beside its table."""

    command, more, state = "sweep", [], "run.h5.part"
    model = ["tests/data/small-recall.toml", "--over", "patterns.N.random.number=2,3", "--repeat", "10"]

    def go_on(self):
        return self.once("", 0, "--resume")


CASES = {"run": Run, "goes-on": GoesOn, "states": States, "sweep": Sweep}


def content(file):
    """Until when, and every growing column by name with the times of its rows."""
    columns = {}
    for kind, column in (("spikes", "timestamps"), ("rates", "time"), ("overlaps", "time")):
        for name, group in file[kind].items():
            time = group[column][:]
            for key, values in group.items():
                columns[f"{kind}/{name}/{key}"] = (time, values[:])
    return float(file["progress/time"][0]), columns


def prefix(part, whole):
    """Why `part` is not what `whole` is until some moment; nothing if it is."""
    until, columns = part
    for name, (time, values) in whole[1].items():
        if name not in columns:
            return f"{name} is missing"
        # A row of rates and overlaps stands at the centre of an interval of 10 ms.
        last = until if name.startswith("spikes") else until - 4.9
        rows = int(np.searchsorted(time, last))
        here = columns[name][1]
        if len(here) != rows or not np.array_equal(here, values[:rows], equal_nan=True):
            return f"{name} has {len(here)} rows at {until} ms, of {rows}, or others"
    return None


def look(run, done, mode, at):
    """What is wrong with what a run left."""
    wrong = []
    left = {path.name for path in run.folder.iterdir()}
    survived = mode not in ("kill", "torn") or done.returncode >= 0
    if "Traceback" in done.stderr or "panicked" in done.stderr:
        wrong.append(f"it panicked: {done.stderr}")
    if survived and done.returncode == 2 and done.stderr.count("error:") != 1:
        wrong.append(f"it did not say in one sentence what happened: {done.stderr!r}")
    if survived and done.returncode not in (0, 1, 2):
        wrong.append(f"exit code {done.returncode}")
    if survived and left - KEPT - STRAY and mode != "full":
        wrong.append(f"it left {sorted(left)}")
    if done.returncode in (0, 1) and "run.h5" not in left:
        wrong.append("it ended well, without its recording")
    for path in (run.output, run.part):
        if path.name not in left:
            continue
        try:
            with h5py.File(path) as file:
                complete = bool(file.attrs["complete"])
            why = run.flaw(path)
        except Exception as error:
            why, complete = f"h5py: {error}", False
        if why or (path == run.output and not complete):
            wrong.append(f"{path.name}: {why}")
    return wrong


def go_on(run):
    """What is wrong with what a run leaves that goes on."""
    done = run.go_on()
    if done.returncode not in (0, 1):
        return [f"it does not go on: {done.stderr}"]
    return [] if run.is_whole() else ["it went on to another end"]


def check(case, run, every, modes):
    """Every fault of a case; in how many something is wrong."""
    assert run.prepare().returncode in (0, 1) and run.is_whole()
    changes = run.changes
    bad, tried, kept, resumed = 0, 0, 0, 0
    for mode in modes:
        for at in range(1, changes + 1, every):
            run.clear()
            done = run.once(mode, at)
            wrong = look(run, done, mode, at)
            tried += 1
            kept += run.part.exists() or run.output.exists()
            if run.state.exists() and run.part.exists() and not run.output.exists():
                wrong += go_on(run)
                resumed += 1
            elif at % 10 == 1 or run.stray():
                again = run.once("", 0, "--force")
                if again.returncode not in (0, 1) or run.stray():
                    wrong.append(f"it does not run again, or leaves {run.stray()}: {again.stderr}")
            for line in wrong:
                print(f"{case}, {mode} at {at}: {line}", flush=True)
            bad += bool(wrong)
        print(f"{case}, {mode}: {tried} so far, {bad} bad, {kept} left a recording, {resumed} went on", flush=True)
    return bad


def main(attractor, every=1, *chosen):
    check_resume.known(chosen, [*CASES, *MODES], "case or mode")
    cases = [case for case in CASES if case in chosen] or CASES
    modes = [mode for mode in MODES if mode in chosen] or MODES
    with tempfile.TemporaryDirectory() as top:
        top = Path(top).resolve()
        library, bad = build(top), 0
        for case in cases:
            (top / case).mkdir()
            bad += check(case, CASES[case](attractor, library, top / case), every, modes)
    return bad


if __name__ == "__main__":
    sys.exit(bool(main(*check_resume.asked("usage: check_faults.py ATTRACTOR [N [CASE or MODE ...]]"))))

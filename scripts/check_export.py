"""Compares the exports of a recording with the recording, spike by spike and trial by trial.

    python scripts/check_export.py RECORDING.h5 [DIRECTORY]

Exports in every format and reads each back with the programs that it is meant for: pandas, numpy, pynwb, neo (with
elephant on top). Uses nothing of this project but the command and the layout of a recording.
"""

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

ATTRACTOR = os.environ.get("ATTRACTOR", "target/release/attractor")


class Recorded:
    """What the recording holds, read with h5py alone."""

    def __init__(self, recording):
        with h5py.File(recording) as file:
            self.populations = list(file["progress/populations"].asstr()[:])
            self.sizes = {p: int(file["spikes"][p].attrs["neurons"]) for p in self.populations}
            self.times = {p: file["spikes"][p]["timestamps"][:] for p in self.populations}
            self.neurons = {p: file["spikes"][p]["node_ids"][:].astype(int) for p in self.populations}
            self.end = file["progress/time"][0]
            text = lambda d: d.asstr()[:] if h5py.check_string_dtype(d.dtype) else d[:]
            self.trials = None
            if "trials" in file:
                group = file["trials"]
                names = " ".join(group.attrs[part] for part in ("columns", "results") if part in group.attrs).split()
                # u8 is a flag.
                flag = lambda values: values.astype(bool) if values.dtype == np.uint8 else values
                self.trials = pd.DataFrame({name: flag(text(group[name])) for name in names})
            protocol = file["protocol"]
            self.epochs = pd.DataFrame(
                {"name": text(protocol["name"]), "start_ms": protocol["start"][:], "end_ms": protocol["end"][:]}
            )
        self.epochs["trial"] = self.trial_of((self.epochs["start_ms"] + self.epochs["end_ms"]) / 2)

    def trial_of(self, times):
        """The trial of every time, from 1; 0 outside: one comparison per time and trial, start <= t < end."""
        found = np.zeros(len(times), int)
        for row in [] if self.trials is None else self.trials.itertuples():
            found[(times >= row.start_ms) & (times < row.end_ms)] = row.trial
        return found

    def trains(self, population):
        """The spike times of every neuron, ms."""
        order = np.argsort(self.neurons[population], kind="stable")
        counts = np.bincount(self.neurons[population], minlength=self.sizes[population])
        return np.split(self.times[population][order], np.cumsum(counts)[:-1])


class Comparison:
    def __init__(self):
        self.failed = []

    def expect(self, what, good):
        print(f"{'ok ' if good else 'BAD'} {what}")
        if not good:
            self.failed.append(what)

    def same(self, what, found, wanted):
        found, wanted = np.asarray(found), np.asarray(wanted)
        nan = np.issubdtype(wanted.dtype, np.floating)
        self.expect(what, found.shape == wanted.shape and np.array_equal(found, wanted, equal_nan=nan))

    def table(self, what, found, wanted):
        """Every column of `wanted` is in `found`, with the same values; empty text may come back as NaN."""
        self.expect(f"{what}: columns", set(wanted.columns) <= set(found.columns) and len(found) == len(wanted))
        for name in set(wanted.columns) & set(found.columns):
            values, expected = found[name], wanted[name]
            if expected.dtype == object or pd.api.types.is_string_dtype(expected):
                values, expected = values.fillna("").astype(str), expected.astype(str)
            elif expected.dtype == bool:
                values = values.astype(bool)
            same = np.array_equal(values.to_numpy(), expected.to_numpy(), equal_nan=expected.dtype == float)
            if not same:
                self.expect(f"{what}: column {name}", False)


def export(comparison, recording, format, output):
    command = [ATTRACTOR, "export", str(recording), "--format", format, "-o", str(output)]
    done = subprocess.run(command, capture_output=True, text=True)
    comparison.expect(f"{format}: exported ({done.stderr.strip()})", done.returncode == 0)
    return done.returncode == 0


def check_csv(comparison, recorded, path):
    spikes = pd.read_csv(path / "spikes.csv", float_precision="round_trip", keep_default_na=False)
    comparison.expect("csv: populations", list(spikes["population"].unique()) == recorded.populations)
    for name, some in spikes.groupby("population"):
        comparison.same(f"csv: times of {name}", some["time_ms"], recorded.times[name])
        comparison.same(f"csv: neurons of {name}", some["neuron"], recorded.neurons[name])
        comparison.same(f"csv: trials of {name}", some["trial"], recorded.trial_of(recorded.times[name]))
    sizes = pd.read_csv(path / "populations.csv", index_col="population")["neurons"]
    comparison.expect("csv: sizes", sizes.to_dict() == recorded.sizes)
    comparison.table("csv: epochs", pd.read_csv(path / "epochs.csv", float_precision="round_trip"), recorded.epochs)
    comparison.expect("csv: trials only with a task", (path / "trials.csv").exists() == (recorded.trials is not None))
    if recorded.trials is not None:
        trials = pd.read_csv(path / "trials.csv", float_precision="round_trip")
        comparison.table("csv: trials", trials, recorded.trials)


def check_npz(comparison, recorded, path):
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    comparison.same("npz: populations", arrays["populations"], recorded.populations)
    comparison.same("npz: sizes", arrays["neurons"], list(recorded.sizes.values()))
    for name in recorded.populations:
        comparison.same(f"npz: times of {name}", arrays[f"{name}_times_ms"], recorded.times[name])
        comparison.same(f"npz: neurons of {name}", arrays[f"{name}_neurons"], recorded.neurons[name])
        comparison.same(f"npz: trials of {name}", arrays[f"{name}_trials"], recorded.trial_of(recorded.times[name]))
    part = lambda start: pd.DataFrame({n[len(start):]: v for n, v in arrays.items() if n.startswith(start)})
    comparison.table("npz: epochs", part("epochs_"), recorded.epochs)
    if recorded.trials is not None:
        comparison.table("npz: trials", part("trials_"), recorded.trials)


def check_nwb(comparison, recorded, path):
    import pynwb
    from neo.io import NWBIO

    errors = pynwb.validate(path=str(path))
    comparison.expect(f"nwb: valid {errors}", not errors)
    with pynwb.NWBHDF5IO(str(path), "r") as io:
        file = io.read()
        units = file.units.to_dataframe()
        trials = None if file.trials is None else file.trials.to_dataframe()
        epochs = file.epochs.to_dataframe()
    row = 0
    for name in recorded.populations:
        some = units.iloc[row:row + recorded.sizes[name]]
        row += recorded.sizes[name]
        comparison.expect(f"nwb: population {name}", (some["population"] == name).all())
        comparison.same(f"nwb: neurons of {name}", some["neuron"], np.arange(recorded.sizes[name]))
        pairs = zip(some["spike_times"], recorded.trains(name))
        comparison.expect(f"nwb: spikes of {name}", all(np.array_equal(s, ms / 1000) for s, ms in pairs))
    comparison.expect("nwb: no other unit", len(units) == row)
    observed = np.stack(list(units["obs_intervals"]))[:, 0]
    comparison.expect("nwb: units are observed all the time", (observed == [0, recorded.end / 1000]).all())
    epochs = epochs.rename(columns={"tags": "name"})
    comparison.table("nwb: epochs", epochs, recorded.epochs[["name", "trial"]])
    comparison.same("nwb: start of epochs", epochs["start_time"], recorded.epochs["start_ms"] / 1000)
    comparison.expect("nwb: trials only with a task", (trials is None) == (recorded.trials is None))
    if trials is not None:
        comparison.table("nwb: trials", trials, recorded.trials)
        comparison.same("nwb: start of trials", trials["start_time"], recorded.trials["start_ms"] / 1000)
        comparison.same("nwb: end of trials", trials["stop_time"], recorded.trials["end_ms"] / 1000)
    segment = NWBIO(str(path), "r").read_block().segments[0]
    comparison.expect("nwb: neo reads every unit", len(segment.spiketrains) == row)
    comparison.same("nwb: neo reads the epochs", segment.epochs[0].labels, recorded.epochs["name"])


def check_nix(comparison, recorded, path):
    import elephant.statistics
    import neo.utils
    from neo.io import NixIO

    io = NixIO(str(path), "ro")
    block = io.read_block()
    io.close()
    (segment,) = block.segments
    trains = iter(segment.spiketrains)
    for name in recorded.populations:
        pairs = [(next(trains), ms) for ms in recorded.trains(name)]
        comparison.expect(
            f"nix: names of {name}", all(t.name == f"{name}[{i}]" for i, (t, _) in enumerate(pairs))
        )
        same = lambda train, ms: np.array_equal(train.rescale("ms").magnitude, ms)
        comparison.expect(f"nix: spikes of {name}", all(same(train, ms) for train, ms in pairs))
        rate = elephant.statistics.mean_firing_rate(pairs[0][0]).rescale("Hz").magnitude
        wanted = len(pairs[0][1]) / recorded.end * 1000
        comparison.expect(f"nix: elephant finds the rate of {name}[0]", np.isclose(rate, wanted, rtol=1e-12))
    comparison.expect("nix: no other spike train", next(trains, None) is None)
    epochs = {epoch.name: epoch for epoch in segment.epochs}
    comparison.same("nix: names of epochs", epochs["epochs"].labels, recorded.epochs["name"])
    comparison.same("nix: start of epochs", epochs["epochs"].times.magnitude, recorded.epochs["start_ms"])
    comparison.same("nix: trial of epochs", epochs["epochs"].array_annotations["trial"], recorded.epochs["trial"])
    comparison.expect("nix: trials only with a task", ("trials" in epochs) == (recorded.trials is not None))
    if recorded.trials is None:
        return
    trials = recorded.trials
    comparison.table("nix: trials", pd.DataFrame(dict(epochs["trials"].array_annotations)), trials)
    events = {event.name: event for event in segment.events}
    for name, pattern in (("sample", "sample"), ("delay", "sample"), ("test", "test")):
        comparison.same(f"nix: onsets of the {name}", events[name].times.magnitude, trials[f"{name}_ms"])
        comparison.same(f"nix: patterns of the {name}", events[name].labels.astype(int), trials[pattern])
    # neo's own way to trials: a segment for each. A spike on the end of a trial belongs to the next one.
    block.segments[0].spiketrains = block.segments[0].spiketrains[:20]
    cut = neo.utils.cut_block_by_epochs(block, properties={"name": "trials"})
    comparison.expect("nix: neo cuts the session into trials", len(cut.segments) == len(trials))
    name = recorded.populations[0]
    for row, part in zip(trials.itertuples(), cut.segments):
        wanted = [((ms >= row.start_ms) & (ms < row.end_ms)).sum() for ms in recorded.trains(name)[:20]]
        if [len(train) for train in part.spiketrains] != wanted:
            comparison.expect(f"nix: spikes of trial {row.trial}", False)


def check(recording, directory):
    """Exports `recording` to `directory` in all formats; returns what is wrong with them."""
    comparison = Comparison()
    recorded = Recorded(recording)
    stem = Path(directory) / Path(recording).stem
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for format, ending, check_one in (
            ("csv", "-csv", check_csv),
            ("npz", ".npz", check_npz),
            ("nwb", ".nwb", check_nwb),
            ("neo-nix", ".nix", check_nix),
        ):
            output = Path(f"{stem}{ending}")
            if export(comparison, recording, format, output):
                check_one(comparison, recorded, output)
    return comparison.failed


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as name:
        sys.exit(1 if check(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else name) else 0)

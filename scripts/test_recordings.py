"""Checks recordings as a user of Python sees them. Run by scripts/test, from the root of the project.

ATTRACTOR in the environment names the program that is tested; the release build if it is not there."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import h5py
import libsonata
import numpy as np

import check_docs
import check_export
import check_analysis
import check_geometry
import check_graded
import check_recording
import check_states
import check_trials

ATTRACTOR = os.environ.get("ATTRACTOR", "target/release/attractor")
failures = []


def expect(what, good):
    print(f"{'ok ' if good else 'BAD'} {what}")
    if not good:
        failures.append(what)


def run(model, output, *arguments, binary=ATTRACTOR):
    """Runs a model; returns the exit code and what was printed."""
    command = [binary, "run", str(model), "-o", str(output), "--force", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def info(recording):
    return json.loads(subprocess.run([ATTRACTOR, "info", str(recording), "--json"], capture_output=True).stdout)


def test_bit_identity(directory):
    """The same data for any number of threads, and from the resolved model."""
    output = directory / "small.h5"
    hashes = {}
    for threads in ("1", "2", "3"):
        code, printed = run("models/memory-1000.toml", output, "--threads", threads)
        expect(f"models/memory-1000.toml with {threads} threads ends with 0", code == 0)
        hashes[threads] = info(output)["data_hash"]
    expect("the data hash is the same in all runs", len(set(hashes.values())) == 1)

    resolved = directory / "resolved.toml"
    resolved.write_text(info(output)["model_resolved"])
    run(resolved, directory / "again.h5")
    expect("the resolved model gives the same data", info(directory / "again.h5")["data_hash"] in hashes.values())
    run("models/memory-1000.toml", directory / "often.h5", "--set", "record.interval=7 ms")
    expect("another sampling interval gives the same hash", info(directory / "often.h5")["data_hash"] in hashes.values())
    run("models/memory-1000.toml", directory / "other.h5", "--seed", "2")
    expect("another seed gives other data", info(directory / "other.h5")["data_hash"] not in hashes.values())


def test_geometry(directory):
    """Of a protocol, `attractor analyze` writes the geometry of its delays."""
    output, folder = directory / "geometry.h5", directory / "geometry"
    run("models/memory-1000.toml", output)
    command = [ATTRACTOR, "analyze", str(output), "-o", str(folder)]
    expect("a protocol is analysed", subprocess.run(command, capture_output=True).returncode == 0)
    expect("its geometry is that of its spikes", check_geometry.check(output, folder) == 0)


def test_numbers(recording):
    expect("rates, overlaps and CVs follow from the spikes", check_recording.check(recording, info(recording)) == 0)


def test_states(directory):
    """A binary network: what was recorded follows from its states, whatever the threads; a sweep over it is one table."""
    hashes = set()
    for threads in ("1", "3"):
        output = directory / f"letters-{threads}.h5"
        code, printed = run("models/letters.toml", output, "--threads", threads)
        expect(f"models/letters.toml with {threads} threads ends with 0", code == 0)
        hashes.add(info(output)["data_hash"])
    expect("the letters have the same data hash", len(hashes) == 1)
    expect("overlaps, energies and results follow from the states", check_states.check(output) == 0)

    table = directory / "letters-sweep.h5"
    command = [ATTRACTOR, "sweep", "models/letters.toml", "--over", "dynamics.binary.tie=keep,plus", "--repeat", "2"]
    done = subprocess.run([*command, "-o", str(table), "--quiet"], capture_output=True, text=True)
    with h5py.File(table) as file:
        columns = file["runs"].attrs["columns"].split()
        rows = {name: file["runs"][name][:] for name in columns}
        expect("a sweep has a row for every run", done.returncode == 0 and len(rows["seed"]) == 4)
        run_of = file["trials/run"][:]
        exact = [file["trials/exact"][:][run_of == run].mean() for run in (1, 2, 3, 4)]
        expect("and the means of its trials", np.allclose(rows["exact"], exact))


def test_graded(directory):
    """A rate network: what was recorded follows from its activity, whatever the threads."""
    hashes = set()
    for threads in ("1", "3"):
        output = directory / f"graded-{threads}.h5"
        code, printed = run("models/continuous-hopfield.toml", output, "--threads", threads)
        expect(f"models/continuous-hopfield.toml with {threads} threads ends with 0", code == 0)
        hashes.add(info(output)["data_hash"])
    expect("the graded letters have the same data hash", len(hashes) == 1)
    expect("overlaps and energies follow from the activity", check_graded.check(output) == 0)


def test_libsonata(recording):
    reader = libsonata.SpikeReader(str(recording))
    with h5py.File(recording) as file:
        for name in file["spikes"]:
            ids, times = reader[name].get_dict().values()
            same = np.array_equal(times, file["spikes"][name]["timestamps"]) and np.array_equal(
                ids, file["spikes"][name]["node_ids"]
            )
            expect(f"libsonata reads the spikes of {name}", same)
            expect(f"libsonata knows the order of {name}", reader[name].sorting == "by_time")


def test_external_spikes(directory):
    """Recording the input changes nothing, and holds every external event of the run."""
    plain, full = directory / "plain.h5", directory / "input.h5"
    run("models/memory-1000.toml", plain)
    run("models/memory-1000.toml", full, "--set", "record.input=true")
    expect("recording the input leaves the data hash", info(plain)["data_hash"] == info(full)["data_hash"])
    recorded = info(full)["recorded_external"]
    expect("every external event is recorded", sum(recorded.values()) == info(full)["external_events"] > 0)
    with h5py.File(full) as file:
        for name, number in recorded.items():
            times, ids = file["external"][name]["timestamps"][:], file["external"][name]["node_ids"][:].astype(int)
            ordered = np.all((np.diff(times) > 0) | ((np.diff(times) == 0) & (np.diff(ids) >= 0)))
            inside = ids.min() >= 0 and ids.max() < file["spikes"][name].attrs["neurons"]
            expect(f"{number} external spikes of {name} stand in order", len(times) == number and ordered and inside)


def test_export(directory):
    """libsonata reads the network as it was written, and finds as many synapses as the run had."""
    network, recording = directory / "network.h5", directory / "plain.h5"
    command = [ATTRACTOR, "export", "models/memory-1000.toml", "-o", str(network)]
    expect("the network is exported", subprocess.run(command, capture_output=True).returncode == 0)
    expect("an exported network is kept", subprocess.run(command, capture_output=True).returncode == 2)
    edges, nodes = libsonata.EdgeStorage(str(network)), libsonata.NodeStorage(str(network))
    synapses = 0
    with h5py.File(network) as file:
        for name in edges.population_names:
            population, group = edges.open_population(name), file["edges"][name]
            everything = population.select_all()
            synapses += population.size
            for found, column in (
                (population.source_nodes(everything), "source_node_id"),
                (population.target_nodes(everything), "target_node_id"),
                (population.get_attribute("syn_weight", everything), "0/syn_weight"),
                (population.get_attribute("delay", everything), "0/delay"),
                (population.get_attribute("tau_syn", everything), "0/tau_syn"),
            ):
                expect(f"libsonata reads {column} of {name}", np.array_equal(found, group[column][:]))
            ends = (nodes.open_population(n).size for n in (population.source, population.target))
            largest = (group[column][:].max() for column in ("source_node_id", "target_node_id"))
            expect(f"synapses of {name} join its populations", all(i < n for i, n in zip(largest, ends)))
        v = nodes.open_population("E").get_attribute("v_initial", libsonata.Selection([(0, 1000)]))
        expect("neurons start between 0 and 20 mV", 0 <= v.min() < 1 and 19 < v.max() <= 20 and len(set(v)) > 900)
    expect("the export has the synapses of the run", synapses == info(recording)["synapses"])
    again = directory / "from-file.h5"
    code, printed = run(from_file(directory, network.name), again)
    expect(f"a network from a file runs ({printed.strip() if code > 1 else code})", code < 2)
    same = code < 2 and info(again)["data_hash"] == info(recording)["data_hash"]
    expect("the exported network gives the same data", same)


def from_file(directory, network):
    """models/memory-1000.toml, whose synapses are those in the file."""
    base = Path("models/memory-1000.toml").absolute()
    projections = tomllib.loads(base.read_text())["projection"]
    own = ("learning", "scale", "efficacy", "delay", "tau_syn")
    without = [f"projection.{name}.{key}" for name in projections for key in own if key in projections[name]]
    lines = [f"base = {json.dumps(str(base))}", f"without = {json.dumps(without)}"]
    for name in projections:
        lines += [f"[projection.{name}]", f"connect = {{ file = {json.dumps(network)} }}"]
    model = directory / "from-file.toml"
    model.write_text("\n".join(lines) + "\n")
    return model


def of_trial(file, name, number):
    """The spikes of a trial, in times of the recording."""
    trials, spikes = file["trials"], file["spikes"][name]
    (k,) = np.flatnonzero(trials["trial"][:] == number)
    times = spikes["timestamps"][:]
    inside = (times >= trials["start_ms"][k]) & (times < trials["end_ms"][k])
    return times[inside], spikes["node_ids"][:][inside]


def test_trials(directory):
    """The table of trials follows from the spikes; a trial alone is that of the whole run; no finished trial is lost."""
    model, whole = "models/delayed-match-1000.toml", directory / "trials.h5"
    code, printed = run(model, whole, "--threads", "1")
    print(printed)
    expect("a delayed match to sample meets its expectations", code == 0)
    expect("the table of trials follows from the spikes", check_trials.check(whole, info(whole)) == 0)
    with h5py.File(whole) as file:
        table = {name: column[:] for name, column in file["trials"].items()}
    run(model, directory / "two.h5", "--threads", "2")
    expect("two threads give the same data", info(directory / "two.h5")["data_hash"] == info(whole)["data_hash"])
    with h5py.File(directory / "two.h5") as file:
        same = all(np.array_equal(file["trials"][name][:], column) for name, column in table.items() if column.dtype != float)
        expect("and the same table", same and np.array_equal(file["trials/overlap_hz"][:], table["overlap_hz"]))
    run(model, directory / "alone.h5", "--trial", "17", "--threads", "1")
    with h5py.File(whole) as file, h5py.File(directory / "alone.h5") as alone:
        for name in file["spikes"]:
            pairs = zip(of_trial(file, name, 17), of_trial(alone, name, 17))
            expect(f"trial 17 alone has the spikes of {name} of the whole run", all(np.array_equal(*p) for p in pairs))
    kill_during_trials(directory, model, whole)
    kill_during_trials(directory, model, whole, times=(1.0,), sign=signal.SIGINT)


def test_analysis(directory):
    """What `attractor analyze` writes follows from the spikes; it needs no complete run."""
    recording, folder = directory / "trials.h5", directory / "analysis"
    command = [ATTRACTOR, "analyze", str(recording), "-o", str(folder)]
    expect("a session is analysed", subprocess.run(command, capture_output=True).returncode == 0)
    expect("the tables of the analysis follow from the spikes", check_analysis.check(recording, folder) == 0)
    figures = {path.stem for path in folder.glob("*.png")}
    expect(f"figures {sorted(figures)}", figures == {"neurons", "overlaps", "statistics", "roc", "components"})
    expect("an analysis is kept", subprocess.run(command, capture_output=True).returncode == 2)
    of_trial = [ATTRACTOR, "plot", str(recording), "--trial", "3", "-o", str(directory / "trial.png")]
    expect("one trial is drawn", subprocess.run(of_trial, capture_output=True).returncode == 0)


def kill_during_trials(directory, model, whole, times=(0.0, 1.0, 2.0), sign=signal.SIGKILL):
    """Kills a run of trials these times (s) after it has begun its file; what it had committed is whole trials of the
    whole run."""
    output = directory / "killed-trials.h5"
    part = Path(f"{output}.part")
    for seconds in times:
        part.unlink(missing_ok=True)
        process = subprocess.Popen([ATTRACTOR, "run", model, "-o", str(output), "--quiet", "--threads", "1", "--commit", "0.5"])
        while process.poll() is None and not part.exists():
            time.sleep(0.01)
        time.sleep(seconds)
        process.send_signal(sign)
        process.wait()
        if not part.exists():
            expect(f"a run that was stopped after {seconds:.2f} s had ended", process.returncode in (0, 1))
            output.unlink(missing_ok=True)
            continue
        with h5py.File(part) as file, h5py.File(whole) as complete:
            ended = int(file["progress/trials"][0])
            end = complete["trials/end_ms"][ended - 1] if ended else 0.0
            same = True
            for name in file["progress/populations"].asstr()[:]:
                here, there = file["spikes"][name], complete["spikes"][name]
                n = here["timestamps"].len()
                same &= n >= np.searchsorted(there["timestamps"][:], end)
                same &= all(np.array_equal(here[c][:n], there[c][:n]) for c in ("timestamps", "node_ids"))
            expect(f"{ended} trials survive {sign.name} after {seconds:.2f} s", same)
        told = info(part)
        expect("and are judged", told["trials"]["trials"] == ended and not told["complete"])


def test_negative_control(directory):
    slow = "projection.E_to_E.tau_syn=5 ms"
    code, printed = run("models/memory-1000.toml", directory / "fast.h5", "--set", slow)
    expect("without slow excitation the expectation is not met", code == 1 and "0 of 6 cues held" in printed)
    code, printed = run("models/memory-8000-fast.toml", directory / "fast.h5")
    expect("the negative control loses its memories, as it says", code == 0 and "0 of 1 cues held" in printed)


def beginning(part, whole):
    """Whether a recording of spikes holds everything of the whole one until some moment, and nothing else; until when."""
    with h5py.File(part) as file, h5py.File(whole) as complete:
        until = file["progress/time"][0]
        same = until > 0
        for name in complete["spikes"]:
            here, there = file["spikes"][name], complete["spikes"][name]
            n = np.searchsorted(there["timestamps"][:], until)
            same &= all(np.array_equal(here[c][:], there[c][:n]) for c in ("timestamps", "node_ids"))
        for path in ("rates/E/rate", "rates/E/time", "overlaps/E/m", "overlaps/E/time"):
            rows = file["rates/E/time"].len()
            same &= np.array_equal(file[path][:], complete[path][:rows])
        return same and rows == until // file["rates/E"].attrs["interval_ms"], until


def committed(part):
    """Until when the recording of a run that goes on holds everything."""
    with h5py.File(part) as file:
        return file["progress/time"][0]


def test_stop(directory):
    """Whatever ends a run, its recording holds everything until some moment; it can be read while the run goes on."""
    longer = ["--set", "protocol[0].duration=100 s"]
    whole = directory / "whole.h5"
    run("models/memory-1000.toml", whole, *longer)
    output = directory / "stopped.h5"
    part = Path(f"{output}.part")
    for sign in (signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU):
        for left in directory.glob("stopped.h5*"):
            left.unlink()
        command = [ATTRACTOR, "run", "models/memory-1000.toml", "-o", str(output), "--threads", "1", "--commit", "0.3"]
        process = subprocess.Popen(command + longer + ["--quiet"], stderr=subprocess.PIPE, text=True)
        while process.poll() is None and not part.exists():
            time.sleep(0.01)
        # It is read wherever in a write it may be; held meanwhile, lest it end before a slow reader has done.
        process.send_signal(signal.SIGSTOP)
        same, until = beginning(part, whole)
        expect(f"a run that goes on can be read, to {until:.0f} ms", same and process.poll() is None)
        while process.poll() is None and until == committed(part):
            process.send_signal(signal.SIGCONT)
            time.sleep(0.05)
            process.send_signal(signal.SIGSTOP)
        process.send_signal(sign)
        process.send_signal(signal.SIGCONT)
        said = process.communicate()[1]
        same, later = beginning(part, whole)
        expect(f"everything until {later:.0f} ms survives {sign.name}", same and later > until)
        expect("nothing stands under the name of a run that was stopped", not output.exists())
        if sign == signal.SIGKILL:
            expect("it was killed", process.returncode == -sign)
        else:
            expect("it says when it was stopped", process.returncode == 130 and f"stopped at {later:g} ms" in said)
            left = {path.suffix for path in directory.glob("stopped.h5.*")}
            expect("and leaves nothing but the state to go on from", left == {".part", ".checkpoint"})
            expect("and tells how", f"attractor run --resume {output}" in said)
        told = info(part)
        expect("and can be summarised", not told["complete"])
        if sign in (signal.SIGKILL, signal.SIGTERM):
            resume = [ATTRACTOR, "run", "--resume", str(output), "--threads", "2", "--quiet"]
            expect("it goes on", subprocess.run(resume).returncode in (0, 1))
            expect("to the same end", info(output)["data_hash"] == info(whole)["data_hash"])
            same, _ = beginning(output, whole)
            expect("and everything is as if it had not been stopped", same)


def test_outputs_are_kept(directory, recording):
    """Nothing that a user may want is overwritten or left half-written."""
    output = directory / "kept.h5"
    part = Path(f"{output}.part")
    part.write_text("what a killed run left")
    command = [ATTRACTOR, "run", "models/memory-1000.toml", "-o", str(output)]
    done = subprocess.run(command, capture_output=True, text=True)
    kept = part.exists() and part.read_text() == "what a killed run left" and not output.exists()
    expect("what a killed run left is not overwritten", done.returncode == 2 and kept)
    part.unlink()

    longer = command + ["--set", "protocol[0].duration=100 s", "--threads", "1", "--quiet"]
    first = subprocess.Popen(longer)
    while first.poll() is None and not Path(f"{output}.lock").exists():
        time.sleep(0.02)
    second = subprocess.run(command + ["--force"], capture_output=True, text=True)
    expect("a second run to the same output is refused", second.returncode == 2 and "is writing this output" in second.stderr)
    # So long a rest need not meet the model's expectations; the run must come to its end.
    expect("and the first is none the worse for it", first.wait() in (0, 1) and info(output)["complete"])

    figure = directory / "figure.png"
    figure.write_text("an older figure")
    limited = f"trap '' XFSZ; ulimit -f 100; exec {ATTRACTOR} plot {recording} -o {figure} --force"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True)
    expect("a full disk leaves the older figure", done.returncode == 2 and figure.read_text() == "an older figure")
    expect("and no half of a new one", not list(directory.glob("*.part.png")))


def test_memory_8000(directory):
    output = directory / "memory-8000.h5"
    code, printed = run("models/memory-8000.toml", output)
    print(printed)
    expect("models/memory-8000.toml meets its expectations", code == 0)
    summary = info(output)
    expect("memory stays below 250 MB", 0 < summary["peak_rss_mb"] < 250)
    return output


def test_exports(directory):
    """What other programs read is what was recorded: with trials, and without a task."""
    for name in ("trials.h5", "small.h5"):
        exports = directory / f"exports-{name}"
        exports.mkdir()
        expect(f"the exports of {name} are the recording", check_export.check(directory / name, exports) == [])


def test_documents(directory):
    """What README, docs and examples show in Python runs; the schema knows right models from wrong ones."""
    (directory / "delayed-match-1000.h5").symlink_to("trials.h5")
    (directory / "letters.h5").symlink_to("letters-1.h5")
    over = ["--over", "patterns.N.random.number=5,20", "--set", "population.N.size=100", "--set", "task.recall.trials=20"]
    command = [ATTRACTOR, "sweep", "models/capacity.toml", *over, "-o", str(directory / "capacity.h5"), "--quiet"]
    expect("a sweep of the capacity ends", subprocess.run(command).returncode == 0)
    expect("the documents are right", not check_docs.check(directory))


if __name__ == "__main__":
    # What a shell starts in the background ignores these, and so would the runs that are to be stopped.
    for sign in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(sign, signal.SIG_DFL)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        test_bit_identity(directory)
        test_numbers(directory / "small.h5")
        test_libsonata(directory / "small.h5")
        test_external_spikes(directory)
        test_export(directory)
        whole = test_memory_8000(directory)
        test_numbers(whole)
        test_libsonata(whole)
        test_trials(directory)
        test_analysis(directory)
        test_exports(directory)
        test_negative_control(directory)
        test_geometry(directory)
        test_states(directory)
        test_graded(directory)
        test_stop(directory)
        test_outputs_are_kept(directory, whole)
        test_documents(directory)
    print(f"{len(failures)} checks failed" if failures else "all checks from Python passed")
    sys.exit(1 if failures else 0)

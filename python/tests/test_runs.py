"""Runs: the same as the command's, and arrays that are what the file holds."""

import concurrent.futures
import multiprocessing
import pickle
import threading
import time

import h5py
import numpy as np
import pytest

import attractor as at


def test_a_run_is_that_of_the_command(memory, by_command, tmp_path, call):
    written = at.open(by_command)
    assert memory.data_hash == written.data_hash and len(memory.data_hash) == 64
    assert memory.path is None and written.path == by_command
    assert memory.expectations == written.expectations and all(it.met for it in memory.expectations)
    out = tmp_path / "run.h5"
    run = at.models["memory-1000"].run(out, threads=1)
    assert run.data_hash == memory.data_hash and run.path == out
    done = call("verify", out)
    assert done.returncode == 0, done.stdout + done.stderr
    with pytest.raises(at.FileError, match="exists"):
        at.models["memory-1000"].run(out)
    assert run.verify()["data hash"] == run.data_hash


def test_arrays_are_what_the_file_holds(by_command):
    run = at.open(by_command)
    with h5py.File(by_command) as file:
        for name in run.populations:
            times, neurons = run.spikes[name]
            np.testing.assert_array_equal(times, file[f"spikes/{name}/timestamps"])
            np.testing.assert_array_equal(neurons, file[f"spikes/{name}/node_ids"])
            np.testing.assert_array_equal(run.rates[name], file[f"rates/{name}/rate"])
        overlaps = run.overlaps["E"]
        np.testing.assert_array_equal(overlaps, file["overlaps/E/m"])
        np.testing.assert_array_equal(overlaps.time, file["overlaps/E/time"])
        patterns = run.patterns["E"]
        assert patterns.dtype == bool
        np.testing.assert_array_equal(patterns, file["patterns/E/xi"])
        assert [epoch.name for epoch in run.protocol] == list(file["protocol/name"].asstr())
    assert list(run.overlaps) == ["E"] and list(run.spikes) == ["E", "I1", "I2"]
    with pytest.raises(KeyError, match="there is E, I1, I2"):
        run.spikes["F"]
    assert len(run.states) == 0 and len(run.potentials) == 0
    assert run.end == 7000 and run.clock == "ms" and run.observable == "spikes"
    assert run.protocol[1].show[0]["pattern"] == 1


def test_arrays_hold_the_memory_that_was_read(memory):
    times, neurons = memory.spikes["E"]
    overlaps, patterns = memory.overlaps["E"], memory.patterns["E"]
    for array in (times, neurons, overlaps.values, overlaps.time, patterns):
        owner = array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        # The end of the chain is what the crate has read into, which is no array.
        assert owner.base is not None and not owner.flags.owndata
        assert array.flags.c_contiguous and array.flags.aligned


def test_xarray_knows_axes_and_units(memory):
    overlaps = memory.overlaps["E"]
    held = overlaps.sel(pattern=1, time=slice(1300, 1900))
    assert held.dims == ("time",) and held.attrs["units"] == "Hz" and float(held.mean()) > 20
    array = overlaps.xarray()
    assert array.time.attrs["units"] == "ms" and list(array.pattern) == [1, 2, 3, 4, 5, 6]
    assert np.shares_memory(array.values, overlaps.values)
    assert memory.rates["E"].xarray().dims == ("time",)


def test_potentials_are_recorded(memory):
    found = memory.potentials["E"]
    assert list(found.neurons) == [0, 1, 2] and found.v.shape == (7000, 3)
    assert (found.v.values <= found.theta).all()
    assert {tau for tau, _ in found.currents.values()} >= {5.0, 100.0}
    assert found.v.sel(neuron=2).dims == ("time",)


def test_trials_are_a_table(trials):
    table = trials.trials
    assert len(table) > 0 and table["match"].dtype == bool
    assert {"trial", "sample", "test"} <= set(table.columns)
    assert table.correct.mean() >= 0
    assert len(trials.epochs) > 0


def test_a_run_without_a_task_has_no_trials(memory):
    assert len(memory.trials) == 0


def test_states_are_bits(letters):
    states = letters.states["N"]
    assert states.values.dtype == bool and states.column == "neuron"
    assert (states.clock, letters.clock, letters.observable) == ("sweeps", "sweeps", "states")
    shown = states.sel(time=5.0)
    assert shown.shape[-1] == 25
    assert letters.overlaps["N"].names == ("D", "J", "C", "M")
    assert letters.energy is not None and len(letters.spikes) == 0
    assert len(letters.trials) == 20 and "duration" in letters.trials
    with pytest.raises(at.FileError, match="no spikes"):
        letters.export("letters.npz")


def test_graded_activity_is_values():
    model = at.models["autapse"]
    name = next(iter(model.to_dict()["population"]))
    run = model.run()
    assert run.observable == "graded"
    activity = run.activity[name]
    assert activity.values.dtype == float and activity.shape[1] == run.populations[name]


def test_python_is_free_while_it_runs():
    model = at.models["memory-1000"].with_(seed=2)
    turns, ended = 0, threading.Event()

    def turn():
        nonlocal turns
        while not ended.is_set():
            turns += 1
            time.sleep(0.001)

    other = threading.Thread(target=turn)
    other.start()
    model.run(threads=1)
    ended.set()
    other.join()
    assert turns > 20


def test_runs_go_on_in_threads_and_processes():
    model = at.models["letters"].with_({"task.recall.trials": 5})
    models = [model.with_(seed=seed) for seed in (1, 2, 1)]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        here = [run.data_hash for run in pool.map(at.Model.run, models)]
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, spawn) as pool:
        there = list(pool.map(hash_of, models))
    assert here == there and here[0] == here[2] != here[1]


def hash_of(model):
    return model.run().data_hash


def test_runs_in_files_are_opened_elsewhere(by_command, memory):
    run = pickle.loads(pickle.dumps(at.open(by_command)))
    assert run.data_hash == memory.data_hash
    with pytest.raises(TypeError, match="stays in its process"):
        pickle.dumps(memory)


def test_a_run_is_read_by_several_threads(by_command):
    with at.open(by_command) as run, concurrent.futures.ThreadPoolExecutor(4) as pool:
        read = [pool.submit(lambda: run.spikes["E"]) for _ in range(8)]
        found = [it.result() for it in read]
    for times, neurons in found:
        np.testing.assert_array_equal(times, found[0][0])
        np.testing.assert_array_equal(neurons, found[0][1])
    with pytest.raises(RuntimeError, match="closed"):
        run.spikes["E"]


def test_progress_is_told(capsys):
    at.models["letters"].run(progress=True)
    with pytest.raises(ValueError, match="threads"):
        at.models["letters"].run(threads=0)


def test_a_model_that_diverges_says_so():
    wild = at.models["memory-1000"].with_({"projection.E_to_E.scale": "20 mV", "dynamics.spiking.E.t_ref": "0 ms"})
    with pytest.raises((at.DivergenceError, at.ModelError)) as raised:
        wild.run()
    assert raised.value.found


def test_what_is_no_recording_is_refused(tmp_path, by_command):
    with pytest.raises(at.FileError, match="no readable file"):
        at.open(tmp_path / "nothing.h5")
    text = tmp_path / "text.h5"
    text.write_text("no recording")
    with pytest.raises(at.FileError, match="found no recording"):
        at.open(text)
    cut = tmp_path / "cut.h5"
    cut.write_bytes(by_command.read_bytes()[:50_000])
    with pytest.raises(at.FileError):
        at.open(cut)

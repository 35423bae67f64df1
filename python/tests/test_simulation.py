"""The experiment in Python's hands: what it does is what a protocol does, to the last bit."""

import numpy as np
import pytest

import attractor as at


def test_a_loop_is_the_protocol(memory):
    times, neurons = memory.spikes["E"]
    with at.models["memory-1000"].start(threads=2) as sim:
        sim.advance("1 s")
        first = sim.spikes["E"]
        sim.show(pattern=1, poisson="350 Hz")
        sim.advance(200)
        second = sim.spikes["E"]
        sim.show()
        sim.advance("0.3 s")
        third = sim.spikes["E"]
        assert sim.time == 1500 and "1500 ms" in repr(sim)
        assert sim.rate("E") > 1
    found = np.concatenate([first[0], second[0], third[0]])
    np.testing.assert_array_equal(found, times[times < 1500])
    np.testing.assert_array_equal(np.concatenate([first[1], second[1], third[1]]), neurons[times < 1500])
    with pytest.raises(RuntimeError, match="closed"):
        sim.time


def test_a_state_goes_on_to_the_last_bit(tmp_path):
    model = at.models["memory-1000"]
    with model.start() as sim:
        sim.show(pattern=2, poisson="350 Hz")
        sim.advance("150 ms")
        path = sim.save(tmp_path / "state.npz")
        left, right = sim.branch(seed=1), sim.branch(seed=2)
        sim.advance("100 ms")
        left.advance("100 ms")
        right.advance("100 ms")
        went_on = sim.spikes["E"]
        assert not np.array_equal(left.spikes["E"][0], right.spikes["E"][0])
    again = at.resume(path, threads=1)
    assert again.time == 150 and again.model == model
    again.advance("100 ms")
    for before, after in zip(went_on, again.spikes["E"], strict=True):
        np.testing.assert_array_equal(before, after)


def test_what_is_no_state_is_refused(tmp_path, by_command):
    with pytest.raises(at.FileError, match="found no saved simulation"):
        at.resume(by_command)
    with at.models["letters"].start() as sim:
        path = sim.save(tmp_path / "letters.npz")
    saved = dict(np.load(path))
    saved["state"] = saved["state"][:-1]
    np.savez(tmp_path / "short.npz", **saved)
    with pytest.raises(at.ModelError, match="another network"):
        at.resume(tmp_path / "short.npz")


def test_two_state_neurons_are_seen_as_they_are():
    model = at.models["letters"]
    with model.start() as sim:
        sim.show(pattern=3, state="set")
        sim.advance("2 sweeps")
        state = sim.activity["N"]
        assert state.dtype == bool and len(state) == 25
    patterns = model.with_({"task.recall.trials": 1}).run().patterns["N"]
    assert np.array_equal(state, patterns[2])


def test_a_loop_is_refused_in_the_words_of_the_model_file():
    with at.models["memory-1000"].start() as sim:
        with pytest.raises(at.ModelError) as raised:
            sim.show(pattern=9, poisson="350 Hz")
        assert raised.value.key == "protocol[0].show[0].pattern"
        with pytest.raises(at.ModelError):
            sim.advance("3 sweeps")
        with pytest.raises(at.ModelError):
            sim.advance("-1 ms")
        with pytest.raises(KeyError):
            sim.activity["E"]

"""The experiment in Python's hands: what it does is what a protocol does, to the last bit."""

import hashlib
import pickle

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
        path = sim.save(tmp_path / "network.state")
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


def test_a_pickled_simulation_goes_on_from_where_it_was():
    with at.models["memory-1000"].start() as sim:
        sim.show(pattern=2, poisson="350 Hz")
        sim.advance("50 ms")
        again = pickle.loads(pickle.dumps(sim))
        for one in (sim, again):
            one.advance("50 ms")
        assert again.time == 100 and len(sim.spikes["E"][0]) > 0
        for before, after in zip(sim.spikes["E"], again.spikes["E"], strict=True):
            np.testing.assert_array_equal(before, after)
        again.close()


def test_what_is_no_state_is_refused(tmp_path, by_command):
    with pytest.raises(at.FileError, match="no state of a run"):
        at.resume(by_command)
    with pytest.raises(at.FileError, match="no state of a run"):
        at.resume(tmp_path / "nothing")
    with at.models["letters"].start() as sim:
        sim.advance("1 sweeps")
        path = sim.save(tmp_path / "letters.state")
        with pytest.raises(at.FileError, match="cannot be written"):
            sim.save(tmp_path / "no folder" / "letters.state")
    whole = path.read_bytes()
    for place in (len(whole) // 2, 20, len(whole) - 1):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(at.FileError, match="damaged"):
            at.resume(path)
    path.write_bytes(whole[:-8])
    with pytest.raises(at.FileError, match="damaged"):
        at.resume(path)
    path.write_bytes(whole)
    assert at.resume(path).time == 1


def test_a_state_of_another_kind_version_or_model_is_refused(tmp_path):
    run = at.models["memory-1000"].run(tmp_path / "run.h5", until="100 ms")
    run.close()
    with pytest.raises(at.FileError, match="attractor.go_on"):
        at.resume(tmp_path / "run.h5.checkpoint")
    path = at.models.copy("delayed-match-1000", tmp_path)
    with at.Model.from_toml(path).start() as sim:
        state = sim.save(tmp_path / "network.state")
        with pytest.raises(at.FileError, match="exists"):
            sim.save(path)
        assert sim.save(state, force=True) == state
    assert "has been closed" in repr(sim)
    # It holds what the model builds on; files that it names stay where they are.
    (tmp_path / "memory-1000.toml").unlink()
    assert at.resume(state).time == 0
    words = np.frombuffer(state.read_bytes()[16:-32], "<u8")
    text = words.tobytes().replace(at.__version__.encode(), b"9.9.9")
    body = b"attractor state\n" + text
    state.write_bytes(body + hashlib.sha256(body).digest())
    with pytest.raises(at.FileError, match="saved by attractor 9.9.9"):
        at.resume(state)


SOURCES = """
title = "t"
source = "s"
shows = "x"
population = { S = { size = 40 }, E = { size = 50 } }
dynamics.spiking.S = { spikes = { list = LIST } }
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", poisson = { rate = "500 Hz", efficacy = "2 mV", tau_syn = "5 ms" } }
projection.S_to_E = { from = "S", to = "E", connect = { probability = 0.5 }, efficacy = "2 mV", delay = "1.5 ms", tau_syn = "5 ms" }
protocol = [{ name = "rest", duration = "200 ms" }]
"""


@pytest.fixture(scope="module")
def given():
    """Spikes of 40 sources."""
    random = np.random.default_rng(1)
    times = np.round(random.uniform(0, 190, 400), 3)
    return times, random.integers(0, 40, 400)


@pytest.fixture(scope="module")
def listed(given):
    """A run of the same spikes, as a model lists them."""
    times, neurons = given
    trains = [[f"{time} ms" for time in np.sort(times[neurons == n])] for n in range(40)]
    return at.Model.from_text(SOURCES.replace("LIST", str(trains))).run()


def together(parts):
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def test_given_spikes_are_as_if_they_had_been_listed(given, listed):
    with at.Model.from_text(SOURCES.replace("LIST", "[]")).start() as sim:
        sim.fire("S", *given)
        sim.advance("200 ms")
        for name in ("S", "E"):
            for found, expected in zip(sim.spikes[name], listed.spikes[name], strict=True):
                np.testing.assert_array_equal(found, expected)


def test_spikes_are_given_on_the_way(given, listed, tmp_path):
    times, neurons = given
    sim = at.Model.from_text(SOURCES.replace("LIST", "[]")).start()
    seen = {"S": [], "E": []}
    for begin in range(0, 200, 10):
        own = (times >= begin) & (times < begin + 10)
        # What comes later may be given long before, or in the middle of a window.
        sim.fire("S", times[own][::2], neurons[own][::2])
        sim.advance(0.01)
        for name, parts in seen.items():
            parts.append(sim.spikes[name])
        late = own & ~np.isin(times, times[own][::2])
        if (times[late] >= sim.time).all():
            sim.fire("S", times[late], neurons[late])
        else:
            sim.fire("S", np.maximum(times[late], sim.time), neurons[late])
        if begin == 100:
            sim = at.resume(sim.save(tmp_path / "sources.state"))
        sim.advance(begin + 10 - sim.time)
        for name, parts in seen.items():
            parts.append(sim.spikes[name])
    found, expected = together(seen["S"]), listed.spikes["S"]
    assert len(found[0]) == 400
    order = np.lexsort((found[1], found[0]))
    np.testing.assert_allclose(found[0][order], expected[0], atol=0.02)
    assert len(together(seen["E"])[0]) > 20


def test_spikes_that_cannot_be_given_are_refused(given):
    with at.Model.from_text(SOURCES.replace("LIST", "[]")).start() as sim:
        sim.advance("20 ms")
        for match, spikes in [
            ("the past cannot|what is past", ("S", [10.0], [0])),
            ("nan|NaN", ("S", [np.nan], [0])),
            ("1 times of 2 neurons", ("S", [30.0], [0, 1])),
            ("neuron 40", ("S", [30.0], [40])),
            ("given to population E", ("E", [30.0], [0])),
        ]:
            with pytest.raises(at.ModelError, match=match):
                sim.fire(*spikes)
        with pytest.raises(KeyError, match="F"):
            sim.fire("F", [30.0], [0])
        with pytest.raises(ValueError, match="whole numbers"):
            sim.fire("S", [30.0], [-1])
    with at.models["letters"].start() as sim, pytest.raises(at.ModelError, match="only spiking networks"):
        sim.fire("N", [3.0], [0])


def test_overlaps_are_those_of_a_run(memory):
    expected = memory.overlaps["E"]
    with at.models["memory-1000"].start() as sim:
        sim.advance("100 ms")
        found = sim.overlaps["E"]
    number = len(found)
    assert found.units == "Hz" and found.column == "pattern" and number == round(100 / expected.interval)
    np.testing.assert_allclose(found.time, expected.time[:number])
    np.testing.assert_array_equal(found.values, expected.values[:number])
    with at.models["letters"].start() as sim:
        sim.show(pattern=3, state="set")
        sim.advance("1 sweeps")
        assert sim.overlaps["N"].names == ("D", "J", "C", "M") and sim.overlaps["N"][-1][2] == 1
        assert list(sim.overlaps) == ["N"]


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
        ramp = {"from": "0 Hz", "to": "350 Hz", "every": "1 ms"}
        with pytest.raises(at.ModelError, match="`poisson` changes in time"):
            sim.show(pattern=1, poisson={"ramp": ramp})
        with pytest.raises(at.ModelError):
            sim.advance("3 sweeps")
        with pytest.raises(at.ModelError):
            sim.advance("-1 ms")
        with pytest.raises(KeyError):
            sim.activity["E"]


def test_efficacies_that_learn_can_be_seen():
    model = at.models["vogels-2011"].with_({"population.E.size": 80, "population.I.size": 20})
    with model.start() as sim:
        assert list(sim.plastic) == ["I_to_E"]
        before = sim.plastic["I_to_E"]
        sim.advance("300 ms")
        after = sim.plastic["I_to_E"]
        with pytest.raises(KeyError):
            sim.plastic["E_to_E"]
    np.testing.assert_array_equal(before.senders, after.senders)
    np.testing.assert_array_equal(before.efficacies, -0.5)
    assert before.senders.max() < 20 and before.receivers.max() < 80
    assert (after.efficacies <= 0).all() and (after.efficacies != -0.5).any()


def test_a_cue_graded_in_space_draws_the_bump_to_its_centre():
    with at.models["ring"].start() as sim:
        cue = {"population": "N", "field": 0.5, "profile": {"gaussian": "30 deg"}}
        places = np.radians(np.arange(240) * 1.5)
        for centre in (90, 135):
            sim.show({**cue, "centre": f"{centre} deg"})
            sim.advance("1 s")
            sim.show()
            sim.advance("200 ms")
            place = np.degrees(np.angle(np.sum(sim.activity["N"] * np.exp(1j * places))))
            assert place == pytest.approx(centre, abs=1)
        with pytest.raises(at.ModelError, match="profile") as raised:
            sim.show(population="N", field=0.5, profile={"gaussian": "30 mm"}, centre="90 deg")
        assert "deg" in raised.value.allowed + raised.value.remedy


def test_efficacies_are_recorded_and_loaded():
    held = {"duration": "50 ms", "plasticity": False}
    protocol = [{"name": "learning", "duration": "200 ms"}, {"name": "before"} | held, {"name": "after"} | held]
    model = at.models["vogels-2011"].with_({"population.E.size": 80, "population.I.size": 20, "protocol": protocol})
    with model.start() as sim:
        sim.advance("200 ms")
        expected = sim.plastic["I_to_E"]
    recorded = model.with_({"record.efficacies": {}})
    run = recorded.run()
    assert run.data_hash == model.run().data_hash
    found = run.efficacies["I_to_E"]
    assert list(run.efficacies) == ["I_to_E"] and found.time.tolist() == [0.0, 200.0, 250.0, 300.0]
    np.testing.assert_array_equal(found.senders, expected.senders)
    np.testing.assert_array_equal(found.receivers, expected.receivers)
    np.testing.assert_array_equal(found.values[0], -0.5)
    np.testing.assert_array_equal(found.values[1], expected.efficacies)
    np.testing.assert_array_equal(found.values[2:], [expected.efficacies] * 2)
    edges = found.edges(1)
    assert len(edges) == len(expected) and set(edges.delays) == {found.delay}
    assert len(model.run().efficacies) == 0

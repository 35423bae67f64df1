"""Networks as arrays, and from arrays."""

import os
import pickle
import subprocess
import sys

import h5py
import numpy as np
import pytest

import attractor as at


@pytest.fixture(scope="module")
def net():
    return at.models["memory-1000"].wire()


def contents(path):
    """Everything in a file of HDF5 but the times at which it was written, which newer libraries keep."""
    found = {}

    def note(name, item):
        for key, value in item.attrs.items():
            found[name, key] = np.asarray(value).tobytes(), str(np.asarray(value).dtype)
        if isinstance(item, h5py.Dataset):
            found[name] = item[()].tobytes() if item.dtype.kind != "O" else repr(item[()]), str(item.dtype), item.shape

    with h5py.File(path) as file:
        note("/", file)
        file.visititems(note)
    return found


def test_synapses_are_those_that_the_command_exports(net, tmp_path, call):
    done = call("export", at.Models.folder / "memory-1000.toml", "-o", tmp_path / "command.h5")
    assert done.returncode == 0, done.stderr
    assert contents(net.save(tmp_path / "python.h5")) == contents(tmp_path / "command.h5")
    edges = net.edges["E_to_E"]
    with h5py.File(tmp_path / "command.h5") as file:
        group = file["edges/E_to_E"]
        np.testing.assert_array_equal(edges.senders, group["source_node_id"])
        np.testing.assert_array_equal(edges.receivers, group["target_node_id"])
        np.testing.assert_array_equal(edges.efficacies, group["0/syn_weight"])
        np.testing.assert_array_equal(edges.delays, group["0/delay"])
    assert net.projections["E_to_I1"] == ("E", "I1") and net.populations["I1"] == 250
    assert net.synapses == sum(len(it) for it in net.edges.values()) and "1000 E" in repr(net)
    with pytest.raises(at.FileError, match="exists"):
        net.save(tmp_path / "python.h5")
    with pytest.raises(KeyError, match="there is E_to_E"):
        net.to_scipy("E_to_F")


def test_a_matrix_is_what_row_i_receives_from_column_j(net):
    couplings, edges = net.to_scipy("E_to_I1"), net.edges["E_to_I1"]
    assert couplings.shape == (250, 1000) and couplings.sum() == pytest.approx(edges.efficacies.sum())
    i, j = edges.receivers[7], edges.senders[7]
    pair = (edges.receivers == i) & (edges.senders == j)
    assert couplings[i, j] == pytest.approx(edges.efficacies[pair].sum())


def test_arrays_come_back_as_the_same_network(net, tmp_path):
    model = net.model
    given = at.Network(model, {"I1_to_E": net.edges["I1_to_E"]}, path=tmp_path / "synapses.h5")
    for name in net.edges:
        for column in ("senders", "receivers", "efficacies", "delays"):
            np.testing.assert_array_equal(getattr(given.edges[name], column), getattr(net.edges[name], column))
    short = {"protocol": [{"name": "rest", "duration": "300 ms"}], "expect": {}}
    expected = model.with_(short).run().data_hash
    assert given.model.with_(short).run().data_hash == expected
    again = pickle.loads(pickle.dumps(given))
    assert again.synapses == net.synapses
    assert again.model.with_(short).run().data_hash == expected
    with pytest.raises(at.FileError, match="exists"):
        at.Network(model, {"I1_to_E": net.edges["I1_to_E"]}, path=tmp_path / "synapses.h5")


def test_a_matrix_takes_the_place_of_what_is_learned(net):
    stronger = at.Network(net.model, {"E_to_E": 1.5 * net.to_scipy("E_to_E")})
    assert "learning" not in stronger.model.to_dict()["projection"]["E_to_E"]
    ratio = stronger.to_scipy("E_to_E").sum() / net.to_scipy("E_to_E").sum()
    assert ratio == pytest.approx(1.5, rel=1e-6)
    assert set(stronger.edges["E_to_E"].delays) == {1.0}


def test_what_does_not_fit_is_refused(net):
    model, edges = net.model, net.edges["E_to_I1"]

    def refused(match, **projections):
        with pytest.raises(at.ModelError, match=match) as raised:
            at.Network(model, projections)
        return raised.value

    error = refused("matrix of shape", E_to_I1=np.ones((1000, 250)))
    assert error.key == "projection.E_to_I1" and "a row for each of 250 receivers" in error.allowed
    refused("synapses of no projection", E_to_F=np.ones((2, 2)))
    both = np.where(np.arange(1000) % 2, 0.1, -0.1)[:, None] * np.ones((1000, 1000))
    assert "Dale's law" in refused("excites through", E_to_E=both).allowed
    refused("senders and 1 receivers", E_to_I1=at.Edges(edges.senders, edges.receivers[:1]))
    refused("neuron 250 in row 0", E_to_I1=at.Edges([0], [250], [0.1], [1.0]))
    refused("a delay of 0 ms", E_to_I1=at.Edges([0], [1], [0.1], [0.0]))
    refused("no synapse", E_to_I1=at.Edges([], [], [], []))
    refused("no synapse", E_to_I1=np.zeros((250, 1000)))
    with pytest.raises(ValueError, match="whole numbers"):
        at.Network(model, {"E_to_I1": at.Edges([-1], [0], [0.1], [1.0])})


def test_couplings_of_two_state_neurons_are_arrays_too():
    model = at.models["letters"].with_({"task.recall.trials": 10})
    net = model.wire()
    name = next(iter(net.projections))
    couplings = net.to_scipy(name)
    assert abs(couplings - couplings.T).max() == 0
    again = at.Network(model, {name: couplings.toarray()})
    assert abs(again.to_scipy(name) - couplings).max() == 0
    assert again.model.run().data_hash == model.run().data_hash
    assert net.patterns["N"].shape == (4, 25)
    with pytest.raises(at.FileError, match="no place in SONATA"):
        net.save("couplings.h5")
    with pytest.raises(at.ModelError, match="different delays"):
        at.Network(model, {name: at.Edges([0, 1], [1, 0], [1.0, 1.0], [1, 2])})


def test_arrays_that_are_refused_leave_files_as_they_are(net, tmp_path):
    couplings, path = net.to_scipy("E_to_I1"), tmp_path / "synapses.h5"
    at.Network(net.model, {"E_to_I1": couplings}, path=path)
    before = path.read_bytes()
    for place, force in ((path, True), (tmp_path / "new.h5", False)):
        with pytest.raises(at.ModelError, match=place.name) as raised:
            at.Network(net.model, {"E_to_I1": couplings * np.nan}, path=place, force=force)
        assert f"of {place};" in str(raised.value)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]
    given = at.Network(net.model, {"E_to_I1": 2 * couplings}, path=path, force=True)
    assert path.read_bytes() != before and list(tmp_path.iterdir()) == [path]
    assert given.model.wire().synapses == given.synapses
    with pytest.raises(at.ModelError, match="choose another path"):
        at.Network(given.model, {"E_to_E": net.to_scipy("E_to_E")}, path=path, force=True)
    assert given.model.wire().synapses == given.synapses


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
def test_temporary_synapses_outlive_a_fork():
    program = """
import os, sys
import attractor as at
model = at.Model.from_toml(sys.argv[1])
given = at.Network(model, {"E_to_E": model.wire().edges["E_to_E"]}).model
if os.fork() == 0:
    sys.exit()
os.wait()
print(given.wire().synapses)
"""
    words = [sys.executable, "-c", program, at.Models.folder / "memory-1000.toml"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0 and int(done.stdout) > 0, done.stderr


SIGNED = """
title = "Signed synapses of a matrix"
source = "python/tests/test_network.py"
shows = "Rows receive, columns send, and one neuron may do both to others."
population.E = { size = 5 }
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms" }
projection.P = { from = "E", to = "E", dale = false, connect = { file = "FILE" }, delay = "1 ms", tau_syn = "5 ms" }
protocol = [{ name = "rest", duration = "10 ms" }]
"""


@pytest.mark.parametrize("name", ["couplings.mtx", "couplings.npy"])
def test_a_matrix_in_a_file_is_the_one_in_scipy(name, tmp_path):
    scipy_io = pytest.importorskip("scipy.io")
    couplings = np.zeros((5, 5), dtype=np.float32)
    couplings[1, 0], couplings[3, 0], couplings[0, 4] = 0.5, -0.25, 2.0
    if name.endswith(".npy"):
        np.save(tmp_path / name, couplings)
    else:
        from scipy.sparse import coo_array

        scipy_io.mmwrite(tmp_path / name, coo_array(couplings), symmetry="general")
    (tmp_path / "signed.toml").write_text(SIGNED.replace("FILE", name))
    model = at.Model.from_toml(tmp_path / "signed.toml")
    np.testing.assert_array_equal(model.wire().to_scipy("P").toarray(), couplings)
    with pytest.raises(at.ModelError, match="excites through"):
        model.with_({"projection.P.dale": True}).wire()
    again = at.Network(model, {"P": -couplings})
    np.testing.assert_array_equal(again.to_scipy("P").toarray(), -couplings)

"""The example of the package, from top to bottom, on files that the command wrote, and back."""

import matplotlib
import numpy as np
import pytest

import attractor as at

matplotlib.use("Agg")

#: The 1000-neuron memory with a task, in short.
FILE = """
title = "Delayed match in short"
source = "delayed-match-1000.toml"
shows = "What the package does."
base = "delayed-match-1000.toml"
without = ["expect", "task.delayed_match.readout"]

[task.delayed_match]
trials = 3
fixation = "100 ms"
delay = "300 ms"
observer = { above = "15 Hz", held_over = "100 ms", seen_over = "200 ms" }
"""


@pytest.fixture
def folder(tmp_path, monkeypatch, call):
    """With a model, and an old recording of it by the command."""
    at.models.copy("delayed-match-1000", tmp_path)
    (tmp_path / "memory.toml").write_text(FILE)
    monkeypatch.chdir(tmp_path)
    done = call("run", "memory.toml", "-o", "old.h5", "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_the_example_runs(folder, call):
    model = at.Model.from_toml("memory.toml")
    assert "Delayed match" in model._repr_html_()
    fast = model.with_({"projection.E_to_E.tau_syn": "80 ms"}, seed=3)
    run = fast.run(threads=4, progress=True)
    assert run._repr_png_().startswith(b"\x89PNG")
    assert len(run.data_hash) == 64 and run.expectations == []
    done = call(
        "run", "memory.toml", "--set", "projection.E_to_E.tau_syn=80 ms", "--seed", "3", "-o", "fast.h5", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    with at.open("fast.h5") as by_command:
        assert by_command.data_hash == run.data_hash
    times, neurons = run.spikes["E"]
    assert len(times) == len(neurons) > 0
    run.overlaps["E"].sel(pattern=1).plot()
    assert 0 <= run.trials.groupby("match").correct.mean().max() <= 1
    assert len(run.to_pynapple("E").restrict(run.epochs["delay"])) == 1000
    assert run.to_neo().segments
    assert run.export("session.nwb").exists()
    patterns = run.patterns["E"]
    assert patterns.dtype == bool and patterns.shape == (6, 1000)

    net = model.wire()
    couplings = net.to_scipy("E_to_E")
    assert couplings.shape == (1000, 1000) and couplings.format == "csr"
    again = at.Network(model, {"E_to_E": couplings})
    difference = again.to_scipy("E_to_E") - couplings
    assert abs(difference).max() < 1e-7 * abs(couplings).max()

    with model.start() as sim:
        sim.advance("100 ms")
        sim.show(pattern=2, poisson="350 Hz")
        left, right = sim.branch(seed=1), sim.branch(seed=2)
        sim.save("state.sim")
        sim.advance("50 ms")
        assert sim.overlaps["E"].sel(pattern=2)[-1] > sim.overlaps["E"].sel(pattern=1)[-1]
        left.advance("50 ms")
        right.advance("50 ms")
        assert not np.array_equal(left.spikes["E"][0], right.spikes["E"][0])
        resumed = at.resume("state.sim")
        resumed.advance("50 ms")
        np.testing.assert_array_equal(resumed.spikes["E"][0], sim.spikes["E"][0])

    short = model.with_({"task.delayed_match.trials": 1})
    table = at.sweep(short, {"patterns.E.random.number": range(10, 60, 10)}, repeat=4, executor=None)
    assert len(table.frame) == 20
    assert table.plot(x="load", y="held").startswith(b"\x89PNG")

    with at.open("old.h5") as old:
        assert old.data_hash == model.run().data_hash
    assert at.theory(model)["states"]
    with pytest.raises(at.ModelError, match="spiking neurons"):
        at.states(model)

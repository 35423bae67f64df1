"""Figures and exports are those of the command."""

import numpy as np
import pytest

import attractor as at

PNG = b"\x89PNG\r\n\x1a\n"


def test_a_notebook_shows_the_figure_of_the_command(by_command, tmp_path, call):
    run = at.open(by_command)
    picture = run._repr_png_()
    assert picture.startswith(PNG)
    assert call("plot", by_command, "-o", tmp_path / "figure.png").returncode == 0
    assert (tmp_path / "figure.png").read_bytes() == picture


def test_other_views_are_drawn(letters, tmp_path):
    assert letters.plot(view="strip", trial=3).startswith(PNG)
    letters.plot(tmp_path / "strip.svg", view="strip", trial=3)
    assert b"<svg" in (tmp_path / "strip.svg").read_bytes()
    with pytest.raises(at.FileError, match="exists"):
        letters.plot(tmp_path / "strip.svg")
    letters.plot(tmp_path / "strip.svg", force=True)
    letters.plot(tmp_path / "recall.gif", view="animation", trial=3)
    assert (tmp_path / "recall.gif").read_bytes().startswith(b"GIF")
    with pytest.raises(at.ModelError, match="moves"):
        letters.plot(view="animation", trial=3)
    with pytest.raises(at.ModelError, match="the views are `overview`"):
        letters.plot(view="picture")


def test_exports_hold_every_spike(trials, tmp_path):
    path = trials.export(tmp_path / "trials.npz")
    name = next(iter(trials.spikes))
    with np.load(path) as arrays:
        assert sum(len(arrays[key]) == len(trials.spikes[name][0]) for key in arrays) >= 1
    assert trials.export(tmp_path / "tables").is_dir()
    with pytest.raises(at.FileError, match="exists"):
        trials.export(path)
    with pytest.raises(ValueError, match="no format"):
        trials.export(tmp_path / "trials.xls")


def test_pynapple_takes_the_trains(trials):
    nap = pytest.importorskip("pynapple")
    name = next(iter(trials.spikes))
    trains = trials.to_pynapple(name)
    assert len(trains) == trials.populations[name]
    assert sum(len(train) for train in trains.values()) == len(trials.spikes[name][0])
    epoch = trials.epochs[trials.protocol[-1].name]
    assert isinstance(epoch, nap.IntervalSet)
    inside = trains.restrict(epoch)
    times = trials.spikes[name][0] / 1000
    expected = sum(((times >= a) & (times <= b)).sum() for a, b in zip(epoch.start, epoch.end, strict=True))
    assert sum(len(train) for train in inside.values()) == expected


def test_neo_takes_the_trains(trials):
    pytest.importorskip("neo")
    pytest.importorskip("nixio")
    name = next(iter(trials.spikes))
    block = trials.to_neo()
    found = sum(len(train) for segment in block.segments for train in segment.spiketrains)
    assert found >= len(trials.spikes[name][0])

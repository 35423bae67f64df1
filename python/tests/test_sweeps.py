"""Sweeps from Python are those of the command."""

import numpy as np
import pytest

import attractor as at


def test_a_table_is_that_of_the_command(tmp_path, call):
    model = at.models["letters"].with_({"task.recall.trials": 10})
    words = ["--over", "task.recall.flipped=0.04,0.2", "--repeat", "2", "--quiet"]
    path = at.Models.folder / "letters.toml"
    out = tmp_path / "command.h5"
    done = call("sweep", path, *words, "--set", "task.recall.trials=10", "-o", out)
    assert done.returncode == 0, done.stderr
    by_command = at.open_table(out)
    table = at.sweep(model, {"task.recall.flipped": [0.04, 0.2]}, repeat=2, threads=2)
    assert list(table.frame.data_hash) == list(by_command.frame.data_hash)
    assert table.keys == ["task.recall.flipped"] and table.complete and len(table.frame) == 4
    assert (table.frame.seed.to_numpy() == [1, 2, 1, 2]).all()
    assert len(table.trials) == 40
    assert table.measured == by_command.measured
    assert "4 runs" in repr(table) and table.summary()
    # The model is the whole of it: the command says the same of a file that holds it.
    (tmp_path / "model.toml").write_text(model.text)
    whole = tmp_path / "whole.h5"
    assert call("sweep", tmp_path / "model.toml", *words, "-o", whole).returncode == 0
    assert at.open_table(whole).table_hash == table.table_hash


def test_values_are_given_as_lists_or_texts(tmp_path):
    model = at.models["letters"].with_({"task.recall.trials": 3})
    out = tmp_path / "sweep.h5"
    listed = at.sweep(model, {"task.recall.flipped": np.linspace(0.04, 0.2, 3)}, out=out)
    ranged = at.sweep(model, {"task.recall.flipped": "0.04:0.2:3"})
    np.testing.assert_allclose(listed.frame["task.recall.flipped"], ranged.frame["task.recall.flipped"])
    assert out.exists()
    with pytest.raises(at.FileError, match="exists"):
        at.sweep(model, {}, out=out)
    assert len(at.sweep(model, {}, repeat=2, out=out, force=True).frame) == 2
    with pytest.raises(at.ModelError, match="flipped"):
        at.sweep(model, {"task.recall.flipped": [0.04, 7.0]})


def test_curves_are_drawn(tmp_path):
    model = at.models["letters"].with_({"task.recall.trials": 5})
    table = at.sweep(model, {"task.recall.flipped": [0.04, 0.2]})
    column = next(name for name in table.trials.columns if name.startswith("final"))
    assert table.plot(column).startswith(b"\x89PNG")
    table.plot(column, "task.recall.flipped", path=tmp_path / "curves.svg")
    assert (tmp_path / "curves.svg").exists()

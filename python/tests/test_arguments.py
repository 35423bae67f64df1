"""What is no argument is told in a sentence."""

from pathlib import Path

import numpy as np
import pytest

import attractor as at


def test_arguments_that_are_none_are_refused(tmp_path):
    model = at.models["letters"].with_({"task.recall.trials": 2})
    run, out = model.run(), tmp_path / "run.h5"
    for kind, sentence, call in [
        (TypeError, "threads is 'two'", lambda: model.run(threads="two")),
        (TypeError, "threads is 2.5", lambda: at.sweep(model, {}, threads=2.5)),
        (ValueError, "allowed is 1 to 1024", lambda: model.wire(threads=0)),
        (ValueError, "allowed is 1 to 1024", lambda: model.start(threads=-1)),
        (TypeError, "a number of seconds", lambda: model.run(out, limit="5min")),
        (TypeError, "commit is 'often'", lambda: model.run(out, commit="often")),
        (ValueError, "from 0.01 to 1e6", lambda: model.run(out, commit=0)),
        (ValueError, "from 0.01 to 1e6", lambda: at.go_on(out, commit=float("nan"))),
        (at.ModelError, "tomorrow", lambda: model.run(out, until="tomorrow")),
        (at.ModelError, "trials are numbered from 1", lambda: model.run(trial=0)),
        (at.FileError, "nothing.h5", lambda: model.run(origin="nothing.h5", at="1 sweeps")),
        (TypeError, "shard i of n", lambda: at.sweep(model, {}, shard=2)),
        (at.ModelError, "shard 0 of 2", lambda: at.sweep(model, {}, shard=(0, 2))),
        (TypeError, "it has submit", lambda: at.sweep(model, {}, executor=3)),
        (ValueError, "repeat is 0", lambda: at.sweep(model, {}, 0)),
        (at.ModelError, "found no part", lambda: at.merge([])),
        (ValueError, "allowed is 0 to", lambda: model.start().branch(-1)),
        (ValueError, "allowed is 0 to", lambda: model.run(origin=run, at="1 sweeps", future_seed=2**63)),
        (TypeError, "a whole number", lambda: model.start().branch(1.0)),
        (ValueError, "not both", lambda: run.plot(trial=1, epoch="cue")),
        (ValueError, "at most 6", lambda: run.plot(neurons="x")),
        (at.FileError, "no readable file", lambda: run.analyze(tmp_path / "analysis", beside="nothing.h5")),
        (TypeError, "whole numbers", lambda: model.start().fire("N", [1.0], ["a"])),
    ]:
        with pytest.raises(kind, match=sentence):
            call()
    assert model.run(tmp_path / "limited.h5", limit=np.float32(60), commit=0.01).data_hash == run.data_hash
    assert not Path(out).exists()


def test_everything_that_is_offered_has_its_words():
    for name in at.__all__:
        thing = getattr(at, name)
        assert name.startswith("__") or (thing.__doc__ or "").strip(), name
        if isinstance(thing, type):
            for member, value in vars(thing).items():
                if not member.startswith("_") and (callable(value) or isinstance(value, property)):
                    assert (value.__doc__ or "").strip(), f"{name}.{member}"

"""Models: from files, dictionaries and texts, changed, refused, shown, and passed on."""

import pickle
import tomllib
from pathlib import Path

import numpy as np
import pytest

import attractor as at

BAD = Path(__file__).parents[2] / "tests" / "bad"
FOLDER = at.Models.folder


def test_a_dictionary_is_the_same_model_as_its_file():
    path = FOLDER / "memory-1000.toml"
    values = tomllib.loads(path.read_text())
    values["population"]["E"]["size"] = np.int64(values["population"]["E"]["size"])
    assert at.Model.from_dict(values) == at.Model.from_toml(path) == at.models["memory-1000"]
    model = at.models["memory-1000"]
    assert at.Model.from_dict(model.to_dict()) == model
    assert at.Model.from_text(model.to_toml()) == model


def test_every_model_of_the_package_is_there():
    assert len(at.models) > 30
    for name, model in at.models.items():
        assert model.title and model.duration > 0 and model.memory > 0, name
    with pytest.raises(KeyError, match="did you mean memory-8000"):
        at.models["memory-800"]


def test_a_change_is_what_set_does():
    model = at.models["memory-1000"]
    changed = model.with_({"projection.E_to_E.tau_syn": "5 ms", "protocol[1].show[0].pattern": 2}, seed=3)
    values = changed.to_dict()
    assert values["projection"]["E_to_E"]["tau_syn"] == "5 ms"
    assert values["protocol"][1]["show"][0]["pattern"] == 2
    assert (changed.seed, model.seed) == (3, 1)
    assert changed != model
    nested = model.with_({"patterns.E": {"random": {"number": 8, "coding_level": 0.2}}})
    assert nested.to_dict()["patterns"]["E"]["random"]["number"] == 8


def test_a_section_is_replaced_whole():
    model = at.models["delayed-match-1000"]
    protocol = [{"name": "rest", "duration": "100 ms"}, {"name": "cue", "duration": "50 ms"}]
    changed = model.with_({"protocol[1].duration": "70 ms"}, protocol=protocol, expect={}, seed=5)
    assert [it["duration"] for it in changed.to_dict()["protocol"]] == ["100 ms", "70 ms"]
    assert changed.seed == 5 and changed.to_dict()["task"] == model.to_dict()["task"]
    with pytest.raises(at.ModelError) as raised:
        model.with_(protocol=[{"name": "rest", "duration": "-1 ms"}])
    assert raised.value.key == "protocol[0].duration"


def parts(error):
    return error.key, error.found, error.allowed, error.remedy


def test_a_dictionary_is_refused_in_the_words_of_its_file():
    compared = 0
    for path in sorted(BAD.glob("*.toml")):
        try:
            values = tomllib.loads(path.read_text())
        except tomllib.TOMLDecodeError:
            continue
        try:
            at.Model.from_toml(path)
        except at.AttractorError as error:
            of_file = error
        else:
            # It is refused once it is to run.
            continue
        with pytest.raises(at.AttractorError) as of_dict:
            at.Model.from_dict(values, BAD)
        if "base" in values or of_file.path != str(path):
            continue
        if path.name in ("number-of-65-bits.toml", "seed-too-large.toml"):
            # A dictionary has no room for them, whatever the key may hold.
            words = "a whole number lies between -2^63 and 2^63 - 1; change the value."
            assert str(of_dict.value).endswith(words)
            continue
        assert parts(of_file) == parts(of_dict.value), path.name
        assert of_dict.value.path is of_dict.value.line is None
        place = f"{path}:{of_file.line}:{of_file.column}: " if of_file.line else f"{path}: "
        assert str(of_file) == place + str(of_dict.value), path.name
        compared += 1
    assert compared > 100


def test_an_error_has_its_parts():
    with pytest.raises(at.ModelError) as raised:
        at.models["memory-1000"].with_({"projection.E_to_E.delay": "-1 ms"})
    error = raised.value
    assert error.key == "projection.E_to_E.delay"
    assert error.found and error.remedy and error.path is None
    assert str(error).startswith('projection.E_to_E.delay="-1 ms": found ')
    assert isinstance(error, ValueError)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), parts(again)) == (str(error), parts(error))
    with pytest.raises(at.ModelError, match="found None") as raised:
        at.models["memory-1000"].with_(seed=None)
    assert raised.value.key == "seed"
    with pytest.raises(at.FileError) as raised:
        at.Model.from_toml("nowhere.toml")
    assert raised.value.path == "nowhere.toml"
    assert isinstance(raised.value, OSError)
    assert pickle.loads(pickle.dumps(raised.value)).path == "nowhere.toml"


def test_a_model_goes_to_another_process():
    model = at.models["images"].with_(seed=5)
    assert pickle.loads(pickle.dumps(model)) == model
    in_python = at.Model.from_dict(at.models["letters"].to_dict())
    assert pickle.loads(pickle.dumps(in_python)) == in_python
    assert len({model, at.models["images"].with_(seed=5)}) == 1


def test_a_notebook_shows_it():
    html = at.models["memory-1000"]._repr_html_()
    assert "1000 neurons" in html and "E_to_E" in html and "<script" not in html
    hostile = at.models["letters"].with_(title="<script>alert(1)</script>")
    assert "<script" not in hostile._repr_html_()
    assert "memory-1000" in repr(at.models)


def test_what_is_hardly_meant_is_a_warning(call, tmp_path):
    path = tmp_path / "deaf.toml"
    deaf = at.models["memory-1000"].with_({"protocol[1].show[0].poisson": "0 Hz"})
    path.write_text(deaf.text)
    (sentence, *_) = deaf.warnings()
    said = call("check", path).stderr
    # The command names the line, too.
    assert f"warning: {path}:" in said and sentence.split(": ", 2)[-1] in said
    assert at.models["memory-1000"].warnings() == []

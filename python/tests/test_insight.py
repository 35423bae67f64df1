"""What is known without a run is what the command tells."""

import json

import pytest

import attractor as at


@pytest.mark.parametrize("name", ["brunel-2000", "hopfield-1982", "gillett-2020"])
def test_theory_is_that_of_the_command(name, call):
    done = call("theory", at.Models.folder / f"{name}.toml", "--json")
    if done.returncode != 0:
        with pytest.raises(at.ModelError) as raised:
            at.theory(at.models[name])
        assert str(raised.value) in done.stderr
        return
    told = json.loads(done.stdout)
    # Of spiking neurons a list, with the states at every point.
    expected = told[0] if isinstance(told, list) else told
    expected.pop("settings", None)
    assert at.theory(at.models[name]) == expected


@pytest.mark.parametrize("name", ["letters", "flip-flop"])
def test_states_are_those_of_the_command(name, call):
    done = call("states", at.Models.folder / f"{name}.toml", "--json")
    assert done.returncode == 0, done.stderr
    assert at.states(at.models[name]) == json.loads(done.stdout)


def test_states_of_many_neurons_are_refused():
    with pytest.raises(at.ModelError, match="at most 25"):
        at.states(at.models["hopfield-1982"])

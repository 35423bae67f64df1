"""Checks the arithmetic of scripts/against_speed.py, and the networks that other simulators are given, without running any.

Usage: check_speed.py      (from the root of the project)
"""

import json

from against_speed import WORKLOADS, Case, disagreement, ratios, row, spread, too_short
import network


def run(s_per_s, **rates):
    return {"s_per_s": s_per_s, "rates": rates, "ns_per_event": 8.0, "wall": 1.0, "cpu": 1.0, "build": 2.0, "compile": 0, "peak": 2**21}


def check_pairs():
    pairs = [(run(2.0, E=10.0, I=5.0), run(4.0, E=10.4, I=5.0)), (run(3.0, E=10.2, I=5.1), run(4.0, E=10.6, I=5.1))]
    assert spread(ratios(pairs)) == (0.625, 0.5, 0.75)
    assert disagreement(pairs, 0.05) is None
    assert disagreement(pairs, 0.03) == "E fires at 10.50 Hz there and at 10.10 Hz here: more than 3 % apart"
    other = [(pairs[0][0], run(4.0, E=4.0, I=9.0))]
    assert disagreement(other, 0.05).startswith("E fires at 4.00 Hz there and at 10.00 Hz here, I fires at 9.00 Hz")
    assert too_short(pairs) is None
    assert too_short([(run(2.0) | {"cpu": 0.004}, run(4.0))]).startswith("the shortest run computed 4 ms")
    words = row("attractor", [pair[0] for pair in pairs]).split()
    assert words == ["attractor", "2.5", "(2-3)", "8", "(8-8)", "2.00", "0.0", "2", "E", "10.10,", "I", "5.05"], words


def check_network():
    found = network.network("models/brunel-2000.toml")
    assert sum(p["synapses"] for p in found["projections"]) == 12500 * 1250
    # Every neuron receives 1250 synapses, and sends as many on average.
    assert network.events(found, {"E": 30_000, "I": 7000}) == 37_000 * 1250
    cuba = network.network("models/cuba.toml")
    recurrent = next(p for p in cuba["projections"] if p["from"] == p["to"] == "E")
    assert recurrent["synapses"] == 0.02 * 3200 * 3199
    assert (cuba["warm_up"], cuba["measured"]) == (500.0, 5000.0)
    tenth = network.network("models/microcircuit-tenth.toml")
    assert sum(p["size"] for p in tenth["populations"]) == 7717
    assert tenth["projections"][0]["delay"] == ["normal", 1.5, 0.75, 0.05, network.FAR]
    for name in WORKLOADS:
        network.network(f"models/{name}.toml")


def check_result():
    case = Case("cuba", 2.0, "engine", 0, None)
    printed = json.dumps({"cpu": 0.5, "spikes": {"E": 3200, "I": 1600}})
    found = case.result(f"what a simulator says\n{printed}\n", 0.5)
    assert (found["seconds"], found["s_per_s"], found["rates"]) == (1.0, 0.5, {"E": 1.0, "I": 2.0})
    events = network.events(case.network, {"E": 3200, "I": 1600})
    assert abs(found["ns_per_event"] - 0.5e9 / events) < 1e-9


for check in (check_pairs, check_network, check_result):
    check()
print("ok  what times are made of")

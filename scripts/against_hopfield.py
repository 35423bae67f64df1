"""Compares attractor with a NumPy matrix-vector loop and with the EPFL exercise package (neurodynex3) on the same Hopfield
networks: the same patterns, the same cue, all neurons updated at once until nothing changes. Their final states must be
equal; then come the times, each the best of some repeats in one process and one thread.

NumPy learns J with one matrix product; neurodynex3 with loops in Python, so that it is asked for small networks only.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time

# One thread each, before NumPy is loaded.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import h5py  # noqa: E402
import numpy as np  # noqa: E402

MODEL = """
title = "Against NumPy and neurodynex3"
source = "scripts/against_hopfield.py"
shows = "the same final state, and what it costs"
population.N.size = {size}
patterns.N.random = {{ number = {number}, coding_level = 0.5, foreground = "bernoulli" }}
projection.J = {{ from = "N", to = "N", connect = "all_to_all", autapses = false, storage = "{storage}", learning = "hebb" }}
dynamics.binary = {{ states = "plus_minus", update = "{update}", tie = "plus" }}
protocol = [{{ name = "cue", duration = "{sweeps} sweeps", show = [{{ pattern = 1, state = "set", flipped = 0.1 }}] }}]
"""
SWEEPS = 30


def attractor(program, folder, size, number, storage, update, repeats):
    """Seconds of learning and of all sweeps; patterns, first and last state."""
    model, output = os.path.join(folder, "model.toml"), os.path.join(folder, "run.h5")
    with open(model, "w") as file:
        file.write(MODEL.format(size=size, number=number, storage=storage, update=update, sweeps=SWEEPS))
    build, run = [], []
    for _ in range(repeats):
        command = [program, "run", model, "-o", output, "--force", "--quiet", "--threads", "1"]
        subprocess.run(command, check=True)
        with h5py.File(output) as file:
            build.append(file["provenance"].attrs["build_s"])
            run.append(file["provenance"].attrs["wall_s"])
            xi, states = file["patterns/N/xi"][:], file["states/N/state"][:]
    return min(build), min(run), xi, 2.0 * states[0] - 1.0, 2.0 * states[-1] - 1.0


def best(repeats, action):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = action()
        times.append(time.perf_counter() - start)
    return min(times), result


def numpy_learn(x):
    j = x.T @ x / x.shape[1]
    np.fill_diagonal(j, 0.0)
    return j


def numpy_together(j, s):
    """Synchronous: s := sgn(J s), 0 -> +1."""
    for _ in range(SWEEPS):
        s = np.where(np.round(j @ s, 9) >= 0, 1.0, -1.0)
    return s


def numpy_in_turn(j, s):
    """One neuron after another, in order."""
    s = s.copy()
    for _ in range(SWEEPS):
        for i in range(len(s)):
            s[i] = 1.0 if round(j[i] @ s, 9) >= 0 else -1.0
    return s


def neurodynex(x, s):
    from neurodynex3.hopfield_network import network

    net = network.HopfieldNetwork(len(s))
    start = time.perf_counter()
    net.store_patterns(list(x))
    learned = time.perf_counter()
    net.set_state_from_pattern(s)
    net.run(SWEEPS)
    return learned - start, time.perf_counter() - learned, net.state


def compare(program, size, repeats, with_neurodynex):
    number = size // 10
    print(f"\nN = {size}, P = {number}, {SWEEPS} sweeps, cue with 10 % flipped; s (learning + sweeps)")
    equal = True
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for update, loop in [("synchronous", numpy_together), ("fixed", numpy_in_turn)]:
            for storage in ["matrix", "votes"]:
                build, run, xi, first, last = attractor(program, folder, size, number, storage, update, repeats)
                rows.append((f"attractor, {storage}, {update}", build, run, last))
            x = 2.0 * xi - 1.0
            learned, j = best(repeats, lambda: numpy_learn(x))
            half, _ = best(repeats, lambda: numpy_learn(x.astype(np.float32)))
            ran, state = best(repeats, lambda: loop(j, first))
            rows.append((f"NumPy, {update} (learning in 32 bits: {half:.4f})", learned, ran, state))
            if with_neurodynex and update == "synchronous":
                learned, ran, state = neurodynex(x, first)
                rows.append((f"neurodynex3, {update}", learned, ran, state))
            same = [np.array_equal(row[3], rows[-1][3]) for row in rows if update in row[0]]
            equal = equal and all(same)
        for name, learned, ran, state in rows:
            overlap = state @ x[0] / size
            print(f"  {name:<50} {learned:10.4f} + {ran:9.5f}   overlap with the pattern {overlap:.4f}")
    print("  final states are equal" if equal else "  FINAL STATES DIFFER")
    return equal


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attractor", default="target/release/attractor", help="the attractor to run")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    equal = [
        compare(arguments.attractor, 200, arguments.repeats, True),
        compare(arguments.attractor, 2000, arguments.repeats, False),
        compare(arguments.attractor, 10000, 1, False),
    ]
    return 0 if all(equal) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Rate networks against NumPy, SciPy and, if it is there, Brian2, in alternating runs: on one thread, or on so many as the
first argument says (SciPy's sparse products use one).

Dense: 1000 neurons, tau dr/dt = -r + tanh(1.5 J r), J normal, 200 ms; adaptive steps of order 8 with the same tolerance
(SciPy's DOP853 with BLAS for J r). First both solve one network of 100 neurons with couplings that are written out: they
must agree. Sparse: 50,000 neurons with 250 synapses each, 200 steps of exponential Euler (SciPy's CSR product in 64 and in 32
bits; Brian2 with a summed variable). Times are those of the steps alone; beside them stands in what time one
thread reads the weights in order, as often as they are needed: no product is faster.
"""

import os
import sys

THREADS = sys.argv[1] if len(sys.argv) > 1 else "1"
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = THREADS

import subprocess
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np
from scipy.integrate import solve_ivp
from scipy.sparse import random_array

ATTRACTOR = "target/release/attractor"
ROUNDS = 3
TOLERANCE = 1e-9

MODEL = """
title = "Rates"
source = "none"
shows = "speed"
population.N.size = {size}
record = {{ interval = "{interval} ms", states = {states} }}
protocol = [{{ name = "free", duration = "{duration} ms" }}]
projection.J = {{ from = "N", to = "N", connect = {connect}, autapses = false, efficacy = {efficacy} }}
[dynamics.rate]
solver = {solver}
[dynamics.rate.units.N]
tau = "10 ms"
transfer = {{ tanh = {{ gain = 1.5 }} }}
initial = {{ uniform = [-0.5, 0.5] }}
"""


def run(folder, **keys):
    """Runs a model; the seconds of its run and its recording."""
    text = MODEL.format(**keys)
    model, out = folder / "model.toml", folder / "out.h5"
    model.write_text(text)
    command = [ATTRACTOR, "run", model, "-o", out, "--force", "--quiet", "--threads", THREADS]
    subprocess.run(command, check=True)
    with h5py.File(out) as file:
        return file["provenance"].attrs["wall_s"], out


def couplings(size, seed=1):
    j = np.random.default_rng(seed).normal(size=(size, size)) / np.sqrt(size)
    np.fill_diagonal(j, 0.0)
    return j


def solve(j, r, duration):
    def flow(_, r):
        return (np.tanh(1.5 * (j @ r)) - r) / 10.0

    clock = time.perf_counter()
    solution = solve_ivp(flow, (0.0, duration), r, "DOP853", rtol=TOLERANCE, atol=TOLERANCE)
    return time.perf_counter() - clock, solution


def agree(folder):
    """Whether both solve the same network of 100 neurons alike; over 100 ms, before chaos tells them apart."""
    j = couplings(100)
    rows = ", ".join("[" + ", ".join(repr(float(x)) for x in row) + "]" for row in j)
    keys = dict(size=100, interval=10, duration=100, connect='"all_to_all"', states="true")
    solver = "{ adaptive = { tolerance = 1e-9 } }"
    _, out = run(folder, efficacy=f"{{ matrix = [{rows}] }}", solver=solver, **keys)
    with h5py.File(out) as file:
        activity = file["activity/N/activity"][:]
    _, solution = solve(j, activity[0], 100.0)
    apart = np.abs(solution.y[:, -1] - activity[-1]).max()
    print(f"100 neurons, 10 tau: activities differ by {apart:.1e} at most")
    return apart < 1e-5


def dense(folder):
    keys = dict(size=1000, interval=200, duration=200, connect='"all_to_all"', states="false")
    keys |= dict(efficacy="{ gaussian = { sd = 1.0, symmetry = 0.0 } }", solver="{ adaptive = { tolerance = 1e-9 } }")
    j, r = couplings(1000), np.random.default_rng(2).uniform(-0.5, 0.5, 1000)
    ours, scipy = [], []
    for _ in range(ROUNDS):
        ours.append(run(folder, **keys)[0])
        seconds, solution = solve(j, r, 200.0)
        scipy.append(seconds)
    return {"attractor": ours, "SciPy DOP853": scipy}, solution.nfev * reading(j.nbytes)


def euler_scipy(j, r, steps):
    decay = np.exp(-0.1)
    clock = time.perf_counter()
    for _ in range(steps):
        r = decay * r + (1.0 - decay) * np.tanh(1.5 * (j @ r))
    return time.perf_counter() - clock


def euler_brian2(j, r, steps):
    import brian2

    brian2.prefs.codegen.target = "cython"
    brian2.defaultclock.dt = 1 * brian2.ms
    equations = "dr/dt = (tanh(1.5*h) - r)/(10*ms) : 1\nh : 1"
    group = brian2.NeuronGroup(r.size, equations, method="exponential_euler")
    synapses = brian2.Synapses(group, group, "w : 1\nh_post = w*r_pre : 1 (summed)")
    j = j.tocoo()
    synapses.connect(i=j.col, j=j.row)
    synapses.w, group.r = j.data, r
    network = brian2.Network(group, synapses)
    network.run(2 * brian2.ms)
    clock = time.perf_counter()
    network.run(steps * brian2.ms)
    return time.perf_counter() - clock


def sparse(folder):
    size, steps = 50_000, 200
    keys = dict(size=size, interval=steps, duration=steps, connect="{ in_degree = 250 }", states="false")
    keys |= dict(efficacy="{ gaussian = { sd = 1.0, symmetry = 0.0 } }", solver='{ euler = { step = "1 ms" } }')
    generator = np.random.default_rng(3)
    j = random_array((size, size), density=250 / size, format="csr", rng=generator)
    j.data = generator.normal(size=j.nnz) / np.sqrt(250)
    r = generator.uniform(-0.5, 0.5, size)
    times = {"attractor": [], "SciPy, 64 bits": [], "SciPy, 32 bits": []}
    single = j.astype(np.float32)
    for _ in range(ROUNDS):
        times["attractor"].append(run(folder, **keys)[0])
        times["SciPy, 64 bits"].append(euler_scipy(j, r, steps))
        times["SciPy, 32 bits"].append(euler_scipy(single, r.astype(np.float32), steps))
    try:
        times["Brian2"] = [euler_brian2(j, r, steps)]
    except ImportError:
        print("Brian2 is not there")
    return times, steps * reading(4 * j.nnz)


def reading(size):
    """Seconds in which one thread reads so many bytes in order, again and again."""
    data = np.ones(size // 8)
    data.sum()
    return min(timed(data.sum) for _ in range(20))


def timed(action):
    clock = time.perf_counter()
    action()
    return time.perf_counter() - clock


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        right = agree(folder)
        print(f"{THREADS} threads")
        cases = {"dense, 1000 neurons": dense, "sparse, 50,000 neurons": sparse}
        for name, case in cases.items():
            times, limit = case(folder)
            print(f"{name}; the weights alone are read in {limit:.3f} s")
            for who, seconds in times.items():
                ratio = np.median(seconds) / np.median(times["attractor"])
                spread = ", ".join(f"{s:.3f}" for s in seconds)
                print(f"  {who:<16} {np.median(seconds):8.3f} s ({spread})  {ratio:.2f} of ours")
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()

"""Runs that are shared out among ranks under MPI, which must not be told from those of one process.

usage: check_ranks.py ATTRACTOR

An attractor with the feature mpi, and the launcher of the MPI with which it was built, Open MPI or MPICH: mpirun, or what
MPIRUN names. The data of several models are the same for 1, 2, 3 and 4 ranks
with 1 and 2 threads, over shared memory and over TCP; a run goes on with other ranks; what is refused is told in one
sentence; an interrupt and the loss of a rank end all ranks within seconds, and the run goes on.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py

# A model, its settings, and the most ranks: those of 1000 neurons have three blocks.
MODELS = [
    ("tests/data/ranks.toml", ["protocol[3].duration=200 ms"], 4),
    ("models/delayed-match-1000.toml", ["task.delayed_match.trials=4"], 3),
    ("models/microcircuit-tenth.toml", ["protocol[1].duration=300 ms"], 4),
    ("models/memory-8000.toml", [], 4),
]
SMALL = MODELS[0]
# Root, and more ranks than cores.
ALLOWED = dict(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_rmaps_base_oversubscribe="1")
ENVIRONMENT = os.environ | ALLOWED | dict(OMPI_MCA_mpi_yield_when_idle="1")
MPIRUN = os.environ.get("MPIRUN", "mpirun")
OPEN_MPI = "Open MPI" in subprocess.run([MPIRUN, "--version"], capture_output=True, text=True, check=True).stdout
# By which the ranks of one machine speak as those of several do.
TCP = (
    ("--mca", "btl", "tcp,self", "--mca", "btl_tcp_if_include", "lo")
    if OPEN_MPI
    else ("-genv", "UCX_TLS", "tcp,self", "-genv", "UCX_NET_DEVICES", "lo")
)
# Whoever waits for longer than this waits for ever.
PATIENCE = 300
SOON = 10


def hashes(recording):
    with h5py.File(recording) as file:
        told = file["provenance"].attrs
        return [told.get(name) for name in ("data_hash", "external_hash", "synapses", "synaptic_events")]


def fail(what, done=None):
    sys.exit(f"{what}\n{done.stdout}{done.stderr}" if done else what)


class Runs:
    def __init__(self, attractor, folder):
        self.attractor, self.folder = Path(attractor).resolve(), folder
        self.output = folder / "run.h5"

    def words(self, ranks, *words, over=()):
        launcher = [MPIRUN, "-n", str(ranks), *over] if ranks else []
        return [*launcher, str(self.attractor), "run", "--quiet", *map(str, words)]

    def do(self, ranks, *words, over=()):
        command = self.words(ranks, *words, over=over)
        return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=PATIENCE)

    def model(self, name, settings):
        changes = [word for setting in settings for word in ("--set", setting)]
        return [name, "-o", self.output, *changes]

    def data(self, ranks, model, *words, over=()):
        self.clear()
        done = self.do(ranks, *model, *words, over=over)
        # An expectation that a short run does not meet is no failure.
        if done.returncode not in (0, 1) or not self.output.exists():
            fail(f"{ranks} ranks left no recording", done)
        return hashes(self.output)

    def clear(self):
        for path in self.folder.iterdir():
            path.unlink()

    def begin(self, ranks, *words):
        command = self.words(ranks, *words)
        return subprocess.Popen(
            command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def wait_for_a_state(self):
        """Until the run of which this is the output can go on."""
        checkpoint, until = self.folder / "run.h5.checkpoint", time.monotonic() + PATIENCE
        while not checkpoint.exists():
            if time.monotonic() > until:
                fail("no state was saved")
            time.sleep(0.05)


def same_data(runs):
    for name, settings, most in MODELS:
        model = runs.model(name, settings)
        one = runs.data(0, model)
        for ranks in range(1, most + 1):
            for threads in (1, 2):
                if (own := runs.data(ranks, model, "--threads", threads)) != one:
                    fail(f"{name} on {ranks} ranks with {threads} threads: {own} instead of {one}")
        if runs.data(2, model, "--threads", 1, over=TCP) != one:
            fail(f"{name} over TCP differs")
        print(f"  {name}: the same data on 1 to {most} ranks with 1 and 2 threads, and over TCP")


def going_on(runs):
    model = runs.model(*SMALL[:2])
    one = runs.data(0, model)
    runs.clear()
    steps = [(3, [*model, "--until", "50 ms"]), (0, ["--until", "120 ms"]), (2, [])]
    for ranks, words in steps:
        more = [] if words[:1] == model[:1] else ["--resume", runs.output]
        done = runs.do(ranks, *more, *words)
        if done.returncode not in (0, 1):
            fail(f"a run does not go on with {ranks} ranks", done)
    if hashes(runs.output) != one:
        fail("a run that went on with other ranks has other data")
    print("  a run goes on with 3 ranks, one process and 2 ranks")


def refusals(runs):
    runs.clear()
    cases = [
        (4, ["models/letters.toml"], "networks of spiking neurons are shared out among ranks"),
        (4, ["models/memory-1000.toml"], "a rank has one block at least"),
        (2, ["models/memory-1000.toml", "--set", "projection.E_to_E.from=X"], "the model does not define"),
    ]
    for ranks, words, sentence in cases:
        done = runs.do(ranks, *words, "-o", runs.output)
        if done.returncode != 2 or done.stderr.count(sentence) != 1 or done.stderr.count("error:") != 1:
            fail(f"{words} on {ranks} ranks is not refused in one sentence", done)
    print("  what is refused is told in one sentence")


def ends_soon(runs, what, stop):
    """A long run that `stop` ends, and that goes on."""
    runs.clear()
    long = runs.model(SMALL[0], ["protocol[3].duration=1000 s", "record.v=[]", "record.input=false"])
    started = runs.begin(3, *long, "--threads", 1, "--commit", "0.2")
    runs.wait_for_a_state()
    stop(started)
    begun = time.monotonic()
    out, err = started.communicate(timeout=PATIENCE)
    took = time.monotonic() - begun
    ended = subprocess.CompletedProcess(long, started.returncode, out, err)
    # After an interrupt MPICH's launcher tells no exit code.
    if took > SOON or (started.returncode == 0 and (OPEN_MPI or what == "a lost rank")):
        fail(f"{what}: ended after {took:.1f} s", ended)
    # What is said after an interrupt Open MPI's launcher does not pass on; MPICH's ends the others before they know that
    # one is lost.
    if OPEN_MPI == (what == "a lost rank") and "--resume" not in err:
        fail(f"{what}: nobody says how to go on", ended)
    if subprocess.run(["pgrep", "-f", f"{runs.attractor} run"], stdout=subprocess.DEVNULL).returncode == 0:
        fail(f"{what}: ranks are left")
    # Long enough to come to a state on a busy machine too.
    done = runs.do(2, "--resume", runs.output, "--for", "20s")
    if done.returncode != 0:
        fail(f"{what}: the run does not go on", done)
    print(f"  {what}: all ranks ended after {took:.1f} s, and the run goes on")


def descendants(process):
    children = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True).stdout.split()
    return [one for child in map(int, children) for one in descendants(child) or [child]]


def kill_rank(started):
    os.kill(max(descendants(started.pid)), signal.SIGKILL)


def main():
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(sys.argv[1], Path(folder))
        same_data(runs)
        going_on(runs)
        refusals(runs)
        ends_soon(runs, "an interrupt", lambda started: started.send_signal(signal.SIGINT))
        ends_soon(runs, "a lost rank", kill_rank)


main()

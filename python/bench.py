"""What Python costs: memory while spikes are read, and the time of a run beside that of the command.

    python -P python/bench.py [spikes] [run [COMMAND]]

`spikes` reads 10^7 of them and tells how much memory that takes beside the arrays themselves. `run` runs memory-8000 by turns from
Python and by COMMAND, `attractor` of this environment if none is named, and compares the least times of the processor.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

#: Sources that fire 10^7 spikes.
SPIKES = """
title = "Many spikes"
source = "python/bench.py"
shows = "How they are read."
population.S = { size = 20000 }
dynamics.spiking.S = { spikes = { poisson = "500 Hz" } }
protocol = [{ name = "all", duration = "SECONDS s" }]
"""

#: Reads them, and prints their number, bytes of the arrays, and by how much the memory of the process grew at most (Linux).
READ = """
import sys
from pathlib import Path
import numpy as np
import attractor as at
# What getrusage tells counts the process that began this one.
peak = lambda: 1024 * int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
with at.open(sys.argv[1]) as run:
    run.spikes, run.populations, np.zeros(1)
    before = peak()
    times, neurons = run.spikes["S"]
print(len(times), times.nbytes + neurons.nbytes, peak() - before)
"""

RUN = """
import sys
import attractor as at
print(at.models["memory-8000"].run(sys.argv[1], threads=1, force=True).data_hash)
"""


def reading(folder: Path, seconds: float) -> tuple[int, int, int]:
    """Spikes, bytes of their arrays, and by how much memory grew."""
    import attractor as at

    path = folder / "spikes.h5"
    at.Model.from_text(SPIKES.replace("SECONDS", repr(seconds))).run(path).close()
    done = subprocess.run([sys.executable, "-c", READ, path], capture_output=True, text=True, check=True)
    spikes, arrays, grown = map(int, done.stdout.split())
    return spikes, arrays, grown


def seconds_of(words: list[str]) -> float:
    """Of the processor."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, code, used = os.wait4(process.pid, 0)
    if code:
        sys.exit(f"{words} has failed")
    return used.ru_utime + used.ru_stime


def main(words: list[str]) -> None:
    everything = not words
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if everything or "spikes" in words:
            spikes, arrays, grown = reading(folder, 1.0)
            print(f"{spikes} spikes: arrays of {arrays / 1e6:.0f} MB, memory grew by {grown / 1e6:.0f} MB")
        if everything or "run" in words:
            import attractor as at

            named = words[words.index("run") + 1 :] if "run" in words else []
            command = named[0] if named else str(Path(sys.executable).parent / "attractor")
            model, out = str(at.Models.folder / "memory-8000.toml"), str(folder / "run.h5")
            by_command = [command, "run", model, "-o", out, "--threads", "1", "--force", "--quiet"]
            times = {"Python": [], "command": []}
            for _ in range(3):
                times["Python"].append(seconds_of([sys.executable, "-c", RUN, out]))
                times["command"].append(seconds_of(by_command))
            here, there = (min(times[who]) for who in ("Python", "command"))
            print(f"memory-8000: {here:.2f} s from Python, {there:.2f} s by the command: {100 * (here / there - 1):+.1f} %")


if __name__ == "__main__":
    main(sys.argv[1:])

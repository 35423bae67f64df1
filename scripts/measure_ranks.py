"""Single ranks of large machines by themselves, as a table for docs/ranks.md.

usage: measure_ranks.py ATTRACTOR [NEURONS:RANKS ...]

The network of models/brunel-2000.toml with weaker external input: each neuron receives 1000 excitatory and 250 inhibitory
synapses, whatever the number of neurons. Neurons elsewhere fire at 5 Hz.
"""

import re
import subprocess
import sys

CASES = ["1e6:16", "1e6:128", "1e7:128", "1e7:1024", "1e8:1024", "1e8:4096"]
UNTIL = "15 ms"


def measure(attractor, neurons, ranks):
    sizes = dict(E=neurons * 4 // 5, I=neurons // 5)
    settings = [f"population.{name}.size={size}" for name, size in sizes.items()]
    settings += [f'dynamics.spiking.{name}.poisson.rate="9 kHz"' for name in sizes]
    changes = [word for setting in settings for word in ("--set", setting)]
    rank = ["--ranks", str(ranks), "--rank", str(ranks // 3), "--dry", "5 Hz"]
    command = [attractor, "run", "models/brunel-2000.toml", *changes, *rank, "--threads", "1", "--until", UNTIL]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    own = int(re.search(r": (\d+) of", done.stdout)[1])
    number = lambda pattern: float(re.search(pattern, done.stdout)[1])
    return (
        own,
        number(r"built in ([\d.]+) s"),
        number(r"([\d.]+) MB in all"),
        number(r"([\d.]+) s of computing per s"),
        number(r"sends ([\d.]+) MB"),
        number(r"receives ([\d.]+) MB"),
    )


print("| neurons | ranks | of a rank | built in | memory | computing per s | sends per s | receives per s |")
print("|---|---|---|---|---|---|---|---|")
for case in sys.argv[2:] or CASES:
    neurons, ranks = (int(float(word)) for word in case.split(":"))
    own, built, memory, computing, sent, received = measure(sys.argv[1], neurons, ranks)
    print(
        f"| {neurons:.0e} | {ranks} | {own} | {built:.0f} s | {memory / 1000:.2f} GB | {computing:.1f} s "
        f"| {sent:.2f} MB | {received:.0f} MB |",
        flush=True,
    )

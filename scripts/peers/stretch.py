"""How the programs of other simulators time a stretch, and tell what they found."""

import json
import resource
import time


class Stretch:
    """Seconds that pass, and those in which this process computes, from here to `end`."""

    def __init__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def end(self):
        return {"wall": time.perf_counter() - self.wall, "cpu": time.process_time() - self.cpu}


def peak():
    """The most memory that this process has had, in bytes."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def tell(times, spikes, build, peak, compiled=0.0):
    """The last line that a program prints."""
    print(json.dumps(times | {"spikes": spikes, "build": build, "compile": compiled, "peak": peak}))

"""Ctrl-C ends a run, and leaves what was recorded."""

import os
import signal
import threading
import time

import pytest

import attractor as at


SCALE = "projection.E_to_E.scale"


def interrupt_when(ready):
    """Interrupts this process as Ctrl-C does once `ready`; tells the thread that does it, and in a list when."""
    asked = []

    def wait():
        end = time.monotonic() + 60
        while not ready() and time.monotonic() < end:
            time.sleep(0.02)
        asked.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread, asked


def long():
    return at.models["memory-1000"].with_({"protocol[0].duration": "10000 s"})


def test_an_interrupt_leaves_what_was_recorded(tmp_path, call):
    out = tmp_path / "run.h5"
    state = tmp_path / "run.h5.part"
    waiter, asked = interrupt_when(state.exists)
    with pytest.raises(KeyboardInterrupt):
        long().run(out)
    ended = time.monotonic()
    waiter.join()
    assert ended - asked[0] < 5
    assert not out.exists()
    run = at.open(state)
    times, _ = run.spikes["E"]
    assert not run.complete and run.end > 0 and len(times) > 0 and times[-1] <= run.end
    assert run.data_hash == "" and "did not end" in repr(run)
    # The command goes on with it.
    done = call("run", "--resume", out, "--until", f"{run.end + 100:.0f} ms")
    assert done.returncode == 0, done.stderr
    further = at.open(state)
    assert further.end >= run.end + 100
    assert (further.spikes["E"][0][: len(times)] == times).all()


def test_an_interrupt_ends_a_run_in_memory():
    begun = time.monotonic()
    waiter, _ = interrupt_when(lambda: time.monotonic() > begun + 2)
    with pytest.raises(KeyboardInterrupt):
        long().run()
    waiter.join()
    # And Python is as it was.
    assert at.models["letters"].with_({"task.recall.trials": 2}).run().complete


@pytest.mark.parametrize(
    "work",
    [
        lambda: at.theory(at.models["memory-1000"], {SCALE: "0.1 mV:0.3 mV:9999"}),
        lambda: at.states(at.models["flip-flop"], {"dynamics.rate.units.N.tau": "1 ms:9 ms:2000"}, starts=100_000),
        lambda: at.plan(at.models["memory-1000"], {SCALE: "0.1 mV:0.3 mV:99999"}),
        lambda: at.sweep(at.models["memory-1000"], {SCALE: "0.1 mV:0.3 mV:99999"}),
    ],
    ids=["theory", "states", "plan", "sweep"],
)
def test_an_interrupt_ends_what_takes_long(work):
    begun = time.monotonic()
    waiter, asked = interrupt_when(lambda: time.monotonic() > begun + 1)
    with pytest.raises(KeyboardInterrupt):
        work()
    ended = time.monotonic()
    waiter.join()
    # It is heard from one point, or start, to the next, of which all would take hours.
    assert ended - asked[0] < 60


def test_what_progress_raises_ends_the_run():
    def tell(time):
        raise RuntimeError(f"at {time}")

    with pytest.raises(RuntimeError, match="at "):
        long()._native.run(None, 1, False, tell, None, None, (None, None, 2.0))

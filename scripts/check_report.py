"""The pages of `attractor report` in a headless browser: their numbers are those of `info --json`, their spikes and states
those of the recording, they open quickly, ask the network for nothing, and obey keys and buttons.

Usage: check_report.py ATTRACTOR [FOLDER]      (from the root of the project; pictures of the pages go to FOLDER)
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np
from browser import Browser

# The pages that are looked at, one of every kind.
MODELS = ["memory-8000", "memory-1000", "brunel-2000", "delayed-match-1000", "letters", "capacity", "images"]
READY = "document.readyState === 'complete' && document.documentElement.dataset.ready"
# Seconds until a page has been drawn, and the median of milliseconds for a picture of the activity.
OPENS, DRAWS = 3.0, 60.0
# 10^6 bytes.
LARGEST = 15.0

CELLS = """Array.from(document.querySelectorAll("[data-path]"), (cell) =>
    [cell.dataset.path, cell.dataset.value ?? null, cell.textContent])"""
DRAWING = """(() => {
    const { view } = window.report, times = [];
    for (let k = 0; k < 21; k++) {
        const begin = performance.now();
        view.draw();
        times.push(performance.now() - begin);
    }
    return times.sort((a, b) => a - b)[10];
})()"""


class Check:
    def __init__(self):
        self.failures = []

    def expect(self, what, good):
        print(f"{'ok ' if good else 'BAD'} {what}")
        if not good:
            self.failures.append(what)


def at(document, pointer):
    """What stands at a JSON pointer."""
    for key in pointer.split("/")[1:]:
        key = key.replace("~1", "/").replace("~0", "~")
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


def numbers(document, pointer=""):
    """The pointers to all numbers."""
    if isinstance(document, bool):
        return
    if isinstance(document, (int, float)):
        yield pointer
    elif isinstance(document, (dict, list)):
        pairs = document.items() if isinstance(document, dict) else enumerate(document)
        for key, value in pairs:
            yield from numbers(value, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")


def shown(text):
    """The number that a cell shows."""
    return float(text.replace("\u202f", "").replace("\u2212", "-"))


def check_numbers(check, browser, info):
    """Every number of the summary stands in a table, to six digits, and exactly beside it; text does as it is."""
    embedded = json.loads(browser.evaluate("document.getElementById('summary').textContent"))
    check.expect("the page holds what info --json --theory prints", embedded == info)
    cells, wrong, seen = browser.evaluate(CELLS), [], set()
    for pointer, exact, text in cells:
        value = at(info, pointer)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            word = {True: "yes", False: "no", None: "–", "": "–"}.get(value, value)
            good = text == word
        else:
            good = float(exact) == value and abs(shown(text) - value) <= 5.1e-6 * abs(value)
            seen.add(pointer)
        if not good:
            wrong.append((pointer, text, value))
    missing = set(numbers(info)) - seen
    check.expect(f"{len(cells)} cells say what stands at their path {wrong[:3]}", not wrong)
    check.expect(f"every one of {len(seen)} numbers stands in a table {sorted(missing)[:3]}", not missing and seen)
    verdicts = browser.evaluate("Array.from(document.querySelectorAll('#comparison td:last-child'), (td) => td.textContent)")
    expected = ["✓ met" if verdict["met"] else "✗ NOT MET" for verdict in info["expect"]]
    check.expect(f"{len(expected)} verdicts are those of the summary", verdicts[: len(expected)] == expected)


def check_spikes(check, browser, file):
    """The page has the spikes of the recording, in order, at times to 0.01 ms."""
    for k, name in enumerate(browser.evaluate("report.recorded.populations.map((p) => p.name)")):
        spikes = f"report.recorded.populations[{k}].spikes"
        every = browser.evaluate(f"{spikes}.every")
        times = np.array(browser.evaluate(f"Array.from({spikes}.time)"))
        neurons = np.array(browser.evaluate(f"Array.from({spikes}.neuron)"))
        group = file[f"spikes/{name}"]
        kept = group["node_ids"][:] % every == 0
        exact, ids = group["timestamps"][:][kept], group["node_ids"][:][kept]
        same = len(exact) == len(times) and np.array_equal(ids, neurons) and np.abs(exact - times).max() <= 0.00501
        check.expect(f"{len(times)} spikes of {name}, of one neuron in {every}, are those of the recording", same)


def check_states(check, browser, file):
    """The page has the states of the recording, and the picture of a look shows them."""
    population = next(iter(file["states"]))
    recorded = file[f"states/{population}/state"][:]
    number = browser.evaluate("report.data.looks.number")
    looks = [0, number // 2, number - 1]
    same = True
    for look in looks:
        script = f"Array.from({{length: {recorded.shape[1]}}}, (_, i) => Data.activity(report.recorded.populations[0], {look}, i))"
        same &= np.array_equal(browser.evaluate(script), recorded[look])
    check.expect(f"the states of {population} at {len(looks)} of {number} looks are those of the recording", same)
    browser.evaluate("document.getElementById('play').click()")
    before = browser.evaluate("report.player.look")
    time.sleep(1.0)
    after = browser.evaluate("report.player.look")
    last = browser.evaluate("report.player.range[1] - 1")
    check.expect(f"played back from look {before} to {after}", after > before or after == last)
    browser.evaluate("report.player.stop()")


def check_control(check, browser):
    """Keys move and zoom, buttons step through parts."""
    span = "report.view.to - report.view.from"
    browser.evaluate("document.getElementById('panels').focus()")
    whole = browser.evaluate(span)
    for key in ("+", "+", "+"):
        browser.key(key)
    close, start = browser.evaluate(span), browser.evaluate("report.view.from")
    browser.key("ArrowRight")
    moved = browser.evaluate("report.view.from")
    browser.key("0")
    back = browser.evaluate(span)
    least = browser.evaluate("SPIKES ? 1 : Looks.interval")
    check.expect("keys zoom, move and show all again", (close < whole or whole <= least) and moved >= start and back == whole)
    parts = browser.evaluate("report.parts.listed.length")
    browser.evaluate("report.parts.choose(report.parts.listed[0])")
    seen = {browser.evaluate("document.getElementById('part').selectedIndex")}
    for _ in range(min(parts, 20) - 1):
        browser.key("PageDown")
        seen.add(browser.evaluate("document.getElementById('part').selectedIndex"))
    check.expect(f"Page Down steps through {len(seen)} of {parts} parts", len(seen) == min(parts, 20))
    browser.evaluate("report.parts.choose(report.parts.listed[0])")


def check_page(check, browser, attractor, model, directory, pictures):
    print(f"-- {model}")
    recording, page = directory / f"{model}.h5", directory / f"{model}.html"
    subprocess.run([attractor, "run", f"models/{model}.toml", "-o", recording, "--quiet"])
    subprocess.run([attractor, "report", recording, "-o", page], check=True, stdout=subprocess.DEVNULL)
    info = json.loads(subprocess.run([attractor, "info", recording, "--json", "--theory"], capture_output=True).stdout)
    size = page.stat().st_size / 1e6
    check.expect(f"{size:.1f} MB", size <= LARGEST)
    # The first page that a browser opens pays for the browser's own beginning.
    seconds = min(browser.open(page, READY) for _ in range(2))
    check.expect(f"opens in {seconds:.2f} s", seconds <= OPENS)
    drawing = browser.evaluate(DRAWING)
    check.expect(f"draws its activity in {drawing:.1f} ms", drawing <= DRAWS)
    check_numbers(check, browser, info)
    with h5py.File(recording) as file:
        if "spikes" in file:
            check_spikes(check, browser, file)
        elif "states" in file:
            check_states(check, browser, file)
    check_control(check, browser)
    asked = [url for url in browser.requests if not url.startswith(("data:", "blob:", page.resolve().as_uri()))]
    check.expect(f"asks the network for nothing {asked[:2]}", not asked)
    check.expect(f"has no errors {browser.errors[:2]}", not browser.errors)
    if pictures:
        for theme in ("light", "dark"):
            browser.theme(theme)
            browser.screenshot(pictures / f"{model}-{theme}.png")


def main(attractor, pictures=None):
    check = Check()
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, Browser() as browser:
        for model in MODELS:
            browser.theme("light")
            check_page(check, browser, attractor, model, Path(name), pictures)
    print("\n".join(check.failures) or "every page is right")
    return not check.failures


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(0 if main(sys.argv[1], *map(Path, sys.argv[2:])) else 1)

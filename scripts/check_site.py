"""The pages of the site in a headless browser, in a wide and in a narrow window, light and dark: none is wider than its
window, none lacks a picture, asks other sites for anything or complains, and equations are set.

Usage: check_site.py SITE [FOLDER]      (pictures of the pages go to FOLDER)
"""

import sys
from pathlib import Path

from browser import Browser

WIDE, NARROW = 1400, 400
READY = """document.readyState === 'complete' && (!document.querySelector('.math') || !!window.MathJax?.startup?.promise)"""
SETTLED = "Promise.resolve(window.MathJax?.startup?.promise).then(() => true)"
# What a page looks like when it is whole: its width, pictures that did not come, equations that are not set.
LOOK = """(() => {
    document.querySelectorAll("img").forEach((it) => it.loading = "eager");
    const lost = [...document.images].filter((it) => it.complete && it.naturalWidth === 0).map((it) => it.src);
    const plain = [...document.querySelectorAll(".math")].filter((it) => !it.querySelector("mjx-container"));
    const { scrollWidth, scrollHeight } = document.documentElement;
    const wrong = document.querySelectorAll("mjx-merror, [data-mjx-error]").length;
    return { scrollWidth, scrollHeight, lost, plain: plain.length + wrong };
})()"""


def check(site, pictures):
    failures = []
    pages = [path for path in sorted(site.rglob("*.html")) if path.relative_to(site).parts[0] not in ("rust", "_static")]
    for width, theme in ((WIDE, "light"), (NARROW, "light"), (WIDE, "dark")):
        with Browser(width, 1000) as browser:
            browser.theme(theme)
            for path in pages:
                name = path.relative_to(site).with_suffix("").as_posix()
                browser.open(path, READY)
                browser.evaluate(SETTLED)
                look = browser.evaluate(LOOK)
                failures += [f"{name}, {width} px: {error}" for error in browser.errors]
                failures += [f"{name}: asks for {url}" for url in browser.requests if not url.startswith(("file:", "data:"))]
                failures += [f"{name}: {source} did not come" for source in look["lost"]]
                if look["scrollWidth"] > width:
                    failures.append(f"{name}: {look['scrollWidth']} px in a window of {width} px")
                if look["plain"]:
                    failures.append(f"{name}: {look['plain']} equations are not set")
                if pictures:
                    file = pictures / f"{name.replace('/', '-')}-{width}-{theme}.png"
                    height = min(look["scrollHeight"], 9000)
                    browser.screenshot(file, {"x": 0, "y": 0, "width": width, "height": height})
    if not pages:
        failures.append(f"{site} has no pages")
    print(f"{len(pages)} pages, {WIDE} and {NARROW} px, light and dark")
    print("\n".join(failures))
    return failures


if __name__ == "__main__":
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    sys.exit(1 if check(Path(sys.argv[1]), folder) else 0)

"""Every link within the built site leads to a page, and to a place on it, that exists.

Usage: check_links.py FOLDER
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """What a page links to, and the names of its places."""

    def __init__(self, path):
        super().__init__()
        self.links, self.places = [], {"", "top"}
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id" or (tag == "a" and name == "name"):
                self.places.add(value)
            elif name in ("href", "src") and value:
                self.links.append(value)


def main(folder):
    # The crate's documentation is checked by rustdoc.
    paths = [path for path in sorted(folder.rglob("*.html")) if path.relative_to(folder).parts[0] != "rust"]
    pages = {path: Page(path) for path in paths}
    broken, checked = [], 0
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            checked += 1
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            if not target.exists():
                broken.append(f"{path.relative_to(folder)}: {link} leads to no file")
            elif target in pages and unquote(parts.fragment) not in pages[target].places:
                broken.append(f"{path.relative_to(folder)}: {link} leads to no place")
    print(f"{checked} links within {len(pages)} pages")
    print("\n".join(broken), end="\n" * bool(broken))
    sys.exit(1 if broken or not pages else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())

"""Puts the sources of the site together: what stands in docs/, and what is made from models, schema, command and package.

Usage: assemble.py FOLDER [--rust]     (in the root of the project; --rust: rust/ of the site has the crate's documentation)

Documents have one text, which is read in the repository and here: only their links change on the way.
"""

import re
import sys
from pathlib import Path

import gallery
import reference

LINK = re.compile(r"(!?\[(?:[^\[\]]|\[[^\[\]]*\])*\])\(([^()\s]+)\)")
# Pages of the root, and what the site calls them.
PAGES = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md", "README.md": "index.md"}
# What the links of a folder lead to here.
FOLDERS = {"src": "reference/rust.md", "python": "reference/python.md", "examples": "tutorials/recordings.md"}


class Sources:
    """The folder of sources: files that are as they were keep their times, so that only what changed is built."""

    def __init__(self, root):
        self.root = root
        self.written = set()

    def write(self, name, content):
        path = self.root / name
        self.written.add(path)
        content = content.encode() if isinstance(content, str) else content
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def stale(self, name, source):
        """Whether a file that is made of `source` must be made again; it is kept otherwise."""
        path = self.root / name
        self.written.add(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        return not path.exists() or path.stat().st_mtime < source.stat().st_mtime

    def page(self, name, text, origin):
        """A page, whose links start from the folder of the file `origin`."""
        self.write(name, LINK.sub(lambda found: f"{found[1]}({self.place(found[2], name, origin)})", text))

    def place(self, link, name, origin):
        """What a link of the repository becomes."""
        target, hash, anchor = link.partition("#")
        if not target or "://" in target or target.startswith(("mailto:", "/")):
            return link
        file = (origin.parent / target).resolve().relative_to(Path.cwd())
        if not file.exists():
            sys.exit(f"error: {origin}: the link {link} leads to nothing")
        if file.parts[0] == "docs":
            return "/" + file.relative_to("docs").as_posix() + hash + anchor
        if str(file) in PAGES:
            return "/" + PAGES[str(file)] + hash + anchor
        if file.parent == Path("models") and file.suffix in (".toml", ".png"):
            return f"/gallery/{file.stem}{'.md' if file.suffix == '.toml' else '.png'}"
        if file == Path("models/attractor.schema.json"):
            return "/reference/schema.md"
        if file.is_file() and file.parts[0] != "src":
            self.write(Path("files") / file, file.read_bytes())
            return "/" + (Path("files") / file).as_posix()
        if file.parts[0] not in FOLDERS:
            sys.exit(f"error: {origin}: the link {link} leads to a folder without a page here; link one of its files")
        return "/" + FOLDERS[file.parts[0]]

    def sweep(self):
        """Removes what is no source any more."""
        for path in sorted(self.root.rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path not in self.written:
                path.unlink()


def main(folder, rust):
    sources = Sources(Path(folder))
    for path in sorted(Path("docs").rglob("*.md")):
        sources.page(path.relative_to("docs"), path.read_text(), path)
    for page, name in PAGES.items():
        if page != "README.md":
            sources.page(name, Path(page).read_text(), Path(page))
    gallery.write(sources)
    reference.write(sources, rust)
    sources.sweep()


if __name__ == "__main__":
    main(sys.argv[1], "--rust" in sys.argv[2:])

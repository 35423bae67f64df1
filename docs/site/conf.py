"""The site, as Sphinx builds it; scripts/site puts its sources together first (assemble.py)."""

import os

import attractor
from sphinx.ext.napoleon import Config, GoogleDocstring

project = "attractor"
author = "the authors of attractor"
copyright = "the authors of attractor; MIT or Apache-2.0"
version = release = attractor.__version__
html_title = f"attractor {release}"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx_copybutton",
    "sphinx_design",
    # Equations without another site's help.
    "sphinx-mathjax-offline",
]
myst_enable_extensions = ["colon_fence", "dollarmath"]
# The anchors that the repository's pages have.
myst_heading_anchors = 4

# Notebooks run when they, or the package, have changed; a cell that fails ends the build.
nb_execution_mode = "cache"
nb_execution_cache_path = os.environ["SITE_CACHE"]
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_execution_in_temp = True
nb_execution_timeout = 300
nb_merge_streams = True

autodoc_member_order = "bysource"
maximum_signature_line_length = 72
# What docstrings mark is code, and not always a name that can be looked up.
default_role = "code"
# Names of other packages are not looked up: their sites may be away.
nitpick_ignore_regex = [(r"py:.*", r"(?!attractor\.).*")]
# Helps that stand in types, but are no part of the package's words.
nitpick_ignore_regex += [(r"py:.*", r"attractor\._(attractor|views)\..*")]

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_favicon = "static/icon.svg"
html_copy_source = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b6fb0", "color-brand-content": "#0b6fb0"},
    "dark_css_variables": {"color-brand-primary": "#6cb8ec", "color-brand-content": "#6cb8ec"},
}
copybutton_exclude = ".linenos, .gp, .go"

linkcheck_timeout = 20


def sections(app, what, name, it, options, lines):
    """Reads the parts of a docstring (Args, Raises). An attribute has none: its words before a colon are no type."""
    if what in ("function", "method", "class"):
        lines[:] = GoogleDocstring(list(lines), Config(), app, what, name, it, options).lines()
    elif lines and lines[0].startswith("Alias for field number"):
        lines[:] = []


def signature(app, what, name, it, options, parameters, returns):
    """Classes are made by functions that say so."""
    return ("", None) if what == "class" else None


def setup(app):
    app.connect("autodoc-process-signature", signature)
    app.connect("autodoc-process-docstring", sections)

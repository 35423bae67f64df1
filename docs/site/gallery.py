"""The gallery: one page per model in models/, with its picture, what it shows, its commands and its file."""

import re
import tomllib
from pathlib import Path

import attractor
from PIL import Image

# By the dynamics of a model: the heading of its part.
PARTS = {
    "spiking": "Spiking neurons",
    "binary": "Two-state neurons",
    "rate": "Graded neurons",
    "modern": "Modern Hopfield networks",
}
# Pixels of a picture on its page, and on its card.
WIDE, SMALL = 1400, 560

NUMBER = "patterns.N.random.number"
# What draws a picture of its kind, where it is not `attractor plot NAME.h5` alone.
DRAWN = {
    "capacity": f"""attractor sweep models/capacity.toml --over population.N.size=250,500,1000 \\
    --over {NUMBER}=20:240:12 --repeat 3 -o table.h5
attractor plot table.h5 --x load --y overlap --series population.N.size""",
    "capitals": "attractor plot capitals.h5 --as strip --trial 1",
    "delayed-match": "attractor analyze delayed-match.h5  # neurons.png, in its folder",
    "delayed-match-1000": "attractor analyze delayed-match-1000.h5  # roc.png, in its folder",
    "delayed-match-abba": "attractor analyze delayed-match-abba.h5  # overlaps.png, in its folder",
    "delayed-match-degraded": "attractor analyze delayed-match-degraded.h5  # left_out.png, in its folder",
    "delayed-match-distractors": "attractor analyze delayed-match-distractors.h5  # distractor_hz.png, in its folder",
    "diluted": f"""attractor sweep models/diluted.toml --over {NUMBER}=5:50:10 -o table.h5
attractor plot table.h5 --x load --y overlap""",
    "hopfield-1982": f"""attractor sweep models/hopfield-1982.toml --over {NUMBER}=5,10,15 --repeat 60 -o table.h5
attractor plot table.h5 --histogram errors --log-y""",
    "images": "attractor plot images.h5 --as strip --trial 1",
    "letters": "attractor plot letters.h5 --as strip --trial 59",
    "low-activity": f"""attractor sweep models/low-activity.toml --over {NUMBER}=100:1000:10 -o table.h5
attractor plot table.h5 --x load --y overlap""",
    "palimpsest": """attractor run models/palimpsest.toml -o all.h5 --set task.recall.trials=500 \\
    --set task.recall.patterns="[$(seq -s, 500)]"            # exit code 1: the oldest are forgotten
attractor plot all.h5 --x age/N --y overlap""",
    "pseudo-inverse": f"""attractor sweep models/pseudo-inverse.toml --over {NUMBER}=20:180:9 -o table.h5
attractor plot table.h5 --x load --y exact --series flipped""",
    "salesman": "attractor plot salesman.h5 --as tours",
    "salesman-10": "attractor plot salesman-10.h5 --as tours",
    "several-items": "attractor plot several-items.h5 --as load",
    "spurious": "attractor plot spurious.h5 --as spurious",
    "stochastic": """attractor sweep models/stochastic.toml --over dynamics.binary.temperature=0.1:1.4:14 \\
    --repeat 2 -o table.h5
attractor plot table.h5 --y overlap""",
    "storkey": f"""attractor sweep models/storkey.toml --over projection.J.learning=hebb,storkey,pseudo_inverse \\
    --over {NUMBER}=10:100:10 -o table.h5
attractor plot table.h5 --x {NUMBER} --y exact --series projection.J.learning""",
    "two-choice": "attractor plot two-choice.h5 --as psychometric",
}


def order():
    """The models as docs/models.md lists them, the rest behind."""
    listed = re.findall(r"\.\./models/([\w-]+)\.toml", Path("docs/models.md").read_text())
    present = sorted(path.stem for path in Path("models").glob("*.toml"))
    return list(dict.fromkeys([*listed, *present]))


def picture(sources, name):
    """Its picture, in the sizes of its page and its card; whether it has one."""
    source = Path("models") / f"{name}.png"
    if not source.exists():
        return False
    for suffix, width in (("", WIDE), ("-small", SMALL)):
        target = f"gallery/{name}{suffix}.png"
        if sources.stale(target, source):
            with Image.open(source) as image:
                image = image.convert("RGB")
                image.thumbnail((width, 10 * width), Image.Resampling.LANCZOS)
                image.quantize(256, dither=Image.Dither.NONE).save(sources.root / target, optimize=True)
    return True


def page(sources, name):
    """Writes the page of a model; its part, and its card."""
    path = Path("models") / f"{name}.toml"
    own, model = tomllib.loads(path.read_text()), attractor.Model.from_toml(path).to_dict()
    kind = next(iter(model["dynamics"]))
    size = ", ".join(f"{it['size']} {population}" for population, it in model["population"].items()) \
        if "population" in model else ""
    pictured = picture(sources, name)
    facts = [("Shows", model["shows"]), ("Source", model["source"])]
    facts += [("Neurons", f"{PARTS[kind].lower()}: {size}" if size else PARTS[kind].lower())]
    if "base" in own:
        base = own["base"].removesuffix(".toml")
        facts += [("Builds\u00a0on", f"[{base}]({base}.md)")]
    if model.get("expect"):
        claims = ", ".join(f"[`{claim}`](/model-file.md#expect)" for claim in model["expect"])
        facts += [("Claims", f"{claims}: a run ends with exit code 1 where one is not met")]
    lines = [f"# {name}", "", f"**{model['title']}**", ""]
    if pictured:
        lines += [f"![{model['title']}]({name}.png)", ""]
    lines += ["| | |", "|---|---|", *(f"| {what} | {text} |" for what, text in facts), ""]
    lines += ["## Run it", "", "```sh", f"attractor run models/{name}.toml"]
    lines += [DRAWN.get(name, f"attractor plot {name}.h5"), "```", ""]
    if name in DRAWN:
        lines += ["These draw a picture of the kind above. From Python:", ""]
    else:
        lines += ["From Python:", ""]
    lines += ["```py", "import attractor as at", "", f'run = at.models["{name}"].run()', "```", ""]
    sources.write(f"gallery/{name}.toml", path.read_text())
    lines += [f"## Its file", "", f"```{{literalinclude}} {name}.toml", ":language: toml", "```", ""]
    lines += [f"{{download}}`{name}.toml`", ""]
    sources.write(f"gallery/{name}.md", "\n".join(lines))
    card = [f":::{{grid-item-card}} {name}", f":link: {name}", ":link-type: doc"]
    card += [f":img-top: {name}-small.png", ":img-alt: " + model["title"]] if pictured else []
    return kind, [*card, "", model["shows"], ":::", ""]


def write(sources):
    cards = {kind: [] for kind in PARTS}
    names = order()
    for name in names:
        kind, card = page(sources, name)
        cards[kind] += card
    lines = ["# Gallery", ""]
    lines += ["Every file in `models/` is one classic result. It says where it comes from, and claims what it"]
    lines += ["shows; a test holds it to that. The pictures are drawn by `attractor plot`.", ""]
    for kind, heading in PARTS.items():
        lines += [f"## {heading}", "", "::::{grid} 1 2 2 3", ":gutter: 3", ":class-container: gallery", ""]
        lines += [*cards[kind], "::::", ""]
    lines += ["```{toctree}", ":hidden:", "", *names, "```", ""]
    sources.write("gallery/index.md", "\n".join(lines))

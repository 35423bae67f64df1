"""The model file, key by key, from its JSON Schema."""

import json

# Values that the page of the model file explains.
VALUES = {
    "delay": "random time, sweeps",
    "duration": "time, sweeps",
    "strength": "potential, number",
    "RandomNumber": "number, distribution",
    "double_or_course": "number, [course](../model-file.md#courses-in-time)",
    "double_or_levels": "number, levels",
}


def value(name):
    """What a definition such as a_time_or_random is."""
    what, _, more = name.removeprefix("a_").partition("_or_")
    course = f"{what}, [course](../model-file.md#courses-in-time)"
    return {"": what, "random": f"random {what}", "levels": f"{what}, levels", "course": course}[more]


class Keys:
    """Walks a schema from its root, and lists every table of keys by its path."""

    def __init__(self, document):
        self.definitions = document["definitions"]
        self.tables, self.done = [], set()

    def resolved(self, it):
        """What a reference stands for; its own description goes first."""
        own = {key: value for key, value in it.items() if key not in ("allOf", "$ref")}
        for part in [*it.get("allOf", []), *([it] if "$ref" in it else [])]:
            if "$ref" in part:
                own = {**self.resolved(self.definitions[part["$ref"].removeprefix("#/definitions/")]), **own}
        return own

    def kind(self, it, path):
        """What may stand there, in few words; tables that may are walked."""
        for part in [it, *it.get("allOf", [])]:
            name = part.get("$ref", "").removeprefix("#/definitions/")
            if name in VALUES or name.startswith("a_"):
                return VALUES.get(name) or value(name)
        it = self.resolved(it)
        if "const" in it:
            return f'`"{it["const"]}"`' if isinstance(it["const"], str) else f"`{it['const']}`"
        if "enum" in it:
            return ", ".join(f'`"{value}"`' for value in it["enum"])
        if options := it.get("oneOf") or it.get("anyOf"):
            if all("description" in option for option in options) and len(options) > 1:
                return self.choice(it, options, path)
            kinds = [self.kind(option, path) for option in options]
            return ", ".join(dict.fromkeys(kind for kind in kinds if kind))
        if it.get("type") == "array":
            items = it.get("items", {})
            kinds = [self.kind(item, path) for item in (items if isinstance(items, list) else [items])]
            return f"list of {', '.join(dict.fromkeys(kinds))}"
        if it.get("type") == "object" or "properties" in it:
            return self.table(it, path)
        names = {"integer": "whole number", "number": "number", "boolean": "`true`, `false`", "string": "text"}
        kind = it.get("type")
        return " or ".join(names.get(one, one) for one in (kind if isinstance(kind, list) else [kind]) if one != "null")

    def table(self, it, path):
        """A table: one of a single key stands inline, another gets a part of its own."""
        properties = it.get("properties", {})
        named = it.get("additionalProperties")
        if isinstance(named, dict):
            return f"by NAME: {self.kind(named, path + '.NAME')}"
        if len(properties) == 1 and it.get("required") == list(properties):
            key, value = next(iter(properties.items()))
            return f"`{{ {key} = … }}`: {self.kind(value, f'{path}.{key}') or 'no keys'}"
        if not properties:
            return ""
        self.walk(it, path)
        return f"[table](#{anchor(path)})"

    def choice(self, it, options, path):
        """Alternatives that are described: they get a part of their own."""
        if path not in self.done:
            self.done.add(path)
            here = len(self.tables)
            self.tables.append(None)
            rows = [(self.kind(option, path), words(option["description"])) for option in options]
            self.tables[here] = (path, words(it.get("description")), ("one of", "what it is"), rows)
        return f"[one of these](#{anchor(path)})"

    def walk(self, it, path):
        if path in self.done:
            return
        self.done.add(path)
        rows, here = [], len(self.tables)
        self.tables.append(None)
        for key, value in it["properties"].items():
            full = self.resolved(value)
            about = words(full.get("description"))
            if isinstance(full.get("default"), (str, int, float)):
                about += f" Default: `{json.dumps(full['default'])}`."
            rows.append((f"`{key}`", self.kind(value, f"{path}.{key}" if path else key), about))
        self.tables[here] = (path, words(it.get("description")), ("key", "value", "what it is"), rows)


def words(text):
    """One line; what Rust's documentation marks as code of its own is text here."""
    return " ".join((text or "").split())


def anchor(path):
    """Of a heading, as MyST makes it from its words."""
    kept = [letter for letter in path.lower() if letter.isalnum() or letter in "_-"]
    return "".join(kept)


def cell(text):
    """A cell of a table; asterisks are no emphasis."""
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "\\<").replace("$", "\\$")


def page(document):
    keys = Keys(document)
    keys.walk(document, "")
    lines = ["# The schema of the model file", ""]
    lines += ["Every key, as the types of the program have it; made from `models/attractor.schema.json`, which"]
    lines += ["`attractor schema` prints. [The model file](/model-file.md) tells the same in order, and [how values are"]
    lines += ["written](/model-file.md#how-values-are-written).", ""]
    for path, about, columns, rows in keys.tables:
        lines += [f"## `{path}`" if path else "## The top", "", cell(about), ""]
        lines += [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
        lines += [f"| {' | '.join(map(cell, row))} |" for row in rows]
        lines.append("")
    return "\n".join(lines)

"""The operator's mapping: which layer and columns of their own files are roads, water, names …

A JSON file, a list of rules; the first that fits a layer counts:

    [{"from": "道路中心线", "to": "roads", "name": "路名", "class": "等级",
      "classes": {"主干路": "primary", "次干路": "secondary"}, "otherwise": "street"}]

`from` is the layer's name, or that of its file without ending. `class` and `name` are columns. Without `class` all of
it is `otherwise`, which is the layer's plainest class when it is not given.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from mapping.basemap.errors import BasemapError
from mapping.basemap.layers import LAYERS, Kind, kind

_MEMBERS = {"from", "to", "name", "class", "classes", "otherwise"}


@dataclass(frozen=True)
class Rule:
    """What a layer of a file is."""

    source: str
    layer: str
    name_column: str | None = None
    class_column: str | None = None
    classes: dict[str, str] = field(default_factory=dict)
    otherwise: str = ""

    def kind_of(self, value: str) -> Kind:
        """What a feature with this value in the class column is drawn as."""
        classes = LAYERS[self.layer].classes
        name = self.classes.get(value) or (value if value in classes else self.otherwise)
        return kind(self.layer, name)


def read_rules(path: Path) -> list[Rule]:
    """The rules of a mapping file.

    Raises:
        BasemapError: it cannot be read, or a rule names what does not exist.
    """
    try:
        rules = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BasemapError(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise BasemapError(_("%(path)s is no JSON: %(why)s") % {"path": path, "why": error}) from error
    if not isinstance(rules, list) or not rules:
        raise BasemapError(_("%(path)s: a mapping is a list of rules.") % {"path": path})
    return [_rule(path, number, rule) for number, rule in enumerate(rules, 1)]


def rule_for(rules: Sequence[Rule], path: Path, layer: str) -> Rule | None:
    """The first rule for a layer of a file."""
    return next((rule for rule in rules if rule.source in (layer, path.stem, path.name)), None)


def _rule(path: Path, number: int, entry: Any) -> Rule:
    def refuse(sentence: str, **params: Any) -> BasemapError:
        return BasemapError(
            _("%(path)s, rule %(number)s: ") % {"path": path, "number": number} + sentence % params
        )

    if not isinstance(entry, dict) or not all(isinstance(entry.get(name), str) for name in ("from", "to")):
        raise refuse(_("it needs “from” and “to”."))
    for member in entry.keys() - _MEMBERS:
        raise refuse(_("“%(name)s” is not known."), name=member)
    for member in ("name", "class", "otherwise"):
        if not isinstance(entry.get(member, ""), str):
            raise refuse(_("“%(name)s” is not a text."), name=member)
    layer = LAYERS.get(entry["to"])
    if layer is None:
        raise refuse(
            _("there is no layer “%(name)s”; there are: %(names)s"), name=entry["to"], names=_listed(LAYERS)
        )
    classes = entry.get("classes", {})
    if not isinstance(classes, dict) or not all(isinstance(value, str) for value in classes.values()):
        raise refuse(_("“%(name)s” is no list of words and classes."), name="classes")
    otherwise = entry.get("otherwise") or layer.other
    for name in (*classes.values(), otherwise):
        if name not in layer.classes:
            raise refuse(
                _("%(layer)s has no class “%(name)s”; it has: %(names)s"),
                layer=layer.name,
                name=name,
                names=_listed(layer.classes),
            )
    return Rule(entry["from"], layer.name, entry.get("name"), entry.get("class"), classes, otherwise)


def _listed(names: Any) -> str:
    return ", ".join(names)

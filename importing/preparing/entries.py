"""The steps of preparing that look names up in the lists: types, themes, conditions, roads, sites, units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from assets.code_lists import Choices, fixed_list
from assets.models import CONDITION_BY_CODE, AssetType, Condition, Lifecycle
from importing import names
from importing.preparing.cells import LONGEST_VALUE_SHOWN, Column, LedgerCells, NotImportable, filled
from importing.values import words

_UNITS = ("owner", "maintainer", "supervisor")


class Entries(LedgerCells):
    """Names to keys."""

    def _find_names(self) -> None:
        self._find_types()
        self._find_themes()
        self._find_conditions()
        for name, load in (("road", names.roads), ("site", names.sites)):
            self.columns[f"{name}_id"] = self._look_up(name, load, f"{name}_unknown")
        self._find_units()

    def _look_up(self, name: str, load: Callable[[], names.Names[Any]], code: str) -> Column:
        """The keys of the entries that a column names; unknown names are said and left out."""
        texts = self._parsed(name, words.parse_text)
        if not any(texts):
            return texts
        entries = load()
        keys = {text: entries.find(text) for text in set(texts) if text}
        found = [keys[text] if text else None for text in texts]
        for place, text in enumerate(texts):
            if text and found[place] is None:
                self._say(place, code, name, text, said=text[:LONGEST_VALUE_SHOWN])
        return found

    def _find_types(self) -> None:
        default = None
        if self.options.default_type:
            default = (
                AssetType.objects.filter(code=self.options.default_type).values_list("pk", flat=True).first()
            )
            if default is None:
                codes = ", ".join(AssetType.objects.values_list("code", flat=True))
                raise NotImportable(
                    "default_type_unknown",
                    _("There is no type “%(code)s”. There are: %(codes)s.")
                    % {"code": self.options.default_type, "codes": codes},
                )
        unknown = "type_unknown" if default is None else "type_defaulted"
        self.columns["type_id"] = self._look_up(
            "type", lambda: names.types().also_called(self.options.values.get("type", {})), unknown
        )
        self.columns["new_type_id"] = [default if key is None else key for key in self.columns["type_id"]]

    def _find_themes(self) -> None:
        cells = self._parsed("themes", words.parse_list)
        entries = names.themes().also_called(self.options.values.get("theme", {})) if any(cells) else None
        codes = (
            {text: entries.find(text) for text in {text for texts in cells for text in texts or ()}}
            if entries
            else {}
        )
        column: Column = list(self.nothing)
        for place, texts in enumerate(cells):
            if not texts:
                continue
            column[place] = list(dict.fromkeys(code for text in texts if (code := codes[text]))) or None
            for text in texts:
                if codes[text] is None:
                    self._say(place, "theme_unknown", "themes", text, said=text[:LONGEST_VALUE_SHOWN])
        self.columns["themes"] = column

    def _find_conditions(self) -> None:
        conditions = self._with_meanings("condition", {**words.CONDITION_WORDS, **_labels(Condition)})
        codes = self._choice("condition", conditions, "condition_unknown")
        # 未检 states no condition.
        self.columns["condition"] = [
            CONDITION_BY_CODE[code].value or None if code else None for code in codes
        ]
        lifecycles = self._with_meanings("lifecycle", {**words.LIFECYCLE_WORDS, **_labels(Lifecycle)})
        self.columns["said_lifecycle"] = self._choice("lifecycle", lifecycles, "lifecycle_unknown")

    def _with_meanings(self, name: str, words: Mapping[str, str]) -> Mapping[str, str]:
        """Known words with those that a person said mean one of the same codes; what is known stays as it is."""
        codes = set(words.values())
        meanings = self.options.values.get(name, {})
        return {word: code for word, code in meanings.items() if code in codes} | dict(words)

    def _choice(self, name: str, meanings: Mapping[str, str], unknown: str) -> Column:
        cells = self._cells(name)
        if cells is None:
            return list(self.nothing)
        parsed = words.parse_choice(cells, meanings)
        for place in filled(parsed.problems):
            problem = parsed.problems[place]
            text = str(cells[place]).strip()
            if problem == "unknown_word":
                self._say(place, unknown, name, text, said=text[:LONGEST_VALUE_SHOWN])
            else:
                self._say_problem(place, problem, name, cells[place])
        return list(parsed.values.tolist())

    def _find_units(self) -> None:
        """Owners, maintainers, supervisors; names that are to be entered are kept for `apply_import`."""
        units = None
        if any(self._cells(unit) is not None for unit in _UNITS):
            units = names.units().also_called(self.options.values.get("unit", {}))
        for unit in _UNITS:
            texts = self._parsed(unit, words.parse_text)
            keys = {text: units.find(text) for text in set(texts) if text} if units else {}
            self.columns[f"{unit}_id"] = [keys[text] if text else None for text in texts]
            self.columns[f"{unit}_name"] = list(self.nothing)
            for place, text in enumerate(texts):
                if not text or self.columns[f"{unit}_id"][place] is not None:
                    continue
                if not self.options.create_units:
                    self._say(place, "unit_unknown", unit, text, said=text[:LONGEST_VALUE_SHOWN])
                elif len(text) > 120:
                    self._say(place, "text_too_long", unit, text, length=len(text), most=120)
                else:
                    self.columns[f"{unit}_name"][place] = text


def _labels(choices: Choices) -> dict[str, str]:
    """What our own exports call the entries of a list, in every language → code."""
    return {label: choice.code for choice in fixed_list(choices) for label in (choice.zh, choice.en)}

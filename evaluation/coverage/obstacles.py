"""Why a rule cannot be computed: kept as codes, so that everybody reads it in their own language.

A code is `threshold:many`: what is wrong, and where there is any the word that was not understood.
"""

from django.utils.translation import gettext as _

from evaluation.coverage.parameters import PARAMETERS

LONGEST_WORD = 60
_TITLES = {each.name: each.title for each in PARAMETERS}


def obstacle(what: str, word: str = "") -> str:
    """The code of an obstacle."""
    return f"{what}:{' '.join(word.split())[:LONGEST_WORD]}" if word else what


def joined(obstacles: list[str]) -> str:
    """As a rule keeps them: a line each, as many as fit."""
    kept = ""
    for each in obstacles:
        longer = f"{kept}\n{each}" if kept else each
        if len(longer) > 300:
            break
        kept = longer
    return kept


def in_words(obstacles: str) -> list[str]:
    """Those of a rule, a sentence each."""
    return [_sentence(*each.partition(":")[::2]) for each in obstacles.splitlines()]


def _sentence(what: str, word: str) -> str:
    sentences = {
        "wording": _("rule_zh is empty"),
        "metric": _("the metric “%(word)s” is not known here"),
        "no_data": _("the catalogue does not hold what it asks for"),
        "no_threshold": _("there is no threshold"),
        "threshold": _("the threshold “%(word)s” is no number from 0 on"),
        "operator": _("“%(word)s” compares nothing: use >=, <= or ="),
        "along_road": _("along a road only “at least” is asked"),
        "site_kind": _("the list of site kinds has no “%(word)s”"),
        "carrier": _("the list of types has no “%(word)s”"),
        "theme": _("the list of themes has no “%(word)s”"),
        "needs": _("it does not say: %(word)s"),
    }
    if what == "needs":
        word = str(_TITLES.get(word, word))
    return sentences.get(what, what) % {"word": word}

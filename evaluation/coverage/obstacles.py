"""Why a rule cannot be computed: kept as codes, so that everybody reads it in their own language.

A code is `threshold:many`: what is wrong, and where there is any the word that was not understood.
"""

from django.utils.translation import gettext as _

from evaluation.coverage.parameters import PARAMETERS

LONGEST_WORD = 60
_TITLES = {parameter.name: parameter.title for parameter in PARAMETERS}


def obstacle(what: str, word: str = "") -> str:
    """The code of an obstacle."""
    return f"{what}:{' '.join(word.split())[:LONGEST_WORD]}" if word else what


def joined(obstacles: list[str]) -> str:
    """As a rule keeps them: a line each, as many as fit."""
    kept = ""
    for line in obstacles:
        longer = f"{kept}\n{line}" if kept else line
        if len(longer) > 300:
            break
        kept = longer
    return kept


def in_words(obstacles: str) -> list[str]:
    """Those of a rule, a sentence each."""
    return [_sentence(*line.partition(":")[::2]) for line in obstacles.splitlines()]


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
    if what == "metric" and word in _not_held():
        return _not_held()[word]
    if what == "needs":
        word = str(_TITLES.get(word, word))
    return sentences.get(what, what) % {"word": word}


def _not_held() -> dict[str, str]:
    """Of metrics that cities write of and the catalogue cannot answer, why: what would have to be recorded first."""
    commercial = _("commercial advertising is not in the catalogue, so no share of it can be told")
    shown = _("for how long a screen or a pillar shows what, is not recorded")
    sides = _("the panels and sides of a hoarding are not recorded one by one")
    sponsor = _("what an artwork says of a sponsor, and on how much of it, is not recorded")
    return {
        "psa_area_share": _("the size of a piece is recorded, that of the hoarding it stands on is not"),
        "psa_share_of_advertising": commercial,
        "allowed_only_if_psa": commercial,
        "psa_time_share": shown,
        "interval": shown,
        "one_in_n_panels": sides,
        "present_on_each_side": sides,
        "count_at_each": _("gates, paths and stairwells of a site are not recorded one by one"),
        "count_visible_from_gate": _(
            "what can be seen from a gate is judged on the spot: have it as an item of the handbook"
        ),
        "safety_test_interval": _(
            "tests of a structure's safety are not recorded, and an inspection is none"
        ),
        "quarterly_report": _("it asks for a report, not for pieces at a place"),
        "duty_to_carry": _("it is a duty without a figure"),
        "sponsor_area_share": sponsor,
        "commercial_content": sponsor,
        "logo_on_flat_pieces": _("whether an artwork carries the mark stands in the list of artworks"),
    }

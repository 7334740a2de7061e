"""What the voices say: needs and answers, the catalog's phrases, values, and words without any sense.

Equal seeds give equal texts, and these seeds are used nowhere in training or in the language model. The
sentences' patterns and the catalog's phrases are in the language model, as they are where Wenban runs; the
random words get no help from it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

from catalog_index.loader import Catalog
from speech.language_model.domain import Speaker
from speech.language_model.words import general_words
from speech.values.identity import id_check_digit
from speech.values.speaking import speak_date, speak_digits

SETS = ("domain", "accent", "catalog", "values", "words")
_SEED = 80_341
_PLACES = ("330782", "330702", "330106", "310115", "360121", "411422", "522401", "341204", "420115", "510104")
_MOBILE = ("135", "137", "138", "139", "150", "151", "158", "159", "177", "180", "186", "187", "189", "199")
_FIRST_BIRTH, _LAST_BIRTH = date(1936, 1, 1), date(2022, 12, 31)


def texts(name: str, count: int, catalog: Catalog) -> list[str]:
    """`count` texts of one of `SETS`, none twice (fewer where the catalog has no more).

    Raises:
        ValueError: no such set.
    """
    source = random.Random(f"{_SEED} {name}")
    if name == "catalog":
        phrases = [text for item in catalog.items for text in (item.title, *item.says)]
        distinct = list(dict.fromkeys(phrases))
        return source.sample(distinct, min(count, len(distinct)))
    if name in {"domain", "accent"}:  # the same sentences, so that only the accent differs
        speaker = Speaker(_SEED)
        return _distinct(count, speaker.sentence)
    if name == "values":
        kinds = (identity_text, phone_text, date_text)
        return [kinds[place % len(kinds)](source) for place in range(count)]
    if name == "words":
        words = [word for word, _ in general_words(20_000)]
        return _distinct(count, lambda: "".join(source.choice(words) for _ in range(source.randint(2, 5))))
    raise ValueError(f"no set {name!r}")


def _distinct(count: int, draw: Callable[[], str]) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[draw()] = None
    return list(found)


def identity_number(source: random.Random) -> str:
    """A valid resident identity number of nobody in particular."""
    days = (_LAST_BIRTH - _FIRST_BIRTH).days
    born = _FIRST_BIRTH + timedelta(days=source.randint(0, days))
    first = f"{source.choice(_PLACES)}{born:%Y%m%d}{source.randint(0, 999):03d}"
    return first + id_check_digit(first)


def say_identity(number: str, source: random.Random) -> str:
    """As people say one: in groups or in one breath, 1 as 幺 or 一; X by its letter's name."""
    one = source.choice("幺一")
    if source.random() < 0.5:
        return speak_digits(number, one=one, x="X")
    groups = (number[:6], number[6:10], number[10:14], number[14:])
    return "，".join(speak_digits(group, one=one, x="X") for group in groups)


def identity_text(source: random.Random) -> str:
    """An identity number as it is said."""
    return say_identity(identity_number(source), source)


def phone_text(source: random.Random) -> str:
    """A mobile number as it is said."""
    number = source.choice(_MOBILE) + "".join(source.choices("0123456789", k=8))
    one = source.choice("幺一")
    if source.random() < 0.5:
        return speak_digits(number, one=one)
    return "，".join(speak_digits(part, one=one) for part in (number[:3], number[3:7], number[7:]))


def date_text(source: random.Random) -> str:
    """A date as it is said."""
    return speak_date(date(1950, 1, 1) + timedelta(days=source.randint(0, 365 * 80)))

"""Which option is meant: by its name, by another way to say it, by number, by part, by sound."""

from __future__ import annotations

import re
from collections.abc import Sequence

from speech.values.day_words import small_number
from speech.values.errors import ChoiceAmbiguous, ChoiceOutOfRange, ChoiceUnclear, NoneOfThese
from speech.values.folding import bare, plain
from speech.values.model import Ask, Option, Value
from speech.values.sound import best_window, distance, syllables
from speech.values.yes_no import decide

_NONE = re.compile(
    r"^(?:我觉得|好像|这些|这几个|这里|以上|上面|哪个)?(?:都不是|都不对|都没有|都不要|都不选|都不符合|全不是|没有一个|一个都不是|一个也不是|"
    r"没有我要的|没有合适的|以上都不是|都不是我要的|没一个对|不在里面|不是这些|没有我想要的)"
)
_N = r"[0-9]{1,2}|[一二两三四五六七八九十]{1,3}"
_ORDINAL = re.compile(
    # 第一次 counts how often, 人民路1号 is a house: neither picks anything.
    rf"(?:第|选项|选择|选|序号|编号|数字)+第?(?P<a>{_N})(?![次天年月回步代胎季])(?:个|项|种|条|号|样)?"
    rf"|(?:^|[我要选办就是那嗯,，。 ])(?P<b>{_N})号"
)
_BARE = re.compile(rf"(?:就|我|选|要|那|是|办|嗯)*(?P<n>{_N})[号个]?(?:吧|的|好了)?")
_FIRST = re.compile(r"头一个|头一项|最前面|最上面|首个|打头")
_LAST = re.compile(r"最后(?:那|面)?(?:一)?(?:个|项|种|条)|最末|末一个|最下面|最后面(?!.)|倒数第一")
_FROM_END = re.compile(rf"倒数第(?P<n>{_N})")
_INSTEAD = re.compile(r"^.*(?:不是|不要|不选|不对)[^,，。]*?[,，。 ]*(?:而是|要的是|我要|要|是|选|改成)(?=.)")
_POLITE = re.compile(
    r"^(?:我)?(?:要|想|选|选择|是|就|办|办理|应该是|属于|那就|嗯|呃|那|这个)+|(?:吧|的|啊|呢|呀|了|这个|那个|这种|那种)+$"
)
#: Sounds further apart than this share of their syllables are different words.
_CLOSE = 0.34


def _forms(option: Option) -> list[str]:
    forms = [bare(plain(form)) for form in (option.label, option.value, *option.says)]
    return [form for form in forms if form]


def _unique(found: Sequence[int]) -> int | None:
    """The one index; None for none; raises for several."""
    indexes = set(found)
    if len(indexes) > 1:
        raise ChoiceAmbiguous("several options fit")
    return indexes.pop() if indexes else None


def _ordinals(text: str, count: int) -> list[int]:
    found: list[int] = []
    if _FIRST.search(text):
        found.append(0)
    from_end = _FROM_END.search(text)
    if from_end:
        number = small_number(from_end["n"])
        return [count - number] if number else []
    if _LAST.search(text):
        found.append(count - 1)
    for match in _ORDINAL.finditer(text):
        number = small_number(match["a"] or match["b"])
        if number is not None:
            found.append(number - 1)
    return found


def _by_number(text: str, count: int) -> int | None:
    found = _ordinals(text, count)
    whole = _BARE.fullmatch(bare(text))
    if not found and whole:
        number = small_number(whole["n"])
        found = [] if number is None else [number - 1]
    index = _unique(found)
    if index is not None and not 0 <= index < count:
        raise ChoiceOutOfRange(
            "no such option", citizen=f"一共有{count}个选项，请说第一个到第{count}个里的一个。"
        )
    return index


def _by_part(text: str, forms: list[list[str]]) -> int | None:
    """An option named inside the text; a longer name beats a shorter one that it contains."""
    inside = [(len(form), i) for i, own in enumerate(forms) for form in own if len(form) > 1 and form in text]
    if inside:
        longest = max(size for size, _ in inside)
        best = {i for size, i in inside if size == longest}
        shorter = [
            i
            for i, own in enumerate(forms)
            if i not in best
            and any(len(f) > 1 and f in text and not _within(f, best, forms, text) for f in own)
        ]
        return _unique([*best, *shorter])
    if len(text) < 2:
        return None
    return _unique([i for i, own in enumerate(forms) if any(text in form for form in own)])


def _within(form: str, best: set[int], forms: list[list[str]], text: str) -> bool:
    return any(form in other and other in text for i in best for other in forms[i])


def _by_sound(text: str, forms: list[list[str]]) -> int | None:
    heard = syllables(text)
    if len(heard) < 2:
        return None
    scores: list[tuple[float, int]] = []
    for i, own in enumerate(forms):
        best = 1.0
        for form in own:
            sounds = syllables(form)
            if len(sounds) < 2:
                continue
            apart = distance(sounds, heard) / max(len(sounds), len(heard))
            if len(sounds) >= 3:
                apart = min(apart, best_window(sounds, heard) / len(sounds) + 0.05)
            best = min(best, apart)
        scores.append((best, i))
    scores.sort()
    if not scores or scores[0][0] > _CLOSE:
        return None
    near = [i for score, i in scores if score <= scores[0][0] + 0.1]
    return _unique(near)


def match_option(text: str, options: Sequence[Option]) -> Option:
    """The option meant.

    Raises:
        NoneOfThese: "都不是".
        ChoiceAmbiguous, ChoiceOutOfRange, ChoiceUnclear: it cannot be told.
    """
    folded = plain(text)
    said = bare(folded)
    forms = [_forms(option) for option in options]
    exact = [i for i, own in enumerate(forms) if said in own]
    if len(set(exact)) == 1:
        return options[exact[0]]
    if _NONE.search(said):
        raise NoneOfThese("none of the options")
    turned = _INSTEAD.sub("", folded)
    folded = turned if bare(turned) else folded
    said = bare(folded)
    stripped = _POLITE.sub("", said) or said
    exact = [i for i, own in enumerate(forms) if stripped in own]
    index = _unique(exact)
    if index is None:
        index = _by_part(stripped, forms) if _named(stripped, forms) else None
    if index is None:
        index = _by_number(folded, len(options))
    if index is None:
        index = _by_part(stripped, forms)
    if index is None and len(options) == 1 and decide(text):
        index = 0
    if index is None:
        index = _by_sound(stripped, forms)
    if index is None:
        raise ChoiceUnclear("no option fits")
    return options[index]


def _named(text: str, forms: list[list[str]]) -> bool:
    return any(len(form) > 1 and form in text for own in forms for form in own)


def choice_value(text: str, option: Option, *, repaired: bool = False) -> Value:
    return Value("choice", text, option.value, option.label, option.label, repaired)


def parse_choice(text: str, ask: Ask) -> Value:
    return choice_value(text, match_option(text, ask.options))

"""From what a person typed or a recognizer heard to the tokens that the search works with.

Example:
    >>> normalise("　請問一下，我想辦理營業執照")
    '我想办理营业执照'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from catalog_index.errors import QueryInvalid

if TYPE_CHECKING:
    import jieba
    from opencc import OpenCC

MAX_QUERY = 500

# Spoken padding that says nothing about the need. Longer alternatives stand first.
_FILLERS = re.compile(
    r"(?:我)?想?(?:要)?(?:跟你|向你|向您|跟您)?(?:请教|咨询|打听|了解|请问|问)(?:一下子?|下|问)?(?:你们|您|你)?(?=[^题]|$)"
    r"|麻烦(?:你|您)?(?:帮我|帮忙)?(?:看|查)?(?:一下|下)?|帮我?(?:看|查|弄|办理|办)?(?:一下|下)|帮帮?我|帮个?忙"
    r"|你好|您好|谢谢(?:你|您)?|不好意思|打扰(?:一下|了)?|师傅|工作人员|同志"
    r"|我跟你说|是这样子?的?|怎么说呢|就是说|那什么|那个(?!人)|这个嘛|嗯+|呃+|额(?=[，,])|哎+|喂+"
    r"|(?:应该|该|要|得)?(?:怎么|咋|如何|怎样)(?:去)?(?:办理|办|弄|搞|申请|操作|处理)(?:呢|啊|呀)?"
    r"(?=$|[，。！？,.!?；; ])"
    r"|(?:该|要)?(?:去|到|在)?(?:哪里|哪儿|哪个部门|什么地方)(?:去)?(?:办理|办|弄|搞|申请)?"
    r"|(?:可不可以|可以吗|行不行|行吗|好吗|能不能|能否|可否)"
    r"|需要(?:带|准备|提供|交)?(?:什么|哪些)(?:材料|手续|资料|东西|证件)?"
)
_PUNCTUATION = re.compile(r"[^\w㐀-鿿]+")
_SPACE_IN_CHINESE = re.compile(r"(?<=[㐀-鿿])\s+(?=[㐀-鿿])")
_CHINESE = re.compile(r"[㐀-鿿]")

_STOP_WORDS_FILE = Path(__file__).parent / "data" / "stop_words.txt"
STOP_WORDS = frozenset(_STOP_WORDS_FILE.read_text(encoding="utf-8").split())


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


@lru_cache(maxsize=4096)
def _simplified(char: str) -> str:
    return str(_converter().convert(char))


def simplify(text: str) -> str:
    """Traditional script to simplified; text that is simplified already is not converted at all."""
    if all(_simplified(char) == char for char in _CHINESE.findall(text)):
        return text
    return str(_converter().convert(text))


@lru_cache(maxsize=1)
def _english() -> tuple[dict[str, str], re.Pattern[str]]:
    lines = (Path(__file__).parent / "data" / "english.txt").read_text(encoding="utf-8").splitlines()
    glosses = dict(line.split("\t") for line in lines if line and not line.startswith("#"))
    longest_first = sorted(glosses, key=len, reverse=True)
    # A lone letter is a word only where one can stand: in A照 it is the name of the licence.
    alone = {"a": r"a(?=\s+[a-z])", "i": r"i(?=\s)"}
    words = (alone.get(one) or re.escape(one) for one in longest_first)
    return glosses, re.compile(rf"(?<![a-z])(?:{'|'.join(words)})(?![a-z])")


def gloss(text: str) -> str:
    """English words of a request in Chinese, without those that say nothing; unknown ones stay.

    >>> gloss("我的 id card lost 了")
    '我的 身份证 丢了 了'
    """
    glosses, pattern = _english()
    glossed = pattern.sub(lambda match: glosses[match.group()].replace("-", " "), text)
    return glossed if any(char.isalnum() for char in glossed) else text


def clean(text: str) -> str:
    """Half-width, simplified, lower case, single spaces, English words in Chinese."""
    text = "".join(char if char.isprintable() else " " for char in unicodedata.normalize("NFKC", text))
    text = gloss(simplify(text).lower())
    return _SPACE_IN_CHINESE.sub("", " ".join(text.split()))


def strip_fillers(text: str) -> str:
    """Takes spoken padding out; if nothing else is left, the text stays as it was."""
    stripped = _PUNCTUATION.sub(" ", _FILLERS.sub(" ", text))
    stripped = _SPACE_IN_CHINESE.sub(" ", " ".join(stripped.split()))
    return stripped or _PUNCTUATION.sub(" ", text).strip()


def normalise(text: str) -> str:
    """What the search channels see: `clean`, then without padding and punctuation."""
    return strip_fillers(clean(text))


# The wish that a name may be told in.
_WISH = re.compile(
    r"^(?:我们?|咱们?|俺)?(?:现在|今天)?(?:想要|想|要|需要|打算|准备)(?:去|来)?(?:办理|办(?![公学厂证事])|弄)?"
    r"(?:一下|个)?(?=\S{2})"
)


def bare(normal: str) -> str:
    """A normalised text without the wish around it.

    >>> bare("我要离婚"), bare("想办社保"), bare("离婚")
    ('离婚', '社保', '离婚')
    """
    return _WISH.sub("", normal)


def check_query(text: str) -> str:
    """The query normalised.

    Raises:
        QueryInvalid: empty, longer than 500 characters, or without a letter or digit.
    """
    if len(text) > MAX_QUERY:
        raise QueryInvalid(
            f"query of {len(text)} characters, limit {MAX_QUERY}",
            citizen="这句话太长了，请用一两句话说说您要办什么事。",
        )
    normal = normalise(text)
    if not any(char.isalnum() for char in normal):
        raise QueryInvalid("query without a word in it")
    return normal


# Marks a pair of neighbouring characters among the words of a text.
_PAIR = "²"


def whole_words(features: Iterable[str]) -> list[str]:
    """`Tokenizer.words` of the text that `Tokenizer.features` made these of."""
    return [token for token in features if not token.startswith(_PAIR)]


class Tokenizer:
    """jieba in search mode with the catalog's words; jieba's global tokenizer stays as it is.

    Args:
        words: the catalog's words (`catalog_index.documents.catalog_words`).
        cache_dir: where jieba keeps its compiled base dictionary, instead of the shared temporary folder.
    """

    def __init__(self, words: Iterable[str], cache_dir: str | None = None) -> None:
        import logging

        import jieba

        jieba.setLogLevel(logging.WARNING)
        self._jieba: jieba.Tokenizer = jieba.Tokenizer()
        self._jieba.tmp_dir = cache_dir
        self._jieba.initialize()
        for word in words:
            self._jieba.add_word(word)

    def words(self, text: str) -> list[str]:
        """Words and the shorter words inside them, without stop words."""
        return [
            word for word in self._jieba.cut_for_search(text, HMM=False)
            if word.strip() and word not in STOP_WORDS
        ]  # fmt: skip

    def features(self, text: str) -> list[str]:
        """`words`, and pairs of neighbouring characters (marked `²`) that carry over a wrong segmentation."""
        pairs: list[str] = []
        for run in text.split():
            if not run.isascii():
                pairs.extend(_PAIR + run[at : at + 2] for at in range(len(run) - 1))
        return self.words(text) + [pair for pair in pairs if not set(pair[1:]) <= STOP_WORDS]

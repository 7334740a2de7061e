"""While several kinds are still possible: questions about all of them, and a citizen who cannot tell."""

from __future__ import annotations

import re

from actions.forms.describe import answer, topic_of
from actions.forms.fields import known_values
from actions.service import Service
from actions.state import State
from catalog_index.clarify import consistent_items
from catalog_index.text import simplify

UNSURE = "没关系，选最接近的一项就行，后面还能改。拿不准也可以说“转人工”，请工作人员帮您看。"
UNSURE_ITEM = "没关系。可以先问我要什么材料、怎么办；拿不准也可以说“转人工”，请工作人员帮您看。"
_UNSURE = re.compile(
    r"[这那个我也都还真就实在，,。\s]*(?:不|没|搞不|弄不|说不|分不|看不)(?:太|大|怎么|是很|很)?"
    r"(?:知道|清楚?|懂|明白|晓得|确定|好说|会选|了解)[这那个哪种一是什么怎么选该的了啊呀呢吧哎，,。！!？?\s]*"
    r"|(?:i )?(?:do ?n[o']t|not) (?:know|sure)\W*",
    re.I,
)


def is_unsure(text: str) -> bool:
    """Whether the words say that the citizen cannot answer the question.

    >>> is_unsure("我也不太清楚啊"), is_unsure("不知道去哪里补身份证")
    (True, False)
    """
    return bool(_UNSURE.fullmatch(simplify(text.strip())))


def answer_for_all(service: Service, state: State, question: str) -> str:
    """The answer, where it is the same for every kind that is still possible; else what comes first."""
    subject = service.catalog.subject(state.subject_id or "")
    topic = topic_of(question)
    kinds = consistent_items(subject, state.answers)
    found = {answer(item, topic, known_values(item, state.answers, {})) for item in kinds}
    if len(found) == 1:
        return f"这几种都一样：{found.pop()}"
    return "各种情形要求不一样，先弄清您办的是哪一种，再告诉您。"

"""What may be kept of a citizen's words for learning: the need, without anything that says whose it is.

The rules rather take too much than too little: a need that loses a word is still a need, and where too little
is left nothing is kept at all. What is kept is sealed none the less (`actions.applications.outcomes`).

Example:
    >>> redact("我叫王小明，身份证330782199003070021，车牌丢了")
    '身份证，车牌丢了'
"""

from __future__ import annotations

import re

from catalog_index.text import clean, normalise

# So much has to be left that an editor can tell what was needed; and so long no need is.
_LEAST, _MOST = 4, 60
_NUMERALS = "0-9零〇幺一二两三四五六七八九"
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾"
    "彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱"
    "秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文骆楼虞俞鲍毕季应童翁柳"
)
_COMPOUND = "欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容|令狐|司徒"
_NAME = rf"(?:(?:{_COMPOUND})[一-鿿]{{1,2}}|[一-鿿]{{2,3}})"
_KNOWN_NAME = rf"(?:(?:{_COMPOUND})[一-鿿]{{1,2}}|[{_SURNAMES}][一-鿿]{{1,2}})"
# The last sign of what relatives and partners are called: 老婆, 儿子, 爸爸, 法人, 老板, 同事 …
_RELATION_END = "[婆公人子夫妇儿孩宝爸妈亲爷奶哥姐弟妹象板工友事]"
_PARTS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        # Mail, accounts, web addresses.
        r"[a-z0-9.+_-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+",
        r"https?://\S+",
        r"(?:微信号?|qq号?|账号|账户|卡号|密码)(?:是|为|:|：)?\s*[a-z0-9_-]{4,}",
        # Plates before numbers, whose digits they hold.
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[a-z]\s?[·.-]?\s?[a-z0-9]{4,6}",
        # Numbers of people and things, typed or spoken, with spaces or hyphens in them; passports.
        r"[a-z]{1,3}[0-9]{6,}|[0-9a-z]{15,}",
        rf"(?!(?:19|20)[0-9]{{2}}年)[{_NUMERALS}](?:[\s-]?[{_NUMERALS}]){{3,}}x?",
        # Addresses: all before a house number.
        rf"[一-鿿]{{0,14}}[{_NUMERALS}十百]+(?:号(?!线|窗)|幢|栋|单元|室|弄|组)"
        rf"(?:[{_NUMERALS}十百]*(?:号|幢|栋|单元|室|楼|层))*",
        r"(?:住在|住址是?|地址是?|家住)[^，。；,;\s]{2,20}",
        # Names of companies.
        r"(?:浙江省?|金华市?|义乌市?)[一-鿿]{2,12}(?:有限公司|有限责任公司|合伙企业|经营部|商行|工作室|厂)",
        # Names of people.
        rf"(?:(?:我|他|她)?的?(?:名字|姓名)(?:是|叫|为|:)?|(?:我|他|她|名)叫|叫做)\s*{_NAME}",
        rf"我是{_KNOWN_NAME}(?=[，,。\s]|$)",
        rf"(?:(?<={_RELATION_END})(?:名?叫)\s*{_NAME}|(?<={_RELATION_END})是{_KNOWN_NAME}(?=[，,。\s]|$))",
        rf"(?:{_COMPOUND}|[{_SURNAMES}])[一-鿿]{{0,2}}(?:先生|女士|小姐)",
        rf"我姓(?:{_COMPOUND}|[一-鿿])",
    )
)
_LEFT_OVER = re.compile(r"(?!(?:19|20)[0-9]{2}年)[0-9]{4,}|@")
_EDGES = "，,。；;、：: 的"


def redact(text: str) -> str | None:
    """The words without what is personal in them; None where too little is left, or too much was there."""
    plain = clean(text)
    for pattern in _PARTS:
        plain = pattern.sub("，", plain)
    plain = re.sub(r"[，,。；;、\s]*，[，,。；;、\s]*", "，", plain).strip(_EDGES)
    kept = re.sub(r"[^\w]", "", normalise(plain))
    if not len(kept) >= _LEAST or len(plain) > _MOST or _LEFT_OVER.search(plain):
        return None
    return plain

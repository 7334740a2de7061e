from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalog_index.engine import SearchEngine
from catalog_index.loader import Catalog, load_catalog
from wenban.settings import Settings, load_settings

COMMON = """
fields:
  - {id: name, kind: name, label: 申请人姓名, ask: 请问您叫什么名字？}
  - {id: phone, kind: phone, label: 手机号, ask: 请留一个手机号码。}
"""

TOY = """
department:
  {id: toy, name: 玩具市公安局, short: 公安, place: 一号窗口, hours: 工作日, phone: "123"}
subjects:
  - id: move
    title: 户口迁移
    about: 把户口从一个地方迁到另一个地方
    says: [迁户口, 户口转过来]
    facets:
      - id: reason
        title: 原因
        ask: 您为什么迁户口？
        values:
          - {id: spouse, label: 夫妻投靠, says: [老婆, 老公, 丈夫, 妻子]}
          - {id: talent, label: 人才引进, says: [人才, 博士]}
      - id: origin
        title: 户口所在地
        ask: 现在户口在市内还是市外？
        values:
          - {id: inside, label: 市内, places: inside}
          - {id: outside, label: 市外, says: [老家], places: outside}
    none:
      - {when: {reason: talent, origin: inside}, say: 人才引进落户只办市外迁入，您已经是本市户口了。}
    common:
      coarse: 户口迁移
      type: 行政确认
      audience: [个人]
      fields: [name, phone]
      materials: [{name: 户口簿}]
      promised_days: 5
      legal_days: 10
      fee: {yuan: 0}
      delivery: [窗口领取]
      visits: 1
      result: 居民户口簿
    items:
      - id: move-spouse-inside
        title: 市内夫妻投靠落户
        when: {reason: spouse, origin: inside}
        says: [市内夫妻迁户口]
        situations: [老婆户口在佛堂想和我迁到一起]
        materials: [{name: 结婚证}, {name: 住房证明, when: {rural: true}}]
        fields: [{id: rural, kind: yes_no, label: 是否农村, ask: 是迁到农村吗？}]
      - id: move-spouse-outside
        title: 市外夫妻投靠落户
        when: {reason: spouse, origin: outside}
        says: [外地老婆落户]
        situations: [丈夫是外省的想把户口迁进来]
      - id: move-talent
        title: 人才引进落户
        when: {reason: talent, origin: outside}
        says: [人才落户]
        situations: [我是硕士刚被这边的公司录用想落户]
  - id: plate
    title: 机动车号牌
    about: 车牌丢了坏了补换
    says: [车牌]
    facets:
      - id: problem
        title: 情况
        ask: 车牌是丢了还是坏了？
        values:
          - {id: lost, label: 丢失, says: [丢了, 不见了]}
          - {id: broken, label: 损坏, says: [坏了, 看不清, 掉漆]}
    common:
      type: 行政许可
      audience: [个人, 企业]
      fields: [name, phone]
      promised_days: 3
      fee: {yuan: 100, note: 一副}
      delivery: [邮寄]
      visits: 0
      result: 机动车号牌
    items:
      - id: plate-lost
        title: 机动车号牌补领
        when: {problem: lost}
        says: [补车牌]
        situations: [前面的车牌掉在路上找不到了]
      - id: plate-broken
        title: 机动车号牌换领
        when: {problem: broken}
        says: [换车牌]
        situations: [车牌上的字磨得认不出了]
  - id: dog
    title: 养犬登记
    about: 给家里的狗办狗证
    says: [狗证]
    common:
      {type: 公共服务, audience: [个人], fields: [name, phone], promised_days: 1, fee: {yuan: 0},
       delivery: [电子证照], visits: 0, result: 养犬登记证}
    items:
      - {id: dog-register, title: 养犬登记, says: [给狗上户口], situations: [家里养了条小狗]}
"""


WriteCatalog = Callable[..., Path]


@pytest.fixture
def write_catalog(tmp_path: Path) -> WriteCatalog:
    """Writes the toy catalog, with pieces of its text replaced, and gives its folder."""

    def write(*replaced: tuple[str, str]) -> Path:
        text = TOY
        for old, new in replaced:
            assert old in text, old
            text = text.replace(old, new)
        folder = tmp_path / "items"
        folder.mkdir(exist_ok=True)
        (folder / "_common.yaml").write_text(COMMON, encoding="utf-8")
        (folder / "toy.yaml").write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture(scope="session")
def toy_catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder = tmp_path_factory.mktemp("toy")
    (folder / "_common.yaml").write_text(COMMON, encoding="utf-8")
    (folder / "toy.yaml").write_text(TOY, encoding="utf-8")
    return load_catalog(folder)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The bundled catalog."""
    return load_catalog(load_settings().catalog_dir)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return replace(load_settings(), home=home, index_dir=home / "index", encoder=None)


@pytest.fixture(scope="session")
def toy_engine(toy_catalog: Catalog, settings: Settings) -> SearchEngine:
    return SearchEngine.build(toy_catalog, replace(settings, index_dir=settings.home / "toy-index"))


@pytest.fixture(scope="session")
def engine(catalog: Catalog, settings: Settings) -> Iterator[SearchEngine]:
    yield SearchEngine.build(catalog, settings)

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_index.errors import CatalogInvalid
from catalog_index.loader import load_catalog
from catalog_index.utterances import LONGEST, read_utterances

Write = Callable[..., Path]


def write(folder: Path, text: str) -> Path:
    (folder / "utterances").mkdir(parents=True, exist_ok=True)
    (folder / "utterances" / "toy.txt").write_text(text, encoding="utf-8")
    return folder


def test_lines_belong_to_what_opened_them(tmp_path: Path) -> None:
    found = read_utterances(
        write(tmp_path, "# how people ask\n[[plate]]\n车牌的事\n\n[plate-lost]\n车头光秃秃的\n牌子没了\n")
    )
    assert found.faults == []
    assert found.texts("subjects", "plate") == ("车牌的事",)
    assert found.texts("items", "plate-lost") == ("车头光秃秃的", "牌子没了")
    assert found.texts("items", "plate") == ()
    assert found.items["plate-lost"][1].number == 7


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("没有主人的话", 1, "before any item"),
        ("[plate-lost]\n[坏的]\n", 2, "opens nothing"),
        ("[plate-lost]\n[[plate]\n", 2, "opens nothing"),
        (f"[plate-lost]\n{'长' * (LONGEST + 1)}\n", 2, "longer than"),
    ],
)
def test_faults_say_where(tmp_path: Path, text: str, line: int, said: str) -> None:
    fault = read_utterances(write(tmp_path, text)).faults[0]
    assert (fault.file, fault.line) == ("utterances/toy.txt", line)
    assert said in fault.text
    assert fault.mend


def test_other_encodings_are_a_fault(tmp_path: Path) -> None:
    folder = write(tmp_path, "")
    (folder / "utterances" / "toy.txt").write_bytes("[plate]\n车牌".encode("gb18030"))
    assert "UTF-8" in read_utterances(folder).faults[0].text


def test_a_catalog_has_its_utterances_and_their_version(write_catalog: Write) -> None:
    folder = write_catalog()
    before = load_catalog(folder)
    write(folder, "[[plate]]\n车牌的事\n[plate-lost]\n车头光秃秃的\n")
    after = load_catalog(folder)
    assert after.item("plate-lost").utterances == ("车头光秃秃的",)
    assert after.subject("plate").utterances == ("车牌的事",)
    assert before.item("plate-lost").utterances == ()
    assert before.version != after.version


def test_utterances_of_what_is_not_there(write_catalog: Write) -> None:
    folder = write(write_catalog(), "[plate-gone]\n牌子\n[[nowhere]]\n什么事\n")
    with pytest.raises(CatalogInvalid) as caught:
        load_catalog(folder)
    faults = [str(fault) for fault in caught.value.located]
    assert any("utterances/toy.txt:1" in fault and "plate-gone" in fault for fault in faults)
    assert any("utterances/toy.txt:3" in fault and "nowhere" in fault for fault in faults)


LINES = st.text(st.sampled_from("车牌丢了 [](#abc"), min_size=1, max_size=12)


@given(st.lists(LINES, max_size=8))
def test_every_line_is_kept_or_a_fault(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    text = "[one]\n" + "\n".join(lines)
    found = read_utterances(write(tmp_path_factory.mktemp("u"), text))
    kept = sum(map(len, (*found.items.values(), *found.subjects.values())))
    spoken = [line.strip() for line in lines]
    said = [line for line in spoken if line and line[0] not in "[#"]
    assert kept == len(said)
    assert len(found.faults) <= sum(line.startswith("[") for line in spoken)

"""Nothing personal lies in clear anywhere in the home folder, databases, logs and trackers included."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.conftest import Citizen, Running

NEED = "我媳妇户口在江西，想迁到我这里"


def test_nothing_personal_is_stored_in_clear(stack: Running, citizen: Citizen) -> None:
    told = "另外我媳妇脚不方便，走不了远路"
    record = citizen.go_on(citizen.say(NEED), lambda one: one["state"] == "collect")
    citizen.say(told)
    record = citizen.until_receipt(citizen.until_field(record, "name"))
    assert record["receipt"]
    citizen.say("转人工")

    spoken = {*citizen.personal.values(), told, NEED}
    searched: set[str] = set()
    for file in stack.settings.home.rglob("*"):
        if not file.is_file() or stack.settings.index_dir in file.parents or file.suffix == ".gz":
            continue
        data = file.read_bytes()
        searched.add(file.name)
        for text in spoken:
            forms = (text.encode(), text.encode("unicode_escape"), text.encode("utf-16-le"))
            assert not any(form in data for form in forms), f"{text} lies in clear in {file.name}"
    assert {"wenban.sqlite3", "tracker.sqlite3", "actions.log", "rasa.log", "gateway.log"} <= searched

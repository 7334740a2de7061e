from __future__ import annotations

import pytest
from pydantic import ValidationError

from catalog_index.schema import DepartmentFile, Facet, FormField


def test_a_facet_needs_two_values() -> None:
    with pytest.raises(ValidationError, match="at least 2"):
        Facet.model_validate({"id": "f", "title": "f", "ask": "f", "values": [{"id": "a", "label": "a"}]})


def test_only_a_choice_has_options() -> None:
    base = {"id": "f", "label": "f", "ask": "f？"}
    option = [{"value": "a", "label": "甲"}]
    assert FormField.model_validate({**base, "kind": "choice", "options": option}).options[0].label == "甲"
    for wrong in ({"kind": "choice"}, {"kind": "text", "options": option}):
        with pytest.raises(ValidationError, match="a choice needs options"):
            FormField.model_validate(base | wrong)


@pytest.mark.parametrize("identifier", ["Upper", "1st", "", "with space", "户口"])
def test_identifiers_are_plain(identifier: str) -> None:
    with pytest.raises(ValidationError):
        FormField.model_validate({"id": identifier, "kind": "text", "label": "x", "ask": "x"})


def test_records_cannot_be_changed_after_reading() -> None:
    field = FormField(id="f", kind="text", label="x", ask="x")
    with pytest.raises(ValidationError):
        setattr(field, "label", "y")  # noqa: B010


def test_a_department_without_subjects_is_refused() -> None:
    with pytest.raises(ValidationError, match="subjects"):
        DepartmentFile.model_validate({"department": {}, "subjects": []})

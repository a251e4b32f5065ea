"""What the project says about itself is true."""

from __future__ import annotations

import re

from tests.third_party import ROOT, page


def test_the_list_of_parts_by_others_is_that_of_the_lock_files() -> None:
    assert (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8") == page()


def test_every_link_between_documents_leads_somewhere() -> None:
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_every_variable_that_is_read_is_documented() -> None:
    source = (ROOT / "config" / "environment.py").read_text(encoding="utf-8")
    documented = (ROOT / "docs" / "reference" / "configuration.md").read_text(encoding="utf-8")
    names = set(re.findall(r'"(TREADLE_[A-Z_]+)"', source)) - {"TREADLE_SEALED_FD"}
    assert sorted(name for name in names if name not in documented) == []

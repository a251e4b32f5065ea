"""What the server says is said in every language of the interface, and to whom it is said."""

from __future__ import annotations

import ast
import copy
import json
import pickle
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from designer.api.words import TABLES, spoken
from designer.services.samples import list_samples
from engine.sentences import VERBATIM, Sentence, say, verbatim
from tests.designer.conftest import Api

_ROOT = Path(__file__).parent.parent.parent
_KOREAN = {"Accept-Language": "ko-KR,ko;q=0.9,en;q=0.5"}


def _calls(*folders: str) -> Iterator[tuple[Path, ast.Call, str]]:
    for folder in folders:
        for path in sorted((_ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                    yield path, node, name


def _templates() -> set[str]:
    found = set()
    for path, call, name in _calls("engine", "designer"):
        if name == "say":
            first = call.args[0]
            assert isinstance(first, ast.Constant), f"{path}:{call.lineno} does not say one literal"
            found.add(str(first.value))
    for sample in list_samples():
        found |= {sample.title.template, sample.description.template, sample.teaches.template}
    return found


def _holes(template: str) -> list[tuple[str | None, str | None, str | None]]:
    return sorted(
        (name, spec, conversion) for _, name, spec, conversion in string.Formatter().parse(template) if name is not None
    )


@pytest.mark.parametrize("language", sorted(TABLES))
def test_every_sentence_of_the_server_is_translated_and_no_translation_is_left_over(language: str) -> None:
    assert _templates() - set(TABLES[language]) == set()
    assert set(TABLES[language]) - _templates() == set()


@pytest.mark.parametrize("language", sorted(TABLES))
def test_a_translation_keeps_the_values(language: str) -> None:
    for english, other in TABLES[language].items():
        assert _holes(other) == _holes(english), english


def test_what_the_api_refuses_in_words_of_its_own_is_a_sentence() -> None:
    """A text in an error of DRF's would be English for everybody."""
    for path, call, name in _calls("designer/api", "designer/web"):
        if name in {"ValidationError", "AuthenticationFailed", "ParseError"}:
            said = {id(one) for node in ast.walk(call) if isinstance(node, ast.Call) for one in _spoken_by(node)}
            for node in ast.walk(call):
                bare = isinstance(node, ast.Constant) and " " in str(node.value) and id(node) not in said
                assert not bare, f"{path}:{call.lineno} says {ast.unparse(node)} to everybody"


def _spoken_by(call: ast.Call) -> list[ast.AST]:
    return list(ast.walk(call)) if getattr(call.func, "id", "") == "spoken" else []


def test_values_are_put_into_a_translation_and_sentences_among_them_are_translated_too() -> None:
    found = say("Expected an integer, but found {found}", found=say("a string"))
    assert found == "Expected an integer, but found a string"
    assert spoken(found) == found
    with translation.override("ko"):
        assert spoken(found) == "정수여야 하는데 문자열입니다"
        assert spoken("somebody's text") == "somebody's text"
        assert spoken(verbatim("{curly} words of a library")) == "{curly} words of a library"
        assert spoken(say("not a path").capitalized()) == "경로가 아님"
    assert say("not a path").capitalized() == "Not a path"


def test_a_sentence_can_be_copied_and_sent_to_another_process() -> None:
    for found in (say("No state leads to {name!r}", name="Pay"), say("not a path").capitalized()):
        for twin in (copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
            assert isinstance(twin, Sentence)
            assert (twin, twin.template, twin.values) == (found, found.template, found.values)


def test_no_template_of_ours_is_the_one_of_other_peoples_words() -> None:
    assert VERBATIM not in _templates()


@pytest.mark.django_db(transaction=True)
def test_a_definition_is_found_wrong_in_the_language_of_the_reader(alice: Api) -> None:
    definition = json.dumps({"StartAt": "Hello", "States": {"Hello": {"Type": "Pass", "Next": "Gone", "InputPath": 1}}})
    body = {"definition": definition, "format": "json"}
    english = alice.post("/api/validate/", body, 200)["diagnostics"]
    korean = alice.post("/api/validate/", body, 200, **_KOREAN)["diagnostics"]
    said = [one["message"] for one in english], [one["message"] for one in korean]
    assert "Missing 'Next' target: Gone" in said[0]
    assert "'Next'의 대상이 없습니다: Gone" in said[1]
    assert "문자열이어야 하는데 숫자입니다" in said[1]
    rest = [{**one, "message": None} for one in english]
    assert rest == [{**one, "message": None} for one in korean], "codes and places are the same in every language"


@pytest.mark.django_db(transaction=True)
def test_the_samples_are_offered_in_the_language_of_the_reader(alice: Api) -> None:
    english = alice.get("/api/samples/")["results"][0]
    korean = alice._json(alice.call("GET", "/api/samples/", **_KOREAN), 200)["results"][0]
    assert (english["title"], korean["title"]) == ("Job Poller", "작업 폴러")
    told = {"title", "description", "teaches"}
    assert {name for name in english if english[name] != korean[name]} == told


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_told_in_the_language_of_the_reader(alice: Api) -> None:
    alice.machine("Hello")
    taken = {"name": "Hello", "definition": json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})}
    response = alice.call("POST", "/api/machines/", taken, **_KOREAN)
    refused = json.loads(response.content)
    assert (refused["code"], refused["detail"]) == ("MachineNameTaken", "이름이 'Hello'인 머신이 이미 있습니다.")
    assert response.headers["Content-Language"] == "ko"
    assert "Accept-Language" in response.headers["Vary"]
    assert alice.post("/api/machines/", taken, 409)["detail"] == "A machine named 'Hello' exists already."
    unknown = alice._json(alice.call("GET", "/api/machines/nope/", **_KOREAN), 404)
    assert unknown["detail"] == "찾을 수 없습니다: 머신 nope"
    limit = alice._json(alice.call("GET", "/api/machines/?limit=0", **_KOREAN), 400)
    assert limit["errors"] == [{"field": "/limit", "message": "1부터 200까지의 정수."}]
    nothing: Any = alice._json(alice.call("POST", "/api/machines/", {}, **_KOREAN), 400)
    assert all("필수" in one["message"] for one in nothing["errors"]), "DRF's own words are in its own catalogue"
    french = alice.call("POST", "/api/machines/", taken, **{"Accept-Language": "fr"})
    assert json.loads(french.content)["detail"] == "A machine named 'Hello' exists already."

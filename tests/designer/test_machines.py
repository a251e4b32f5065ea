"""Machines, revisions, drafts: what is kept and what two editors do to each other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designer.models import Draft, Execution, Machine, Revision, TaskAttempt
from designer.services import deletion, samples
from designer.services.provisioning import Provision, reprovision_machine
from engine.asl.parse import parse_definition
from tests.designer.conftest import BYE, HELLO, Api, body


def _at(machine: dict[str, Any], rest: str = "") -> str:
    return f"/api/machines/{machine['id']}/{rest}"


def test_a_machine_is_made_read_renamed_and_deleted(alice: Api) -> None:
    machine = alice.machine(description="Says hello")
    assert machine["arn"].endswith(":stateMachine:Hello")
    assert machine["definition"] == HELLO
    assert machine["revision"] == 1
    assert machine["counts"] == {"running": 0, "succeeded": 0, "failed": 0, "timed_out": 0, "aborted": 0}
    changed = alice.call("PATCH", _at(machine), {"name": "Greeting"})
    assert (body(changed)["name"], body(changed)["description"]) == ("Greeting", "Says hello")
    assert changed.headers["ETag"] == '"r1"'
    assert alice.call("DELETE", _at(machine)).status_code == 204
    assert alice.call("GET", _at(machine)).status_code == 404


def test_a_name_is_taken_only_once(alice: Api, bob: Api) -> None:
    alice.machine()
    refused = bob.call("POST", "/api/machines/", {"name": "Hello", "definition": HELLO})
    assert refused.status_code == 409
    assert body(refused)["code"] == "MachineNameTaken"


@pytest.mark.parametrize("name", ["Grüße", "ジョブ", "rocket🚀", "a" * 80, "a.b-c_d(e)"])
def test_unicode_names_are_good_names(name: str, alice: Api) -> None:
    assert alice.machine(name)["name"] == name
    assert alice.call("GET", _at(alice.get("/api/machines/")["results"][0], "graph.svg")).status_code == 200


@pytest.mark.parametrize("name", ["", "two words", "a" * 81, "a/b", "a*", "tab\t", "bell\u0007"])
def test_names_aws_refuses_are_refused(name: str, alice: Api) -> None:
    refused = alice.call("POST", "/api/machines/", {"name": name, "definition": HELLO})
    assert refused.status_code == 400
    assert body(refused)["code"] in {"InvalidName", "InvalidRequest"}


def test_invalid_json_is_refused_with_line_and_column(alice: Api) -> None:
    refused = alice.call("POST", "/api/machines/", {"name": "Bad", "definition": '{\n  "StartAt": oops\n}'})
    found = body(refused)
    assert (refused.status_code, found["code"]) == (400, "InvalidDefinition")
    assert (found["diagnostics"][0]["line"], found["diagnostics"][0]["column"]) == (2, 14)


def test_a_dangling_next_is_refused_with_its_pointer(alice: Api) -> None:
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}}
    refused = alice.call("POST", "/api/machines/", {"name": "Bad", "definition": json.dumps(definition)})
    assert body(refused)["diagnostics"][0]["pointer"] == "/States/A/Next"
    assert not Machine.objects.exists()


def test_the_validator_answers_200_and_gives_the_version_back(alice: Api) -> None:
    found = alice.post("/api/validate/", {"definition": "{", "document_version": 7}, 200)
    assert (found["valid"], found["document_version"]) == (False, 7)
    assert alice.post("/api/validate/", {"definition": HELLO}, 200) == {
        "valid": True,
        "diagnostics": [],
        "document_version": None,
    }


def test_of_two_editors_who_save_at_once_the_second_gets_both_versions(alice: Api) -> None:
    machine = alice.machine()
    first = {"definition": BYE, "comment": "first"}
    saved = alice.call("POST", _at(machine, "revisions/"), first, **{"If-Match": '"r1"'})
    assert (saved.status_code, saved.headers["ETag"]) == (201, '"r2"')
    late = alice.call("POST", _at(machine, "revisions/"), {"definition": HELLO + " "}, **{"If-Match": '"r1"'})
    found = body(late)
    assert (late.status_code, found["code"]) == (412, "RevisionConflict")
    assert (found["yours"]["number"], found["theirs"]["number"]) == (1, 2)
    assert (found["yours"]["definition"], found["theirs"]["definition"]) == (HELLO, BYE)
    assert Revision.objects.count() == 2


def test_a_save_must_say_what_it_replaces(alice: Api) -> None:
    refused = alice.call("POST", _at(alice.machine(), "revisions/"), {"definition": BYE})
    assert (refused.status_code, body(refused)["code"]) == (428, "PreconditionRequired")


def test_saving_what_is_the_head_already_makes_no_revision_and_drops_the_draft(alice: Api) -> None:
    machine = alice.machine()
    keep_draft(alice, machine, "{")
    same = alice.call("POST", _at(machine, "revisions/"), {"definition": HELLO, "draft": 1}, **{"If-Match": '"r1"'})
    assert (same.status_code, body(same)["number"]) == (200, 1)
    assert not Draft.objects.exists()


def keep_draft(api: Api, machine: dict[str, Any], text: str, saves: int | None = None) -> int:
    """Its count of saves."""
    draft = {"text": text, "format": "json", "base_revision": 1}
    replaced = {"If-None-Match": "*"} if saves is None else {"If-Match": f'"d{saves}"'}
    return int(api._json(api.call("PUT", _at(machine, "draft/"), draft, **replaced), 200)["saves"])


@pytest.mark.parametrize("superseded", [None, 1])
def test_a_revision_is_not_saved_over_a_draft_that_its_author_has_not_seen(alice: Api, superseded: int | None) -> None:
    machine = alice.machine()
    keep_draft(alice, machine, "elsewhere", keep_draft(alice, machine, "mine"))
    wanted = {"definition": BYE, "draft": superseded}
    refused = alice.call("POST", _at(machine, "revisions/"), wanted, **{"If-Match": '"r1"'})
    found = body(refused)
    assert (refused.status_code, found["code"], found["theirs"]["text"]) == (412, "DraftConflict", "elsewhere")
    assert (Revision.objects.count(), Draft.objects.get().text) == (1, "elsewhere")
    saved = alice.call("POST", _at(machine, "revisions/"), {**wanted, "draft": 2}, **{"If-Match": '"r1"'})
    assert (saved.status_code, Draft.objects.count()) == (201, 0)


def test_who_names_no_draft_leaves_it_to_whom_it_belongs(alice: Api) -> None:
    machine = alice.machine()
    keep_draft(alice, machine, "half done")
    saved = alice.call("POST", _at(machine, "revisions/"), {"definition": BYE}, **{"If-Match": '"r1"'})
    assert (saved.status_code, Draft.objects.get().text) == (201, "half done")
    keep_draft(alice, machine, HELLO, saves=1)
    same = alice.call("POST", _at(machine, "revisions/"), {"definition": HELLO}, **{"If-Match": '"r2"'})
    assert (same.status_code, Draft.objects.count()) == (201, 0)


def test_an_update_over_the_aws_api_leaves_the_draft_of_whom_edits(alice: Api) -> None:
    machine = alice.machine()
    keep_draft(alice, machine, "half done")
    reprovision_machine(alice.user, machine["id"], Provision(definition=BYE))
    found = alice.get(_at(machine))
    assert (found["revision"], found["draft"]["text"], found["draft"]["base_revision"]) == (2, "half done", 1)


def test_a_draft_never_has_the_count_of_one_before_it(alice: Api) -> None:
    machine = alice.machine()
    assert alice.call("DELETE", _at(machine, "draft/"), **{"If-Match": f'"d{keep_draft(alice, machine, "one")}"'})
    assert keep_draft(alice, machine, "two") == 2
    late = alice.call(
        "PUT",
        _at(machine, "draft/"),
        {"text": "late", "format": "json", "base_revision": 1},
        **{"If-Match": '"d1"'},
    )
    assert (late.status_code, Draft.objects.get().text) == (412, "two")


def test_a_draft_may_hold_any_text_and_guards_against_a_second_tab(alice: Api) -> None:
    machine = alice.machine()
    draft = {"text": "not json at all 🚀", "format": "json", "base_revision": 1}
    first = alice.call("PUT", _at(machine, "draft/"), draft, **{"If-None-Match": "*"})
    assert first.headers["ETag"] == '"d1"'
    assert alice.get(_at(machine))["draft"]["text"] == draft["text"]
    second = alice.call("PUT", _at(machine, "draft/"), {**draft, "text": "tab one"}, **{"If-Match": '"d1"'})
    assert second.headers["ETag"] == '"d2"'
    late = alice.call("PUT", _at(machine, "draft/"), {**draft, "text": "tab two"}, **{"If-Match": '"d1"'})
    found = body(late)
    assert (late.status_code, found["code"]) == (412, "DraftConflict")
    assert (found["yours"]["text"], found["theirs"]["text"]) == ("tab two", "tab one")
    assert alice.call("DELETE", _at(machine, "draft/"), **{"If-Match": '"d1"'}).status_code == 412
    assert alice.call("DELETE", _at(machine, "draft/"), **{"If-Match": '"d2"'}).status_code == 204


def test_a_draft_that_was_undone_to_what_is_saved_is_no_draft_but_keeps_its_guard(alice: Api) -> None:
    machine = alice.machine()
    draft = {"text": machine["definition"] + "\n", "format": "json", "base_revision": 1}
    assert alice.call("PUT", _at(machine, "draft/"), draft, **{"If-None-Match": "*"}).status_code == 200
    assert alice.get("/api/machines/")["results"][0]["has_draft"] is True
    undone = {**draft, "text": machine["definition"]}
    assert alice.call("PUT", _at(machine, "draft/"), undone, **{"If-Match": '"d1"'}).status_code == 200
    assert alice.get("/api/machines/")["results"][0]["has_draft"] is False
    found = alice.get(_at(machine))
    assert (found["has_draft"], found["draft"]["saves"]) == (False, 2)


def test_pages_neither_skip_nor_repeat_while_rows_come(alice: Api) -> None:
    names = [f"M{number}" for number in range(7)]
    for name in names:
        alice.machine(name)
    seen: list[str] = []
    cursor = ""
    while True:
        page = alice.get(f"/api/machines/?limit=3{cursor}")
        seen += [one["name"] for one in page["results"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
        alice.machine(f"New{len(seen)}")
    assert seen == names[::-1]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "cursor=%00", "cursor=abc", "cursor=W10", "status=X"]
)
def test_bad_parameters_of_lists_answer_400(query: str, alice: Api) -> None:
    alice.machine()
    assert alice.call("GET", f"/api/machines/?{query}").status_code == 400


def test_deleting_waits_for_running_executions_and_takes_no_new_ones(alice: Api) -> None:
    machine = alice.machine()
    alice.post(_at(machine, "executions/"), {})
    assert alice.get(_at(machine, "deletion/")) == {
        "revisions": 1,
        "executions": 1,
        "running_executions": 1,
        "share_links": 0,
    }
    leaving = alice.call("DELETE", _at(machine))
    assert (leaving.status_code, body(leaving)["status"]) == (202, "DELETING")
    refused = alice.call("POST", _at(machine, "executions/"), {})
    assert (refused.status_code, body(refused)["code"]) == (409, "MachineDeleting")
    assert alice.call("PATCH", _at(machine), {"name": "Other"}).status_code == 409
    assert deletion.finish_deletions() == 0
    Execution.objects.update(status="SUCCEEDED", stopped_at=1)
    assert deletion.finish_deletions() == 1
    assert not Machine.objects.exists()
    assert not Revision.objects.exists()


def test_deleting_waits_until_the_jobs_of_stopped_executions_are_cancelled(alice: Api) -> None:
    machine = alice.machine()
    execution = alice.post(_at(machine, "executions/"), {})
    Execution.objects.update(status="ABORTED", stopped_at=1)
    TaskAttempt.objects.create(
        id="a-1",
        execution_id=execution["id"],
        attempt=0,
        resource="arn:aws:states:::ecs:runTask.sync",
        status="ABORTED",
        scheduled_at=1,
        rung_at=0,
        handle="{}",
        cancel_at=1,
    )
    assert alice.call("DELETE", _at(machine)).status_code == 202
    assert deletion.finish_deletions() == 0
    TaskAttempt.objects.update(cancel_at=None)  # a worker has cancelled it
    assert deletion.finish_deletions() == 1


def test_a_bundle_carries_all_revisions_to_another_user(alice: Api, bob: Api) -> None:
    machine = alice.machine(description="Says hello")
    alice.call("POST", _at(machine, "revisions/"), {"definition": BYE, "comment": "two"}, **{"If-Match": '"r1"'})
    bundle = alice.call("GET", _at(machine, "bundle/"))
    assert "attachment" in bundle.headers["Content-Disposition"]
    copy = bob.post("/api/machines/import/", {"content": bundle.content.decode()})
    assert (copy["name"], copy["revision"], copy["definition"]) == ("Hello-2", 2, BYE)
    assert [one["comment"] for one in bob.get(_at(copy, "revisions/"))["results"]] == ["two", ""]


def test_a_bundle_carries_what_an_earlier_release_took_and_a_new_revision_may_not_have(alice: Api, bob: Api) -> None:
    machine = alice.machine()
    old = json.dumps({"StartAt": "S", "States": {"S": {"Type": "Succeed", "Assign": {"x": 1}}}})
    Revision.objects.filter(machine_id=machine["id"]).update(definition=old)
    bundle = alice.call("GET", _at(machine, "bundle/")).content.decode()
    assert bob.post("/api/machines/import/", {"content": bundle})["definition"] == old
    refused = alice.call("POST", _at(machine, "revisions/"), {"definition": old + " "}, **{"If-Match": '"r1"'})
    assert refused.status_code == 400
    assert "/States/S/Assign" in refused.content.decode()


@pytest.mark.parametrize(("count", "comment"), [(1003, ""), (40, '"' * 60_000)], ids=["many", "large"])
def test_what_was_exported_as_a_bundle_can_be_imported_and_says_what_it_left_out(
    count: int, comment: str, alice: Api
) -> None:
    machine = alice.machine()
    definition = json.dumps({"Comment": comment, "StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
    Revision.objects.bulk_create(
        Revision(machine_id=machine["id"], number=number, definition=definition, format="json", author=alice.user)
        for number in range(2, count + 1)
    )
    Machine.objects.filter(pk=machine["id"]).update(head=count)
    text = alice.call("GET", _at(machine, "bundle/")).content.decode()
    bundle = json.loads(text)
    assert bundle["omitted_revisions"] == count - len(bundle["revisions"]) > 0
    assert bundle["revisions"][-1]["number"] == count
    copy = alice.post("/api/machines/import/", {"content": text})
    assert (copy["definition"], copy["revision"]) == (definition, len(bundle["revisions"]))


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"treadle_bundle": 2}, "/treadle_bundle"),
        ({"machine": []}, "/machine"),
        ({"revisions": []}, "/revisions"),
        ({"machine": {"name": "a b"}}, "/machine/name"),
        ({"revisions": [{"definition": HELLO}, {"definition": "{}"}]}, "/revisions/1/definition"),
        ({"revisions": [{"definition": HELLO, "format": "toml"}]}, "/revisions/0/format"),
    ],
)
def test_a_bad_bundle_changes_nothing(change: dict[str, Any], pointer: str, alice: Api) -> None:
    good = {"treadle_bundle": 1, "machine": {"name": "In"}, "revisions": [{"definition": HELLO}]}
    refused = alice.call("POST", "/api/machines/import/", {"content": json.dumps({**good, **change})})
    assert (refused.status_code, body(refused)["code"]) == (400, "InvalidBundle")
    assert body(refused)["pointer"] == pointer
    assert not Machine.objects.exists()


def test_a_bare_definition_can_be_imported_as_yaml(alice: Api) -> None:
    machine = alice.post("/api/machines/import/", {"content": "StartAt: A\nStates:\n  A:\n    Type: Succeed\n"})
    assert (machine["name"], machine["format"]) == ("Imported", "yaml")


def test_an_export_in_the_other_format_is_the_same_document(alice: Api) -> None:
    definition = json.dumps({"StartAt": "no", "States": {"no": {"Type": "Pass", "Result": "on: 1\n#x", "End": True}}})
    machine = alice.machine(definition=definition)
    assert alice.call("GET", _at(machine, "export/")).content.decode() == definition
    exported = alice.call("GET", _at(machine, "export/?format=yaml"))
    assert "Hello.asl.yaml" in exported.headers["Content-Disposition"]
    assert parse_definition(exported.content.decode(), "yaml").document == json.loads(definition)


def test_samples_are_installed_once_and_are_valid(alice: Api) -> None:
    assert samples.install_samples(alice.user) == 2
    assert samples.install_samples(alice.user) == 0
    listed = alice.get("/api/samples/")["results"]
    assert [one["name"] for one in listed][:2] == ["JobPoller", "OrderFulfilment"]
    for one in listed:
        assert parse_definition(one["definition"], "json").diagnostics == ()


def test_a_share_link_shows_the_head_until_it_is_revoked(alice: Api, bob: Api) -> None:
    machine = alice.machine()
    share = alice.post(_at(machine, "shares/"), {})
    token = share["url"].rsplit("/", 1)[1]
    visitor = bob.client
    assert body(visitor.get(f"/api/shared/{token}/"))["definition"] == HELLO
    picture = visitor.get(f"/api/shared/{token}/graph.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.headers["Content-Security-Policy"].startswith("sandbox")
    assert bob.post(f"/api/shared/{token}/copy/")["name"] == "Hello-2"
    assert token not in str(alice.get(_at(machine, "shares/")))
    assert alice.call("DELETE", _at(machine, f"shares/{share['id']}/")).status_code == 204
    for rest in ("", "graph.svg"):
        assert visitor.get(f"/api/shared/{token}/{rest}").status_code == 404
    assert bob.call("POST", f"/api/shared/{token}/copy/").status_code == 404


def test_an_expired_share_link_is_dead(alice: Api) -> None:
    share = alice.post(_at(alice.machine(), "shares/"), {"expires_at": "2020-01-01T00:00:00Z"})
    assert alice.client.get(share["svg_url"]).status_code == 404


def test_functions_are_listed_without_being_run(alice: Api, installation: Any) -> None:
    folder = installation / "functions"
    (folder / "Greet.py").write_text('"""Greets.\n\nAt length."""\nraise SystemExit\n')
    (folder / "Broken.py").write_text("def (")
    (folder / "notes.txt").write_text("no function")
    found = alice.get("/api/functions/")
    assert [(one["name"], one["description"]) for one in found["results"]] == [("Broken", ""), ("Greet", "Greets.")]
    assert found["results"][1]["arn"].endswith(":function:Greet")


WAITS = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "Parameters": {"QueueUrl": "q", "MessageBody.$": "$$.Task.Token"},
    "End": True,
}


def test_a_bundle_of_an_express_machine_is_checked_as_one(alice: Api) -> None:
    definition = json.dumps({"StartAt": "W", "States": {"W": WAITS}})
    bundle = {"treadle_bundle": 1, "machine": {"name": "In"}, "revisions": [{"definition": definition}]}
    alice.post("/api/machines/import/", {"content": json.dumps(bundle)})
    express = {**bundle, "machine": {"name": "Fast", "type": "EXPRESS"}}
    refused = alice.call("POST", "/api/machines/import/", {"content": json.dumps(express)})
    assert (refused.status_code, body(refused)["pointer"]) == (400, "/revisions/0/definition")
    assert Machine.objects.count() == 1


def test_a_copy_of_a_shared_express_machine_is_one(alice: Api, bob: Api) -> None:
    machine = alice.machine()
    Machine.objects.update(type="EXPRESS")
    url: str = alice.post(_at(machine, "shares/"), {})["url"]
    copy = bob.post(f"/api/shared/{url.rpartition('/')[2]}/copy/")
    assert copy["type"] == "EXPRESS"

"""AWS access keys: made, listed and revoked by their own user, the secret kept encrypted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings

from designer.models import AccessKey
from designer.services.access_keys import find_key
from designer.services.bootstrap import apply_bootstrap_credentials
from designer.services.encryption import Unreadable, decrypt, encrypt
from tests.designer.conftest import Api


def test_the_secret_is_told_once_and_kept_encrypted(alice: Api) -> None:
    made = alice.post("/api/access-keys/", {"name": "laptop"})
    assert len(made["secret"]) == 40
    [listed] = alice.get("/api/access-keys/")["results"]
    assert (listed["id"], listed["name"]) == (made["id"], "laptop")
    assert "secret" not in listed
    row = AccessKey.objects.get()
    assert made["secret"] not in row.secret
    assert decrypt(row.secret) == made["secret"]


def test_bob_neither_sees_nor_revokes_alices_keys(alice: Api, bob: Api) -> None:
    made = alice.post("/api/access-keys/", {"name": "laptop"})
    assert bob.get("/api/access-keys/")["results"] == []
    assert bob.call("DELETE", f"/api/access-keys/{made['id']}/").status_code == 404
    owner = find_key(made["id"])
    assert owner is not None
    assert owner.user_id == alice.user.pk


def test_a_key_of_somebody_who_may_not_sign_in_any_more_is_unknown(alice: Api) -> None:
    made = alice.post("/api/access-keys/", {"name": "laptop"})
    alice.user.is_active = False
    alice.user.save()
    assert find_key(made["id"]) is None


def test_what_another_installation_encrypted_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = encrypt("secret")
    assert decrypt(text) == "secret"
    monkeypatch.setattr(settings, "SECRET_KEY", "another")
    with pytest.raises(Unreadable):
        decrypt(text)


def test_a_key_from_the_environment_is_applied_and_the_one_before_it_goes(
    alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = alice.post("/api/access-keys/", {"name": "laptop"})["id"]
    for key, secret in (("first", "one"), ("first", "other"), ("second", "two")):
        environment = replace(settings.ENVIRONMENT, access_key_id=key, secret_access_key=secret)
        monkeypatch.setattr(settings, "ENVIRONMENT", environment)
        apply_bootstrap_credentials(alice.user)
        apply_bootstrap_credentials(alice.user)
        assert set(AccessKey.objects.values_list("pk", flat=True)) == {own, key}
        assert decrypt(AccessKey.objects.get(pk=key).secret) == secret

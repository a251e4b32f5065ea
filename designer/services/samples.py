"""The sample machines: files beside the app, offered in the gallery and installed at the first start."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from designer.models import Machine
from designer.services.errors import MachineNameTaken
from designer.services.machines import create_machine
from engine.jsontypes import Json
from engine.sentences import Sentence

if TYPE_CHECKING:
    from django.contrib.auth.models import User

FOLDER = Path(__file__).resolve().parent.parent / "samples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """``definition`` is JSON text for this installation's account and region; ``input`` a JSON value to start with.

    ``teaches`` says what there is to learn from it. ``installed`` ones are machines of everybody's first start. Title,
    description and ``teaches`` are told in the reader's language.
    """

    name: str
    title: Sentence
    description: Sentence
    teaches: Sentence
    installed: bool
    definition: str
    input: Json


@cache
def list_samples() -> tuple[Sample, ...]:
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.json")))


def install_samples(user: User) -> int:
    """Give a user who has no machine the samples; answers how many were made. Safe to call at every start."""
    if Machine.objects.filter(owner=user).exists():
        return 0
    return sum(_install(user, sample) for sample in list_samples() if sample.installed)


def _install(user: User, sample: Sample) -> bool:
    try:
        create_machine(
            user, name=sample.name, definition=sample.definition, format="json", description=str(sample.description)
        )
    except MachineNameTaken:
        return False
    return True


def _read(path: Path) -> Sample:
    raw = json.loads(path.read_text(encoding="utf-8"))
    definition = json.dumps(raw["definition"], indent=2, ensure_ascii=False)
    place = f":{settings.ENVIRONMENT.region}:{settings.ENVIRONMENT.account_id}:function:"
    return Sample(
        name=raw["name"],
        title=Sentence(raw["title"], {}),
        description=Sentence(raw["description"], {}),
        teaches=Sentence(raw["teaches"], {}),
        installed=raw.get("installed", False),
        definition=definition.replace(":us-east-1:000000000000:function:", place),
        input=raw["input"],
    )

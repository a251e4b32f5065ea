"""Pictures of revisions and of executions with their statuses."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Literal

from designer.graph.layout import lay_out
from designer.graph.outline import outline
from designer.graph.png import to_png
from designer.graph.statuses import Event, Shown, statuses_of
from designer.graph.svg import render
from designer.graph.theme import ThemeName
from designer.models import Execution, HistoryEvent, Revision
from designer.services.definitions import parse
from designer.services.errors import DoesNotExist

Kind = Literal["svg", "png"]
_KEPT_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    kind: Kind
    content: bytes


class _Kept:
    """Pictures by what is in them, the least used forgotten first; lists of machines ask for the same ones again."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._used = 0
        self._found: OrderedDict[object, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: object) -> bytes | None:
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
            return found

    def put(self, key: object, content: bytes) -> None:
        with self._lock:
            self._used += len(content) - len(self._found.pop(key, b""))
            self._found[key] = content
            while self._used > self._room and len(self._found) > 1:
                self._used -= len(self._found.popitem(last=False)[1])


_kept = _Kept(_KEPT_BYTES)


def draw_revision(revision: Revision, *, kind: Kind, theme: ThemeName) -> Picture:
    """Raises graph.dot.LayoutFailed."""
    return _draw(revision, revision.machine.name, {}, kind, theme)


def draw_execution(execution: Execution, *, kind: Kind, theme: ThemeName) -> Picture:
    """As its history is now. Raises DoesNotExist, graph.dot.LayoutFailed."""
    rows = HistoryEvent.objects.filter(execution=execution).order_by("event_id")
    events = rows.values_list("event_id", "type", "scope", "state", "note")
    statuses = statuses_of(Event(*row) for row in events.iterator(chunk_size=2000))
    revision = Revision.objects.filter(pk=execution.revision_id).first()
    if revision is None:
        raise DoesNotExist("Execution", str(execution.pk))  # deleted since it was found
    title = f"{execution.machine.name}: {execution.name}, {execution.status}"
    return _draw(revision, title, statuses, kind, theme)


def _draw(revision: Revision, title: str, statuses: dict[str, Shown], kind: Kind, theme: ThemeName) -> Picture:
    # A revision never changes, so its key stands for its definition.
    key = (revision.machine_id, revision.number, title, tuple(statuses.items()), kind, theme)
    content = _kept.get(key)
    if content is None:
        document = parse(revision.definition, revision.format).document
        svg = render(lay_out(outline(document)), title=title, theme=theme, statuses=statuses)
        content = to_png(svg) if kind == "png" else svg.encode()
        _kept.put(key, content)
    return Picture(kind=kind, content=content)

"""The scopes that an activation works on: own copies over what is stored, and what has become of them."""

from __future__ import annotations

from collections.abc import Mapping

from engine.asl.model import States
from engine.core.execution import Changes, Overlay, Phase, Scope, Scopes, child_prefix, parent_path
from engine.jsontypes import Document, Json

_NO_VARIABLES: Mapping[str, Json] = {}


class Workspace:
    """Reads through the snapshot's reader, copies each scope before it is changed, remembers what was dropped."""

    def __init__(self, stored: Scopes) -> None:
        self._stored = stored
        self._scopes: dict[str, Scope] = {}
        self._blobs: dict[str, Document] = {}
        self._removed_below: list[str] = []

    def changes(self) -> Changes:
        return Changes(
            removed_below=tuple(self._removed_below),
            scopes=tuple(self._scopes.values()),
            blobs=tuple(self._blobs.items()),
        )

    def overlay(self) -> Scopes:
        """A reader of everything as it is now; what is stored stays as it was."""
        return Overlay(self._stored, self.changes())

    # -- scopes -------------------------------------------------------------------------------------------------

    def open(self, path: str, states: States, value: Document, *, previous: int) -> Scope:
        """A new scope, ready for its first state; ``previous`` is what that state's first event is linked to."""
        scope = Scope(path=path, state=states.start_at, phase=Phase.READY, input=value, previous=previous)
        self._scopes[path] = scope
        return scope

    def scope(self, path: str) -> Scope | None:
        """The own copy of a scope; None when there is none (any more)."""
        if path in self._scopes:
            return self._scopes[path]
        stored = None if self._gone(path) else self._stored.scope(path)
        if stored is None:
            return None
        copy = self._scopes[path] = stored.copy()
        return copy

    def known(self, path: str) -> Scope:
        """A scope that must be there."""
        scope = self.scope(path)
        assert scope is not None, f"scope {path!r} is not there"
        return scope

    def children(self, scope: Scope) -> list[Scope]:
        """The branches or iterations of the container that the scope is in, as own copies."""
        prefix = child_prefix(scope.path, scope.entered)
        for stored in self._stored.below(prefix):
            if stored.path not in self._scopes and not self._gone(stored.path):
                self._scopes[stored.path] = stored.copy()
        paths = [path for path in self._scopes if path.startswith(prefix) and "/" not in path[len(prefix) :]]
        return [self._scopes[path] for path in paths]

    def _gone(self, path: str) -> bool:
        return path.startswith(tuple(self._removed_below))

    def drop_below(self, prefix: str) -> None:
        """Forget all scopes and blobs whose path or key begins so."""
        self._scopes = {path: scope for path, scope in self._scopes.items() if not path.startswith(prefix)}
        self._blobs = {key: blob for key, blob in self._blobs.items() if not key.startswith(prefix)}
        self._removed_below.append(prefix)

    # -- data ---------------------------------------------------------------------------------------------------

    @staticmethod
    def blob_key(scope: Scope, name: str) -> str:
        return f"{scope.path}#{scope.entered}:{name}"

    def blob(self, key: str) -> Document:
        return self._blobs[key] if key in self._blobs else self._stored.blob(key)

    def keep(self, scope: Scope, name: str, document: Document) -> None:
        """Store a value beside the scope: written once, however often the scope is."""
        self._blobs[self.blob_key(scope, name)] = document

    def input_of(self, scope: Scope) -> Document:
        """The raw input of the state; a container's lies in a blob."""
        return self.blob(self.blob_key(scope, "input")) if scope.input is None else scope.input

    def weight_around(self, scope: Scope) -> int:
        """Bytes of the variables in the scopes around."""
        path, weight = scope.path, 0
        while path:
            path = parent_path(path)
            weight += self.known(path).weight
        return weight

    def variables(self, scope: Scope) -> Mapping[str, Json]:
        """Own variables over those of the scopes around; inner scopes read outer ones, never write them."""
        if not scope.path:
            return scope.variables
        found: dict[str, Json] = {}
        path = scope.path
        chain = [scope.variables]
        while path:
            path = parent_path(path)
            chain.append(self.known(path).variables)
        for variables in reversed(chain):
            found.update(variables)
        return found or _NO_VARIABLES

"""What the services refuse, by name.

    Refused
    ├── DoesNotExist             unknown, or somebody else's (the two must not be told apart)
    ├── InvalidName              a name AWS would refuse too
    ├── InvalidDefinition        diagnostics say where
    ├── InvalidBundle            a file to import that is not one
    ├── InvalidInput             an execution's input that is not JSON
    ├── TooLarge                 a text over its limit
    ├── MachineNameTaken
    ├── MachineDeleting          it takes no more changes and executions
    ├── PreconditionMissing      a write without If-Match
    ├── RevisionConflict         the head moved meanwhile; carries both versions
    ├── DraftConflict            the draft moved meanwhile; carries both versions
    ├── ExecutionNotStuck
    ├── ExecutionNotRedrivable
    ├── InvalidToken             a task token of nobody, or of somebody else's task
    ├── InvalidOutput            a task's output that is not JSON
    ├── TaskTimedOut             the task of a token has ended, or its execution has
    ├── InvalidConfiguration     a machine's role, logging or encryption that cannot be
    ├── VersionInUse             an alias points at it
    ├── StaleRevision            what was to be published is not the head any more
    ├── InvalidRouting           an alias's versions and weights that cannot be
    ├── AliasNameTaken           by an alias with another content
    ├── ActivityNameTaken
    ├── QuotaExceeded            AWS's quotas of versions, aliases and tags
    ├── WrongMachineType         what EXPRESS or STANDARD machines do not offer
    ├── MapRunEnded              its limits cannot be changed any more
    ├── ConnectionNameTaken
    ├── AlreadyInJsonata         there is nothing to convert
    ├── CatalogueUnavailable     what there is could not be looked up
    └── SignInLinkInvalid        unknown, used or too old (not told apart)

Each carries fields and builds its sentence once. ``designer.api.problems`` turns them into answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from designer.models import Draft, Revision
    from engine.asl.diagnostics import Diagnostic


class Refused(Exception):
    """Base of all refusals. ``str()`` is a sentence for the person who asked."""


@dataclass
class DoesNotExist(Refused):
    kind: str
    key: str

    def __str__(self) -> str:
        return f"There is no such {self.kind}: {self.key}"


@dataclass
class InvalidName(Refused):
    name: str
    reason: str

    def __str__(self) -> str:
        return f"The name {self.name!r} {self.reason}."


@dataclass
class InvalidDefinition(Refused):
    diagnostics: tuple[Diagnostic, ...]

    def __str__(self) -> str:
        errors = [one for one in self.diagnostics if one.severity == "ERROR"]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        return f"{errors[0].message}{more}" if errors else "The definition is not valid."


@dataclass
class InvalidBundle(Refused):
    reason: str
    pointer: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()

    def __str__(self) -> str:
        return f"{self.reason} (at {self.pointer})" if self.pointer else self.reason


@dataclass
class InvalidInput(Refused):
    reason: str

    def __str__(self) -> str:
        return f"The input is not valid JSON: {self.reason}"


@dataclass
class InvalidTrial(Refused):
    """A state cannot be tested in the way that was asked for."""

    reason: str

    def __str__(self) -> str:
        return f"This state cannot be tested so: {self.reason}."


@dataclass
class TrialTooLong(Refused):
    """A simulation goes on for longer than somebody waits for it."""

    reason: str

    def __str__(self) -> str:
        return f"The simulation was given up: {self.reason}."


@dataclass
class TooLarge(Refused):
    what: str
    size: int
    limit: int

    def __str__(self) -> str:
        return f"The {self.what} has {self.size:,} bytes; {self.limit:,} are allowed."


@dataclass
class MachineNameTaken(Refused):
    name: str

    def __str__(self) -> str:
        return f"A machine named {self.name!r} exists already."


@dataclass
class MachineDeleting(Refused):
    name: str

    def __str__(self) -> str:
        return f"The machine {self.name!r} is being deleted."


@dataclass
class PreconditionMissing(Refused):
    header: str
    example: str

    def __str__(self) -> str:
        return f"Say which version you replace: send {self.header}: {self.example}"


@dataclass
class RevisionConflict(Refused):
    """``yours`` is the revision the writer started from (None when it never was one), ``theirs`` the head."""

    yours: Revision | None
    theirs: Revision

    def __str__(self) -> str:
        return f"Somebody saved revision {self.theirs.number} meanwhile."


@dataclass
class DraftConflict(Refused):
    """``yours`` is what was sent, ``theirs`` the stored draft (None when it is gone)."""

    yours: Draft | None
    theirs: Draft | None

    def __str__(self) -> str:
        return "Somebody saved this draft meanwhile." if self.theirs else "This draft was dropped meanwhile."


@dataclass
class ExecutionNotStuck(Refused):
    execution_id: str

    def __str__(self) -> str:
        return "Only a stuck execution can be taken up again."


@dataclass
class ExecutionNotRedrivable(Refused):
    execution_id: str
    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass
class InvalidToken(Refused):
    def __str__(self) -> str:
        return "Invalid Token: 'Invalid token'"


@dataclass
class InvalidOutput(Refused):
    reason: str

    def __str__(self) -> str:
        return f"Invalid Output: '{self.reason}'"


@dataclass
class TaskTimedOut(Refused):
    def __str__(self) -> str:
        return "Task Timed Out: 'Provided task does not exist anymore'"


@dataclass
class InvalidConfiguration(Refused):
    """``part`` is role, logging, tracing, encryption or versionDescription."""

    part: str
    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass
class VersionInUse(Refused):
    number: int
    aliases: tuple[str, ...]

    def __str__(self) -> str:
        return f"Version {self.number} is used by {', '.join(self.aliases)}."


@dataclass
class StaleRevision(Refused):
    given: str
    current: str

    def __str__(self) -> str:
        return f"The revision is {self.current} by now, not {self.given}."


@dataclass
class InvalidRouting(Refused):
    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass
class AliasNameTaken(Refused):
    name: str

    def __str__(self) -> str:
        return f"An alias named {self.name!r} exists already, with another content."


@dataclass
class ActivityNameTaken(Refused):
    name: str

    def __str__(self) -> str:
        return f"An activity named {self.name!r} exists already."


@dataclass
class QuotaExceeded(Refused):
    what: str
    most: int
    key: str = ""

    def __str__(self) -> str:
        return f"There can be {self.most:,} {self.what} at most."


@dataclass
class WrongMachineType(Refused):
    type: str

    def __str__(self) -> str:
        return f"{self.type} machines do not offer this."


@dataclass
class MapRunEnded(Refused):
    status: str

    def __str__(self) -> str:
        return f"The Map Run has {self.status} already."


@dataclass
class ConnectionNameTaken(Refused):
    name: str

    def __str__(self) -> str:
        return f"A connection named {self.name!r} exists already."


@dataclass
class CatalogueUnavailable(Refused):
    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass
class SignInLinkInvalid(Refused):
    def __str__(self) -> str:
        return "This sign-in link is not valid: it was used, it is older than 10 minutes, or it never was one."


@dataclass
class AlreadyInJsonata(Refused):
    state: str

    def __str__(self) -> str:
        return f"The state {self.state!r} is in JSONata already: there is nothing to convert."

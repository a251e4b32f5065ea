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
    ├── QuotaExceeded            one more than AWS's quotas allow
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
from typing import TYPE_CHECKING, Final, Literal

from designer.services.quotas import Quota
from engine.sentences import Sentence, say

if TYPE_CHECKING:
    from designer.models import Draft, Revision
    from engine.asl.diagnostics import Diagnostic


class Refused(Exception):
    """Base of all refusals. ``str()`` is its sentence for the person who asked, in English."""

    @property
    def sentence(self) -> Sentence:
        """Each refusal has its own."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self.sentence


Kind = Literal[
    "AccessKey",
    "Action",
    "Activity",
    "Alias",
    "Connection",
    "Draft",
    "Execution",
    "Machine",
    "MapRun",
    "Resource",
    "Revision",
    "Service",
    "Share",
    "State",
    "Token",
    "Version",
]
_KINDS: Final[dict[Kind, Sentence]] = {
    "AccessKey": say("AccessKey"),
    "Action": say("Action"),
    "Activity": say("Activity"),
    "Alias": say("Alias"),
    "Connection": say("Connection"),
    "Draft": say("Draft"),
    "Execution": say("Execution"),
    "Machine": say("Machine"),
    "MapRun": say("MapRun"),
    "Resource": say("Resource"),
    "Revision": say("Revision"),
    "Service": say("Service"),
    "Share": say("Share"),
    "State": say("State"),
    "Token": say("Token"),
    "Version": say("Version"),
}


@dataclass
class DoesNotExist(Refused):
    kind: Kind
    key: str

    @property
    def sentence(self) -> Sentence:
        return say("There is no such {kind}: {key}", kind=_KINDS[self.kind], key=self.key)


@dataclass
class InvalidName(Refused):
    name: str
    reason: Sentence

    @property
    def sentence(self) -> Sentence:
        return say("The name {name!r} {reason}.", name=self.name, reason=self.reason)


@dataclass
class InvalidDefinition(Refused):
    diagnostics: tuple[Diagnostic, ...]

    @property
    def sentence(self) -> Sentence:
        errors = [one for one in self.diagnostics if one.severity == "ERROR"]
        if len(errors) > 1:
            return say("{first} (and {n} more)", first=errors[0].message, n=len(errors) - 1)
        return errors[0].message if errors else say("The definition is not valid.")


@dataclass
class InvalidBundle(Refused):
    reason: Sentence
    pointer: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def sentence(self) -> Sentence:
        return say("{reason} (at {pointer})", reason=self.reason, pointer=self.pointer) if self.pointer else self.reason


@dataclass
class InvalidInput(Refused):
    reason: Sentence

    @property
    def sentence(self) -> Sentence:
        return say("The input is not valid JSON: {reason}", reason=self.reason)


@dataclass
class InvalidTrial(Refused):
    """A state cannot be tested in the way that was asked for."""

    reason: Sentence

    @property
    def sentence(self) -> Sentence:
        return say("This state cannot be tested so: {reason}.", reason=self.reason)


@dataclass
class TrialTooLong(Refused):
    """A simulation goes on for longer than somebody waits for it."""

    reason: Sentence

    @property
    def sentence(self) -> Sentence:
        return say("The simulation was given up: {reason}.", reason=self.reason)


@dataclass
class TooLarge(Refused):
    what: Sentence
    size: int
    limit: int

    @property
    def sentence(self) -> Sentence:
        return say(
            "The {what} has {size:,} bytes; {limit:,} are allowed.", what=self.what, size=self.size, limit=self.limit
        )


@dataclass
class MachineNameTaken(Refused):
    name: str

    @property
    def sentence(self) -> Sentence:
        return say("A machine named {name!r} exists already.", name=self.name)


@dataclass
class MachineDeleting(Refused):
    name: str

    @property
    def sentence(self) -> Sentence:
        return say("The machine {name!r} is being deleted.", name=self.name)


@dataclass
class PreconditionMissing(Refused):
    header: str
    example: str

    @property
    def sentence(self) -> Sentence:
        return say("Say which version you replace: send {header}: {example}", header=self.header, example=self.example)


@dataclass
class RevisionConflict(Refused):
    """``yours`` is the revision the writer started from (None when it never was one), ``theirs`` the head."""

    yours: Revision | None
    theirs: Revision

    @property
    def sentence(self) -> Sentence:
        return say("Somebody saved revision {number} meanwhile.", number=self.theirs.number)


@dataclass
class DraftConflict(Refused):
    """``yours`` is what was sent, ``theirs`` the stored draft (None when it is gone)."""

    yours: Draft | None
    theirs: Draft | None

    @property
    def sentence(self) -> Sentence:
        return say("Somebody saved this draft meanwhile.") if self.theirs else say("This draft was dropped meanwhile.")


@dataclass
class ExecutionNotStuck(Refused):
    execution_id: str

    @property
    def sentence(self) -> Sentence:
        return say("Only a stuck execution can be taken up again.")


@dataclass
class ExecutionNotRedrivable(Refused):
    execution_id: str
    reason: Sentence

    @property
    def sentence(self) -> Sentence:
        return self.reason


@dataclass
class InvalidToken(Refused):
    @property
    def sentence(self) -> Sentence:
        return say("Invalid Token: 'Invalid token'")


@dataclass
class InvalidOutput(Refused):
    reason: Sentence

    @property
    def sentence(self) -> Sentence:
        return say("Invalid Output: '{reason}'", reason=self.reason)


@dataclass
class TaskTimedOut(Refused):
    @property
    def sentence(self) -> Sentence:
        return say("Task Timed Out: 'Provided task does not exist anymore'")


@dataclass
class InvalidConfiguration(Refused):
    """``part`` is role, logging, tracing, encryption or versionDescription."""

    part: str
    reason: Sentence

    @property
    def sentence(self) -> Sentence:
        return self.reason


@dataclass
class VersionInUse(Refused):
    number: int
    aliases: tuple[str, ...]

    @property
    def sentence(self) -> Sentence:
        return say("Version {number} is used by {aliases}.", number=self.number, aliases=", ".join(self.aliases))


@dataclass
class StaleRevision(Refused):
    given: str
    current: str

    @property
    def sentence(self) -> Sentence:
        return say("The revision is {current} by now, not {given}.", current=self.current, given=self.given)


@dataclass
class InvalidRouting(Refused):
    reason: Sentence

    @property
    def sentence(self) -> Sentence:
        return self.reason


@dataclass
class AliasNameTaken(Refused):
    name: str

    @property
    def sentence(self) -> Sentence:
        return say("An alias named {name!r} exists already, with another content.", name=self.name)


@dataclass
class ActivityNameTaken(Refused):
    name: str

    @property
    def sentence(self) -> Sentence:
        return say("An activity named {name!r} exists already.", name=self.name)


@dataclass
class QuotaExceeded(Refused):
    quota: Quota

    @property
    def sentence(self) -> Sentence:
        most, what, setting = self.quota.most, self.quota.what, self.quota.setting
        if setting is None:
            return say("There can be {most:,} {what} at most.", most=most, what=what)
        return say("There can be {most:,} {what} at most; {setting} says so.", most=most, what=what, setting=setting)


@dataclass
class WrongMachineType(Refused):
    type: str

    @property
    def sentence(self) -> Sentence:
        return say("{type} machines do not offer this.", type=self.type)


@dataclass
class MapRunEnded(Refused):
    status: str

    @property
    def sentence(self) -> Sentence:
        return say("The Map Run has {status} already.", status=self.status)


@dataclass
class ConnectionNameTaken(Refused):
    name: str

    @property
    def sentence(self) -> Sentence:
        return say("A connection named {name!r} exists already.", name=self.name)


@dataclass
class CatalogueUnavailable(Refused):
    reason: Sentence

    @property
    def sentence(self) -> Sentence:
        return self.reason


@dataclass
class SignInLinkInvalid(Refused):
    @property
    def sentence(self) -> Sentence:
        return say("This sign-in link is not valid: it was used, it is older than 10 minutes, or it never was one.")


@dataclass
class AlreadyInJsonata(Refused):
    state: str

    @property
    def sentence(self) -> Sentence:
        return say("The state {state!r} is in JSONata already: there is nothing to convert.", state=self.state)

"""What the database keeps.

Times of the runtime's own tables are whole milliseconds since 1970 in UTC: they are written by raw SQL on the hot path
(designer/store) and compared as numbers. The core's snapshots (Execution.state, Scope.data) are opaque JSON with a
``format`` inside; only engine.core reads them.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


def new_id() -> str:
    return str(uuid.uuid4())


class MachineType(models.TextChoices):
    STANDARD = "STANDARD"
    EXPRESS = "EXPRESS"


class MachineStatus(models.TextChoices):
    ACTIVE = "ACTIVE"
    DELETING = "DELETING"


class DefinitionFormat(models.TextChoices):
    JSON = "json"
    YAML = "yaml"


class ExecutionStatus(models.TextChoices):
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    ABORTED = "ABORTED"


class AttemptStatus(models.TextChoices):
    QUEUED = "QUEUED"
    OFFERED = "OFFERED"
    BEGUN = "BEGUN"
    WAITING = "WAITING"
    POLLING = "POLLING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    ABORTED = "ABORTED"
    LOST = "LOST"


class Machine(models.Model):
    """A state machine: a name and its immutable, numbered revisions. ``head`` is the number of the newest.

    ``last_version`` is the highest number that a published version ever had, ``last_draft`` the highest count of saves
    that a draft of it ever had: none is used twice. ``tags`` maps keys to values.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="machines")
    name = models.CharField(max_length=80, unique=True)
    description = models.TextField(blank=True, default="")
    type = models.CharField(max_length=8, choices=MachineType.choices, default=MachineType.STANDARD)
    status = models.CharField(max_length=8, choices=MachineStatus.choices, default=MachineStatus.ACTIVE)
    head = models.PositiveIntegerField(default=1)
    last_version = models.PositiveIntegerField(default=0, db_default=0)
    last_draft = models.PositiveIntegerField(default=0, db_default=0)
    tags = models.JSONField(default=dict, db_default={})
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name


class Revision(models.Model):
    """One saved definition, as its author wrote it, and how it runs. Never changed; an execution keeps the one it
    started with.

    ``role_arn`` is empty where nobody named one. ``logging`` and ``encryption`` are JSON text of AWS's
    loggingConfiguration and encryptionConfiguration, empty for its defaults.
    """

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    definition = models.TextField()
    format = models.CharField(max_length=4, choices=DefinitionFormat.choices, default=DefinitionFormat.JSON)
    comment = models.CharField(max_length=256, blank=True, default="")
    role_arn = models.CharField(max_length=256, blank=True, default="", db_default="")
    logging = models.TextField(blank=True, default="", db_default="")
    tracing = models.BooleanField(default=False, db_default=False)
    encryption = models.TextField(blank=True, default="", db_default="")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["machine", "number"], name="revision_number")]

    def __str__(self) -> str:
        return f"{self.machine_id} r{self.number}"


class Version(models.Model):
    """A published, numbered snapshot of a machine: a revision that callers can name for ever (AWS, "Versions")."""

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="versions")
    description = models.CharField(max_length=256, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["machine", "number"], name="version_number")]

    def __str__(self) -> str:
        return f"{self.machine_id}:{self.number}"


class Alias(models.Model):
    """A name for one or two versions of a machine (AWS, "Aliases")."""

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=256, blank=True, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["machine", "name"], name="alias_name")]

    def __str__(self) -> str:
        return f"{self.machine_id}:{self.name}"


class AliasRoute(models.Model):
    """The share of an alias's executions, in percent, that one version gets."""

    alias = models.ForeignKey(Alias, on_delete=models.CASCADE, related_name="routes")
    version = models.ForeignKey(Version, on_delete=models.RESTRICT, related_name="routes")
    weight = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["alias", "version"], name="alias_route")]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.weight} %"


class Activity(models.Model):
    """Work that programs outside ask for by its name (AWS, "Activities")."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="activities")
    name = models.CharField(max_length=80, unique=True)
    tags = models.JSONField(default=dict)
    encryption = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """Text that is not saved as a revision yet; may hold anything. ``saves`` is its ETag."""

    machine = models.OneToOneField(Machine, on_delete=models.CASCADE, primary_key=True, related_name="draft")
    text = models.TextField()
    format = models.CharField(max_length=4, choices=DefinitionFormat.choices, default=DefinitionFormat.JSON)
    base_revision = models.PositiveIntegerField()
    saves = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft of {self.machine_id}"


class ShareLink(models.Model):
    """A read-only link to a machine. Only the hash of its token is kept."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="share_links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id


class ApiToken(models.Model):
    """A bearer token of a user. Only its hash is kept."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class AccessKey(models.Model):
    """An AWS access key of a user. ``secret`` is encrypted: a signature can be verified only with the clear text."""

    id = models.CharField(primary_key=True, max_length=128)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_keys")
    name = models.CharField(max_length=80)
    secret = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id


class HttpConnection(models.Model):
    """What HTTP tasks are authorised with (EventBridge, "Connections"). ``secrets`` is encrypted JSON."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="http_connections")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=24)
    settings = models.JSONField(default=dict)
    secrets = models.TextField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "name"], name="connection_name")]

    def __str__(self) -> str:
        return self.name


class SignInLink(models.Model):
    """A one-time link, valid 10 minutes. Only the hash of its token is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_in_links")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"sign-in link of {self.user_id}"


class Execution(models.Model):
    """A run of a revision.

    ``version`` counts its commits (an activation writes only if nobody else did meanwhile); ``state`` is the core's
    root snapshot; ``crashes`` counts activations that died since the last commit; ``stuck_reason`` parks it;
    ``resume_at`` is set while a spent budget has left work to do. ``published`` and ``alias`` are the number of the
    version and the name of the alias it was started by; ``redrive_tokens`` is JSON text of the last client tokens and
    when they came.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="executions", db_index=False)
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="executions")
    name = models.CharField(max_length=80)
    status = models.CharField(max_length=9, choices=ExecutionStatus.choices, default=ExecutionStatus.RUNNING)
    input = models.TextField()
    output = models.TextField(null=True)
    error = models.TextField(null=True)
    cause = models.TextField(null=True)
    started_at = models.BigIntegerField()
    stopped_at = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=0)
    last_event_id = models.PositiveIntegerField(default=0)
    state = models.TextField(default="")
    crashes = models.PositiveIntegerField(default=0)
    stuck_reason = models.TextField(null=True)
    resume_at = models.BigIntegerField(null=True)
    map_run = models.ForeignKey("MapRun", null=True, on_delete=models.CASCADE, related_name="children", db_index=False)
    processor = models.CharField(max_length=80, db_default="")
    child_index = models.PositiveIntegerField(null=True)
    child_items = models.PositiveIntegerField(db_default=0)
    # The id of the attempt that started it: unique, so that an attempt begun again finds the one it started.
    parent_attempt = models.CharField(max_length=64, null=True, unique=True)
    redrive_count = models.PositiveIntegerField(db_default=0)
    redriven_at = models.BigIntegerField(null=True)
    # How long it lay between an end and the redrive after it, in all.
    idle = models.BigIntegerField(default=0, db_default=0)
    # Since when a child of a redriven Map Run waits for its turn to run again (AWS: PENDING_REDRIVE).
    redrive_due = models.BigIntegerField(null=True)
    redrive_tokens = models.TextField(default="", db_default="")
    express = models.BooleanField(default=False, db_default=False)
    published = models.PositiveIntegerField(null=True)
    alias = models.CharField(max_length=80, null=True)
    trace_header = models.CharField(max_length=256, null=True)

    class Meta:
        constraints: ClassVar = [
            # AWS: executions of EXPRESS machines may share a name.
            models.UniqueConstraint(
                fields=["machine", "name"], name="execution_name", condition=models.Q(express=False)
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["resume_at"], name="execution_left", condition=models.Q(resume_at__isnull=False)),
            models.Index(fields=["machine", "-started_at", "-id"], name="execution_of_machine"),
            # Lists of machines count by status, of an index alone (six times as fast as the rows); quotas count what
            # runs. One index for both, status first (docs/adr/0016-one-index-of-status.md).
            models.Index(fields=["status", "machine"], name="execution_counts"),
            models.Index(fields=["-started_at", "-id"], name="execution_newest"),
            models.Index(
                fields=["map_run", "child_index"],
                name="execution_of_map_run",
                condition=models.Q(map_run__isnull=False),
            ),
        ]

    @property
    def duration(self) -> int | None:
        """How long it ran, in milliseconds; None while it runs. A redrive does not count the time before it."""
        return None if self.stopped_at is None else max(0, self.stopped_at - self.started_at - self.idle)

    def __str__(self) -> str:
        return self.name


class MapRun(models.Model):
    """A Distributed Map at work: ``engine.runtime.ports.MapRunRow``. ``command`` is its StartMapRun."""

    id = models.CharField(primary_key=True, max_length=80)
    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="map_runs")
    arn = models.CharField(max_length=2000, db_index=True)
    command = models.TextField()
    status = models.CharField(max_length=9, default="RUNNING")
    concurrency = models.PositiveIntegerField(default=0)
    tolerated_count = models.PositiveIntegerField(null=True)
    tolerated_percentage = models.FloatField(null=True)
    items = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    complete = models.BooleanField(default=False)
    made = models.PositiveIntegerField(default=0)
    running = models.PositiveIntegerField(default=0)
    pending = models.PositiveIntegerField(default=0, db_default=0)
    succeeded = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    timed_out = models.PositiveIntegerField(default=0)
    aborted = models.PositiveIntegerField(default=0)
    error = models.TextField(null=True)
    cause = models.TextField(null=True)
    started_at = models.BigIntegerField()
    stopped_at = models.BigIntegerField(null=True)
    looked_at = models.BigIntegerField()
    redrive_count = models.PositiveIntegerField(default=0, db_default=0)
    redriven_at = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["looked_at"], name="map_run_running", condition=models.Q(status="RUNNING")),
        ]

    def __str__(self) -> str:
        return self.arn


class MapItem(models.Model):
    """The input of a child that is still to be made."""

    pk = models.CompositePrimaryKey("map_run", "index")
    map_run = models.ForeignKey(MapRun, on_delete=models.CASCADE, related_name="waiting", db_index=False)
    index = models.PositiveIntegerField()
    input = models.TextField()
    items = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.map_run_id} {self.index}"


class Scope(models.Model):
    """The core's record of one scope: "" the top, else EVENT.INDEX segments of branches and iterations."""

    pk = models.CompositePrimaryKey("execution", "path")
    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="scopes", db_index=False)
    path = models.CharField(max_length=400)
    data = models.TextField()

    def __str__(self) -> str:
        return self.path


class Blob(models.Model):
    """An immutable value that scopes refer to (the items of a Map), kept apart so that a commit need not rewrite it."""

    pk = models.CompositePrimaryKey("execution", "key")
    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="blobs", db_index=False)
    key = models.CharField(max_length=400)
    data = models.TextField()

    def __str__(self) -> str:
        return self.key


class HistoryEvent(models.Model):
    """One event as AWS shapes it. ``details`` is JSON text of the type's detail object."""

    pk = models.CompositePrimaryKey("execution", "event_id")
    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="history", db_index=False)
    event_id = models.PositiveIntegerField()
    previous_event_id = models.PositiveIntegerField()
    type = models.CharField(max_length=40)
    at = models.BigIntegerField()
    scope = models.CharField(max_length=400)
    state = models.CharField(max_length=80, null=True)
    note = models.CharField(max_length=8, null=True)
    details = models.TextField()

    def __str__(self) -> str:
        return f"{self.event_id} {self.type}"


class ExecutionLog(models.Model):
    """How far the execution log has got with an execution whose machine asks for one. Gone when all is written."""

    execution = models.OneToOneField(Execution, on_delete=models.CASCADE, primary_key=True, related_name="log")
    level = models.CharField(max_length=5)
    with_data = models.BooleanField()
    written = models.PositiveIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"log of {self.execution_id}"


class StatusEvent(models.Model):
    """A status change that is to be told to TREADLE_EVENTS_URL; ``due`` is when to try next (or whose lease ends)."""

    id = models.BigAutoField(primary_key=True)
    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="status_events")
    status = models.CharField(max_length=9)
    at = models.BigIntegerField()
    due = models.BigIntegerField(db_index=True)
    tries = models.PositiveIntegerField()
    output = models.TextField(null=True)
    error = models.TextField(null=True)
    cause = models.TextField(null=True)

    def __str__(self) -> str:
        return f"{self.execution_id} is {self.status}"


class Inbox(models.Model):
    """An event on its way to an execution: inserted without any lock, drained by whoever advances the execution."""

    id = models.BigAutoField(primary_key=True)
    # No foreign key: under PostgreSQL its check would wait for the row lock of an activation.
    execution_id = models.CharField(max_length=36, db_index=True)
    event = models.TextField()
    at = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.id} for {self.execution_id}"


class TaskAttempt(models.Model):
    """One attempt of a Task state. QUEUED rows are the outbox: the message to a worker is only a doorbell.

    ``begun_at`` is set by the one worker whose compare-and-set made it BEGUN; an attempt that may have begun is
    never begun again, unless its service knows it by its id. ``token`` ends it from outside. ``handle`` names its job,
    looked at when ``poll_at`` is due and, when nobody waits for it any more, cancelled when ``cancel_at`` is
    (designer/store/attempts.py).
    """

    id = models.CharField(primary_key=True, max_length=64)
    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    scope = models.CharField(max_length=400)
    state = models.CharField(max_length=80)
    attempt = models.PositiveIntegerField()
    resource = models.TextField()
    payload = models.TextField()
    timeout_seconds = models.PositiveIntegerField(null=True)
    heartbeat_seconds = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=9, choices=AttemptStatus.choices, default=AttemptStatus.QUEUED)
    worker = models.CharField(max_length=64, null=True)
    scheduled_at = models.BigIntegerField()
    rung_at = models.BigIntegerField()
    begun_at = models.BigIntegerField(null=True)
    ended_at = models.BigIntegerField(null=True)
    error = models.TextField(null=True)
    cause = models.TextField(null=True)
    logs = models.TextField(default="")
    logs_truncated = models.BooleanField(default=False)
    role_arn = models.TextField(null=True)
    token = models.CharField(max_length=128, null=True, unique=True)
    handle = models.TextField(null=True)
    poll_at = models.BigIntegerField(null=True)
    polls = models.PositiveIntegerField(db_default=0)
    cancel_at = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["execution", "scheduled_at"], name="attempt_of_execution"),
            models.Index(
                fields=["status", "rung_at"],
                name="attempt_open",
                condition=models.Q(status__in=["QUEUED", "BEGUN", "POLLING"]),
            ),
            models.Index(
                fields=["resource", "scheduled_at"], name="attempt_offered", condition=models.Q(status="OFFERED")
            ),
            models.Index(fields=["poll_at"], name="attempt_poll", condition=models.Q(poll_at__isnull=False)),
            models.Index(fields=["cancel_at"], name="attempt_cancel", condition=models.Q(cancel_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.id


class Timer(models.Model):
    """An event that is due at a time: a Wait, a retry's back-off, a timeout, a heartbeat."""

    pk = models.CompositePrimaryKey("execution", "key")
    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="timers", db_index=False)
    key = models.CharField(max_length=120)
    due = models.BigIntegerField(db_index=True)
    event = models.TextField()

    def __str__(self) -> str:
        return self.key


class Worker(models.Model):
    """A worker process. ``beat`` is its lease: who sees it stand still for long on its own clock calls it lost."""

    id = models.CharField(primary_key=True, max_length=64)
    kind = models.CharField(max_length=8)
    host = models.CharField(max_length=255)
    process = models.PositiveIntegerField()
    beat = models.PositiveBigIntegerField(default=0)
    started_at = models.BigIntegerField()

    def __str__(self) -> str:
        return self.id

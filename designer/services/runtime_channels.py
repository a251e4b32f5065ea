"""Names of the Redis channels between workers and web processes."""

ENDED_CHANNEL = "treadle:ended"
CHANGES_GROUP = "executions"

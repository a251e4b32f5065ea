"""Submits a job: {"polls": N, "fail": bool} -> a job that is done after N status checks."""

import time
import uuid


def handler(event, context):
    job = {
        "id": f"job-{uuid.uuid4().hex[:8]}",
        "polls": int(event.get("polls", 2)),
        "fail": bool(event.get("fail", False)),
        "submitted_at": time.time(),
    }
    print(f"submitted {job['id']}: done after {job['polls']} checks")
    return job

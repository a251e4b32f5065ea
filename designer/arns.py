"""Amazon Resource Names of this installation's things."""

from __future__ import annotations

from django.conf import settings


def _states(kind: str, rest: str) -> str:
    environment = settings.ENVIRONMENT
    return f"arn:aws:states:{environment.region}:{environment.account_id}:{kind}:{rest}"


def machine_arn(name: str) -> str:
    return _states("stateMachine", name)


def execution_arn(machine: str, name: str) -> str:
    return _states("execution", f"{machine}:{name}")


def function_arn(name: str) -> str:
    environment = settings.ENVIRONMENT
    return f"arn:aws:lambda:{environment.region}:{environment.account_id}:function:{name}"


def role_arn() -> str:
    """What ``$$.Execution.RoleArn`` says: roles have no effect here."""
    return f"arn:aws:iam::{settings.ENVIRONMENT.account_id}:role/treadle"

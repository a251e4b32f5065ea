"""What makes a machine an EXPRESS one when it runs (AWS, "Standard and Express workflows")."""

from __future__ import annotations

from dataclasses import replace

from engine.asl.model import StateMachine

LONGEST_SECONDS = 300
"""AWS quota: an EXPRESS execution is timed out after five minutes."""


def express_machine(machine: StateMachine) -> StateMachine:
    """The same machine, ended after five minutes at the latest."""
    own = machine.timeout_seconds
    return replace(machine, timeout_seconds=LONGEST_SECONDS if own is None else min(own, LONGEST_SECONDS))

"""Values for the schema's examples."""

from __future__ import annotations

import json
from typing import Final

MACHINE_INPUT: Final = {
    "name": "Hello",
    "description": "Says hello.",
    "format": "json",
    "definition": json.dumps({"StartAt": "Hello", "States": {"Hello": {"Type": "Pass", "Result": "hi", "End": True}}}),
}
START_INPUT: Final = {"input": {"wait_time": 1, "polls": 2, "fail": False}, "name": "first-run"}

"""A pytest plugin, loaded before the settings are: tests never touch the developer's own data folder."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def _own_data_folder() -> None:
    folder = Path(tempfile.mkdtemp(prefix="treadle-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in ("static", "functions"):
        (folder / name).mkdir()
    os.environ["TREADLE_DATA"] = str(folder)
    os.environ["TREADLE_FUNCTIONS_DIR"] = str(folder / "functions")
    for name in list(os.environ):
        if name.startswith("TREADLE_") and name not in {
            "TREADLE_DATA",
            "TREADLE_FUNCTIONS_DIR",
            "TREADLE_DATABASE_URL",
            # Folders of definitions to try, of tests/e2e/test_every_definition.py.
            "TREADLE_WORKFLOWS",
            "TREADLE_CONFORMANCE",
        }:
            del os.environ[name]


_own_data_folder()

"""manage.py restore FILE"""

from __future__ import annotations

import fcntl
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from designer.services.backup import BackupError, restore


class Command(BaseCommand):
    help = "Replace all data by that of a backup. What is there now is backed up first. Treadle must not be running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        data = settings.ENVIRONMENT.data
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(data / "supervisor.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandError("Treadle is running on this data folder: stop it first (Ctrl-C)") from None
        try:
            before = restore(options["file"])
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from None
        finally:
            os.close(lock)
        self.stdout.write(f"restored {options['file']}" + (f"; what was there is in {before}" if before else ""))

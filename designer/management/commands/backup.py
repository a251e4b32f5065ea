"""manage.py backup [FILE]"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from designer.services.backup import BackupError, back_up


class Command(BaseCommand):
    help = "Back up the database and the secret key to FILE (default: TREADLE_DATA/backups). Works while Treadle runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = back_up(options["file"])
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"backed up to {made}")

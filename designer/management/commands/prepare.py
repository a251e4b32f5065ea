"""Everything between an empty data folder and servers that can start. Safe to run at every start.

Progress goes to stderr; the last line of stdout is JSON with the one-time sign-in link (which is in no log).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from designer.services.backup import back_up, database_is_empty
from designer.services.bootstrap import apply_bootstrap_credentials
from designer.services.samples import install_samples
from designer.services.signin import create_sign_in_link, ensure_user, sign_in_url


class Command(BaseCommand):
    help = "Prepare the data folder: migrations (with a backup before), static files, samples, the first user."
    # They would load every view, for which each start would wait; make lint runs them.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self._migrate()
        self._collect_static()
        user = ensure_user()
        install_samples(user)
        apply_bootstrap_credentials(user)
        self.stdout.write(json.dumps({"link": sign_in_url(create_sign_in_link(user))}))

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        known = set(executor.loader.disk_migrations)
        newer = sorted(
            name for app, name in executor.loader.applied_migrations if app == "designer" and (app, name) not in known
        )
        if newer:
            raise CommandError(
                f"this data folder was written by a newer Treadle (its schema has {', '.join(newer)}): "
                "install that release, or set TREADLE_DATA to another folder"
            )
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not plan:
            return
        if not database_is_empty():
            file = back_up(label="before-migration")
            self.stderr.write(f"backed up to {file} before changing the schema")
        call_command("migrate", interactive=False, verbosity=0)
        self.stderr.write(f"applied {len(plan)} migrations")

    def _collect_static(self) -> None:
        manifest = Path(settings.BASE_DIR) / "frontend" / "dist" / ".built"
        built = manifest.read_bytes() if manifest.exists() else b""
        wanted = hashlib.sha256(built + Path(settings.BASE_DIR, "requirements.txt").read_bytes()).hexdigest()
        marker = Path(settings.STATIC_ROOT) / ".collected"
        if marker.exists() and marker.read_text(encoding="ascii") == wanted:
            return
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        marker.write_text(wanted, encoding="ascii")

"""Prints a one-time sign-in link."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from designer.services import signin


class Command(BaseCommand):
    help = "Prints a new sign-in link, good once and for 10 minutes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--user", default=signin.FIRST_USER, help="whose link; made when new (default: %(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        token = signin.create_sign_in_link(signin.ensure_user(options["user"]))
        self.stdout.write(signin.sign_in_url(token))

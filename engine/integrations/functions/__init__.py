"""The functions folder: ``NAME.py`` or a package ``NAME/`` with ``handler(event, context)``, run like Lambda functions."""

from engine.integrations.functions.integration import Functions, Settings

__all__ = ["Functions", "Settings"]

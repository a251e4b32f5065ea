"""The functions folder: ``NAME.py`` or a package ``NAME/`` with ``handler(event, context)``, run as Lambda would."""

from engine.integrations.functions.integration import Functions, Settings

__all__ = ["Functions", "Settings"]

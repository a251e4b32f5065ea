"""Ids and tokens in addresses."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import StringConverter


class KeyConverter(StringConverter):
    """A part of a path without a NUL: nothing has one in its key, and PostgreSQL cannot even compare with it."""

    regex = r"[^/\0]+"


register_converter(KeyConverter, "key")

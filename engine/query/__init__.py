"""The query language: paths, payload templates, and where they may reach. Pure."""

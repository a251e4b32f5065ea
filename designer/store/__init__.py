"""The engine's Store port on the database: raw SQL on the hot path, columns checked against the models by a test."""

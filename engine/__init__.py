"""The engine: the Amazon States Language, its pure interpreter and its durable runtime. Knows no Django."""

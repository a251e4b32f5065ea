"""The language: its model, how text becomes it, and what is wrong with a text. Pure."""

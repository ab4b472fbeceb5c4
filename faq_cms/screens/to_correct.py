"""Remarques — what readers wrote, and what became of it."""

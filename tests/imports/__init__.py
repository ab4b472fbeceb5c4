"""Readers of FAQ documents."""

"""Tests, one module per module of the product; they read as sentences."""

"""Fuzzing the template language."""

"""Feedback: what readers mark and ask the authors for, kept in one file, and the report on it."""

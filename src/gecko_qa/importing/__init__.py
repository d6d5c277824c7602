"""Texts of other makes, turned into explainers of a corpus."""

"""Precision, recall and F1 of findings, and the quality of decisions, against gold corpora."""

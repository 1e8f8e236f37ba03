"""Batch output -> cohorts: criteria over patients, the flow of exclusions with its evidence, chart review."""

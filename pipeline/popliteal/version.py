"""The version of the code; a change of what the pipeline finds changes it."""

__version__ = "0.1.0"

"""Many notes: sources that stream, the pure step from notes to tables, the pool of processes, the output folder."""

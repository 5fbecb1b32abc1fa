"""Where ElastiCache stands in each source: one file a source, a table of "theirs → ours" and little else."""

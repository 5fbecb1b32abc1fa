"""Accepted findings: by comments and metadata in the code, the policy's exceptions and the baseline."""

"""Accepted findings: by comments and metadata in the code, the policy's exceptions and the baseline.

`application.py` applies every kind in turn, and each kind returns what covers each finding:

- `in_code.py`: all texts of a run. `annotated_file.py` finds the suppressions of one text and the code that
  they are at; `directives.py` (this program's comments), `other_tools.py` (comments of other tools) and
  `metadata.py` (templates) read one, and return an `InlineSuppression` of `inline.py`.
- `exceptions.py`: the policy's exceptions.
- `baseline.py`: the entries of a baseline, which `baseline_file.py` reads and writes.
"""

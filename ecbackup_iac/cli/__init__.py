"""The command line: words → a request → a report, an exit status."""

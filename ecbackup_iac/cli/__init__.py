"""The command line: arguments → a request → a report and an exit status."""

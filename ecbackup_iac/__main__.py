"""`python -m ecbackup_iac` → the command line."""

from ecbackup_iac.cli import main

if __name__ == "__main__":
    main()

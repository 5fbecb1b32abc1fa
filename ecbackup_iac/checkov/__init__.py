"""Our side of the Checkov integration: what Checkov passes in → a finding; exporting the check."""

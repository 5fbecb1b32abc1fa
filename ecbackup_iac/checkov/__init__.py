"""Our side of the Checkov integration: what Checkov passes in → a resource; exporting the check."""

"""Report → an HTML page."""

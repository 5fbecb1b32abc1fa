"""Template expressions → values under every scenario."""

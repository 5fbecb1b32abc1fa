c = max(1, 2)

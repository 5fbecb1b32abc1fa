days = = 0

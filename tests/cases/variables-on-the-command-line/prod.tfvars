days = 21

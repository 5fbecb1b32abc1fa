c = 3 + 4
d = [for x in [1, 2] : x * 2]

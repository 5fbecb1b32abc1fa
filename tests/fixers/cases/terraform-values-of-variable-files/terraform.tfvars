days     = 1
settings = { name = "x" }

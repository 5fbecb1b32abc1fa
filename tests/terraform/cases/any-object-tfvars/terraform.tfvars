c = { redis = { days = "12" } }

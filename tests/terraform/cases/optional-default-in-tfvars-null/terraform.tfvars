c = { r = null, o = null }

text     = "8-days-of-secret"
engine   = "memcached"
node     = "cache.t1.micro"
settings = {
  days = "hush"
  word = "hush"
}

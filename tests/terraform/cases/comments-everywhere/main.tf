/* head */ variable /* a */ "x" /* b */ { # c
  // d
  default /* e */ = /* f */ 7 // g
  /* h
  */
} /* i */
locals {
  y = [ # one
    1, // two
    /* three */ 2,
    # four
  ]
  z = {
    # c
    a = 1, # d
    b : 2
    /* e */ c = 3
    "d" = (
      # in parens
      4
    )
  }
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = var /* q */ . x
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = local.y[/* i */ 1]
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = local.z.d
}

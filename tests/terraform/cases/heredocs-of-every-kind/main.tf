locals {
  a = <<-EOT
    x
     y

    z
  EOT
  b = <<-EOT
    ${1}
      %{ if true ~}
      yes
      %{ endif ~}
    q
  EOT
  c = <<EOT
%{ for i in [1, 2, 3] ~}
${i},
%{ endfor ~}
EOT
  d = <<-EOT
	tab
	  two
    EOT
  e = <<EOT
EOT
  g = <<-EOT
    $${x} %%{y} \n "q" ${"a"}
      ${"b"}
  EOT
  h = [<<A
1
A
  , <<B
2
B
  ]
  i = upper(<<-X
    a
  X
  )
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = length(local.a)
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = length(local.b)
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = length(local.c)
}
resource "aws_elasticache_replication_group" "d" {
  replication_group_id = "d"
  description = "x"
  snapshot_retention_limit = length(local.d)
}
resource "aws_elasticache_replication_group" "e" {
  replication_group_id = "e"
  description = "x"
  snapshot_retention_limit = length(local.e)
}
resource "aws_elasticache_replication_group" "f" {
  replication_group_id = "f"
  description = "x"
  snapshot_retention_limit = local.a == "x\n y\n\nz\n" ? 1 : 2
}
resource "aws_elasticache_replication_group" "g" {
  replication_group_id = "g"
  description = "x"
  snapshot_retention_limit = length(local.g)
}
resource "aws_elasticache_replication_group" "h" {
  replication_group_id = "h"
  description = "x"
  snapshot_retention_limit = trimspace(local.h[1])
}
resource "aws_elasticache_replication_group" "i" {
  replication_group_id = "i"
  description = "x"
  snapshot_retention_limit = length(local.i)
}
resource "aws_elasticache_replication_group" "j" {
  replication_group_id = "j"
  description = "x"
  snapshot_retention_limit = local.b == "1\n  yes\n  q\n" ? 1 : (local.b == "1\n  yes\nq\n" ? 2 : 3)
}

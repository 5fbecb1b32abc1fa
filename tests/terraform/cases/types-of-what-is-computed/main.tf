variable "on" {
  default = true
}
variable "env" {
  default = "prod"
}
variable "sec" {
  default = 7
  sensitive = true
}
variable "lo" {
  type = list(object({ days = number, tags = map(string) }))
  default = []
}
variable "mo" {
  type = map(object({ days = number }))
  default = {}
}
variable "ls" {
  type = list(string)
  default = []
}
resource "terraform_data" "t" {
  input = { a = 7, b = ["x", "y"] }
}
resource "terraform_data" "s" {
  input = "x"
}
resource "terraform_data" "n" {
}
resource "aws_security_group" "g" {
  name = "x"
  description = "7"
}
resource "random_password" "p" {
  length = "7"
}
resource "random_shuffle" "sh" {
  input = ["a", "b", "c"]
}
resource "null_resource" "nu" {
  triggers = { a = 7 }
}
resource "aws_elasticache_replication_group" "z" {
  replication_group_id = "ABC"
  description = "d"
  num_cache_clusters = "2"
  multi_az_enabled = "false"
  security_group_names = ["b", "a", "a"]
  snapshot_window = null
  tags = { n = 7, t = true }
}
resource "aws_elasticache_cluster" "k" {
  cluster_id = "k"
  engine = "redis"
  node_type = "cache.t3.micro"
  num_cache_nodes = 1
}
resource "aws_elasticache_subnet_group" "sg" {
  name = "sg"
  subnet_ids = ["b", "a"]
}
resource "aws_elasticache_replication_group" "r0" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(terraform_data.t.output.b) == 2 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r1" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(terraform_data.t.output), 33)
}
resource "aws_elasticache_replication_group" "r2" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(flatten([terraform_data.t.output.b, [1]])) == 3 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r3" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(terraform_data.t.output.zz == 1 ? 1 : 2, 33)
}
resource "aws_elasticache_replication_group" "r4" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(terraform_data.n.output == null ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r5" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(terraform_data.n.input == null ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r6" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(terraform_data.t.id == null ? 0 : 7, 33)
}
resource "aws_elasticache_replication_group" "r7" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(terraform_data.t.triggers_replace == null ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r8" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try((var.on ? 7 : terraform_data.s.output) == 7 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r9" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try((var.on ? 7 : terraform_data.s.output) == "7" ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r10" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(tolist([7, terraform_data.s.output])[0] == "7" ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r11" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(tolist([7, terraform_data.s.id])[0] == 7 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r12" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(coalesce(7, terraform_data.s.id) == 7 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r13" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(coalesce("a", aws_security_group.g.id)) == 1 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r14" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(aws_security_group.g.arn == "" ? 7 : 7, 33)
}
resource "aws_elasticache_replication_group" "r15" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(aws_security_group.g.tags_all) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r16" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(aws_elasticache_replication_group.z.log_delivery_configuration) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r17" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(aws_elasticache_replication_group.z.replication_group_id == "abc" ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r18" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(aws_elasticache_replication_group.z.num_cache_clusters + 5, 33)
}
resource "aws_elasticache_replication_group" "r19" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(aws_elasticache_replication_group.z.num_cache_clusters == 2 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r20" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(aws_elasticache_replication_group.z.multi_az_enabled == false ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r21" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(aws_elasticache_replication_group.z.automatic_failover_enabled ? 0 : 7, 33)
}
resource "aws_elasticache_replication_group" "r22" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(aws_elasticache_replication_group.z.security_group_names), 33)
}
resource "aws_elasticache_replication_group" "r23" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(aws_elasticache_replication_group.z.snapshot_window == null ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r24" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(aws_elasticache_replication_group.z.tags.n == "7" ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r25" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(aws_elasticache_replication_group.z.tags["t"] == "true" ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r26" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(aws_elasticache_replication_group.z.kms_key_id == null ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r27" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(aws_elasticache_replication_group.z.port == null ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r28" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(aws_elasticache_replication_group.z.engine == "redis" ? 7 : 7, 33)
}
resource "aws_elasticache_replication_group" "r29" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(aws_elasticache_replication_group.z.tags) + 5, 33)
}
resource "aws_elasticache_replication_group" "r30" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(aws_elasticache_cluster.k.port == 6379 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r31" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(aws_elasticache_cluster.k.snapshot_retention_limit == null ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r32" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(coalesce(aws_elasticache_cluster.k.snapshot_retention_limit, 7), 33)
}
resource "aws_elasticache_replication_group" "r33" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(aws_elasticache_cluster.k.num_cache_nodes == 1 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r34" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(aws_elasticache_subnet_group.sg.subnet_ids) + 5, 33)
}
resource "aws_elasticache_replication_group" "r35" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(contains(aws_elasticache_subnet_group.sg.subnet_ids, "a") ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r36" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(random_password.p.length == 7 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r37" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(random_password.p.special ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r38" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(random_shuffle.sh.input) + 4, 33)
}
resource "aws_elasticache_replication_group" "r39" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(random_shuffle.sh.result) > 0 ? 7 : 7, 33)
}
resource "aws_elasticache_replication_group" "r40" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(null_resource.nu.triggers.a == "7" ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r41" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(issensitive(random_password.p.result) ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r42" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(issensitive(random_password.p.length) ? 0 : 7, 33)
}
resource "aws_elasticache_replication_group" "r43" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(issensitive(aws_elasticache_replication_group.z.auth_token) ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r44" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(var.lo[*].days) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r45" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(var.lo[*].tags.zz) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r46" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(var.lo[*].tags["zz"]) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r47" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(var.lo[*].days.x) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r48" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(var.lo[*].days[0]) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r49" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(var.ls[*].x) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r50" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(var.lo.*.zz) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r51" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(values(var.mo)[*].zz) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r52" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(values(var.mo)[*].days) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r53" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(tolist([])[*].zz) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r54" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length([for o in var.lo : o.zz]) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r55" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length([for o in var.lo : o if o.zz == 1]) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r56" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length([for o in var.lo : o if "x"]) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r57" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length({for k, v in var.mo : k => v if v}) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r58" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length([for k, v in var.ls : k if k + v]) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r59" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length([for x in ["a"] : x if var.sec == 7]), 33)
}
resource "aws_elasticache_replication_group" "r60" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(sum([for x in [1, 2] : x if var.sec > x]) + 4, 33)
}
resource "aws_elasticache_replication_group" "r61" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(issensitive({a = 1, b = 2}[var.on ? "a" : "b"]) ? 0 : 7, 33)
}
resource "aws_elasticache_replication_group" "r62" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(issensitive(tomap({ "7" = 1 })[var.sec]) ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r63" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(issensitive({ "7" = 1 }[var.sec]) ? 0 : 7, 33)
}
resource "aws_elasticache_replication_group" "r64" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(issensitive([1, 2, 3, 4, 5, 6, 7, 8][var.sec]) ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r65" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(issensitive(lookup({ "7" = 1 }, var.sec, 0)) ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r66" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(1 / 0 > 1e300 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r67" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(-1 / 0 < -1e300 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r68" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(1 / 0 == 1 / 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r69" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(min(1 / 0, 7), 33)
}
resource "aws_elasticache_replication_group" "r70" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(7 / (1 / 0), 33)
}
resource "aws_elasticache_replication_group" "r71" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(7 - 0 / -1, 33)
}
resource "aws_elasticache_replication_group" "r72" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(max(-1 / 0, 7), 33)
}
resource "aws_elasticache_replication_group" "r73" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(tostring(1 / 0)) + 3, 33)
}
resource "aws_elasticache_replication_group" "r74" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(can(tonumber("Inf")) ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r75" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(tonumber("1e2") / 10, 33)
}
resource "aws_elasticache_replication_group" "r76" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(parseint("-0", 10) == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r77" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try((-0) + 7, 33)
}
resource "aws_elasticache_replication_group" "r78" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try([1, 7][-0 + 1], 33)
}
resource "aws_elasticache_replication_group" "r79" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(range(-0)) + 7, 33)
}
resource "aws_elasticache_replication_group" "r80" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(7 % 1e-3 == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r81" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(14.5 % 7.5, 33)
}
resource "aws_elasticache_replication_group" "r82" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(1e400 % 7 == 0 ? 7 : 3, 33)
}
resource "aws_elasticache_replication_group" "r83" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(-7 % 4 == -3 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r84" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(7 % -4, 33)
}
resource "aws_elasticache_replication_group" "r85" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(pow(7, 1), 33)
}
resource "aws_elasticache_replication_group" "r86" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(pow(49, 0.5), 33)
}
resource "aws_elasticache_replication_group" "r87" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(pow(2, 0.5) == pow(2, 0.5) ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r88" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(pow(0.1, 1) == 0.1 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r89" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(floor(pow(10, 0.5) * 3), 33)
}
resource "aws_elasticache_replication_group" "r90" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(log(1024, 2) == 10 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r91" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(0.1 + 0.2 == 0.3 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r92" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(1.e1, 33)
}
resource "aws_elasticache_replication_group" "r93" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(jsonencode(-0)), 33)
}
resource "aws_elasticache_replication_group" "r94" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(format("%v", -0)), 33)
}
resource "aws_elasticache_replication_group" "r95" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(toset([-0, 0, 0.0])) + 5, 33)
}
resource "aws_elasticache_replication_group" "r96" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(distinct([-0, 0])) + 5, 33)
}
resource "aws_elasticache_replication_group" "r97" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(-0 == 0 ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r98" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(var.on ? 7 : "x", 33)
}
resource "aws_elasticache_replication_group" "r99" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try((var.on ? [7] : ["x"])[0] == "7" ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r100" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try((var.on ? { a = 7 } : { a = "x" }).a == "7" ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r101" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try((var.on ? { a = 7 } : { b = "x" }).a == "7" ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r102" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(length(var.on ? [1] : []) + 6, 33)
}
resource "aws_elasticache_replication_group" "r103" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try((var.on ? null : 7) == null ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r104" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try((var.on ? [] : tolist(["a"])) == tolist([]) ? 7 : 0, 33)
}
resource "aws_elasticache_replication_group" "r105" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(try(tolist([7, [1]]), [7])[0], 33)
}
resource "aws_elasticache_replication_group" "r106" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(try((var.on ? 7 : [1]), 3), 33)
}
resource "aws_elasticache_replication_group" "r107" {
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = try(merge({ a = 7 }, { a = "7" }).a == "7" ? 7 : 0, 33)
}

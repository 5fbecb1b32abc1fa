"""A number of units → a Terragrunt tree, and the same roots in plain Terraform."""

from pathlib import Path

_MODULE = """\
variable "name" {
  type = string
}

variable "backup_days" {
  type    = number
  default = 0
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = var.name
  description              = var.name
  engine                   = "valkey"
  node_type                = "cache.t4g.small"
  snapshot_retention_limit = var.backup_days
}
"""
_PARENT = """\
locals {
  days = 7
}

remote_state {
  backend  = "s3"
  generate = { path = "backend.tf", if_exists = "overwrite" }
  config   = { bucket = "state", key = "${path_relative_to_include()}/terraform.tfstate" }
}

generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite"
  contents  = "provider \\"aws\\" {}"
}

inputs = { backup_days = local.days }
"""
_UNIT = """\
include "root" {
  path = find_in_parent_folders("root.hcl")
}

terraform {
  source = "${get_repo_root()}/modules//redis"
}

inputs = { name = "NAME" }
"""
_ROOT = """\
module "redis" {
  source      = "../../modules/redis"
  name        = "NAME"
  backup_days = 7
}
"""


def write_units(folder: Path, count: int) -> None:
    """Write a repository of units that include one parent and deploy one module."""
    files = {f"live/u{number:04}/terragrunt.hcl": _UNIT for number in range(count)}
    _write(folder, {**files, "live/root.hcl": _PARENT})


def write_roots(folder: Path, count: int) -> None:
    """Write a repository of roots that call the same module with the same values."""
    _write(folder, {f"live/u{number:04}/main.tf": _ROOT for number in range(count)})


def _write(folder: Path, files: dict[str, str]) -> None:
    (folder / ".git").mkdir(parents=True)
    for name, text in {**files, "modules/redis/main.tf": _MODULE}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("NAME", path.parent.name), encoding="utf-8")

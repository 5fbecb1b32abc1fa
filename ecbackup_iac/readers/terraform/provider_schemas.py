"""A resource type → the types of its attributes, from the providers' schemas.

hashicorp/aws 6.62, random 3.7, null 3.2 and time 0.13; of data sources, too. After a name: + the provider
computes it where it is unset, =value its default, ! it is sensitive, ~ it is kept in lower case. `id` is in
every resource; write-only attributes are left out.
"""

import re
from collections.abc import Mapping
from functools import cache

from ecbackup_iac.terraform.modules.resource_values import AttributeSchema
from ecbackup_iac.terraform.values.type_system import type_named

_ENTRY = re.compile(
    r"(?P<name>\w+)(?P<computed>\+)?(?P<lower>~)?(?P<sensitive>!)?(?:=(?P<default>.+))?"
)


@cache
def provider_schema(kind: str) -> Mapping[str, AttributeSchema]:
    """Return what is known of a resource type's attributes; nothing for a type that is not listed."""
    found = {}
    for group, entries in _SCHEMAS.get(kind, {}).items():
        is_block = group == "blocks"
        for entry in entries.split():
            match = _ENTRY.fullmatch(entry)
            if match is None:
                raise ValueError(entry)
            found[match["name"]] = AttributeSchema(
                type_named("list of any" if is_block else group),
                is_computed=match["computed"] is not None,
                is_sensitive=match["sensitive"] is not None,
                is_lower_case=match["lower"] is not None,
                default=match["default"],
                is_block=is_block,
            )
    return found


_SCHEMAS: Mapping[str, Mapping[str, str]] = {
    "aws_elasticache_cluster": {
        "bool": "apply_immediately+ transit_encryption_enabled+",
        "string": """
            arn+ auto_minor_version_upgrade=true availability_zone+ az_mode+ cluster_address+ cluster_id~
            configuration_endpoint+ engine+ engine_version+ engine_version_actual+ final_snapshot_identifier
            ip_discovery+ maintenance_window+~ network_type+ node_type+ notification_topic_arn outpost_mode
            parameter_group_name+ preferred_outpost_arn+ region+ replication_group_id+ snapshot_name
            snapshot_window+ subnet_group_name+
        """,
        "number": "num_cache_nodes+ port+ snapshot_retention_limit",
        "list of string": "preferred_availability_zones snapshot_arns",
        "set of string": "security_group_ids+",
        "map of string": "tags tags_all+",
        "blocks": "log_delivery_configuration",
    },
    "aws_elasticache_replication_group": {
        "bool": """
            apply_immediately+ automatic_failover_enabled=false cluster_enabled+ data_tiering_enabled+
            multi_az_enabled=false transit_encryption_enabled+
        """,
        "string": """
            arn+ at_rest_encryption_enabled+ auth_token! auth_token_update_strategy+
            auto_minor_version_upgrade+ cluster_mode+ configuration_endpoint_address+ description
            durability+ engine+ engine_version+ engine_version_actual+ final_snapshot_identifier
            global_replication_group_id+ ip_discovery+ kms_key_id maintenance_window+~ network_type+
            node_type+ notification_topic_arn parameter_group_name+ primary_endpoint_address+
            reader_endpoint_address+ region+ replication_group_id~ snapshot_name snapshot_window+
            subnet_group_name+ transit_encryption_mode+
        """,
        "number": """
            auth_token_wo_version num_cache_clusters+ num_node_groups+ port replicas_per_node_group+
            snapshot_retention_limit
        """,
        "set of string": """
            member_clusters+ security_group_ids+ security_group_names+ snapshot_arns user_group_ids
        """,
        "list of string": "preferred_cache_cluster_azs",
        "map of string": "tags tags_all+",
        "blocks": "log_delivery_configuration node_group_configuration+",
    },
    "aws_elasticache_serverless_cache": {
        "string": """
            arn+ create_time+ daily_snapshot_time+ description+ engine full_engine_version+ kms_key_id
            major_engine_version+ name network_type+ region+ status+ user_group_id
        """,
        "set of string": "security_group_ids+ subnet_ids+",
        "list of string": "snapshot_arns_to_restore",
        "number": "snapshot_retention_limit+",
        "map of string": "tags tags_all+",
        "blocks": "cache_usage_limits",
    },
    "aws_elasticache_subnet_group": {
        "string": "arn+ description+ name region+ vpc_id+",
        "set of string": "subnet_ids",
        "map of string": "tags tags_all+",
    },
    "aws_elasticache_parameter_group": {
        "string": "arn+ description+ family name region+",
        "map of string": "tags tags_all+",
        "blocks": "parameter",
    },
    "random_id": {
        "string": "b64_std+ b64_url+ dec+ hex+ prefix",
        "number": "byte_length",
        "map of string": "keepers",
    },
    "random_string": {
        "map of string": "keepers",
        "number": "length min_lower=0 min_numeric=0 min_special=0 min_upper=0",
        "bool": "lower=true number=true numeric=true special=true upper=true",
        "string": "override_special result+",
    },
    "random_password": {
        "string": "bcrypt_hash+! override_special result+!",
        "map of string": "keepers",
        "number": "length min_lower=0 min_numeric=0 min_special=0 min_upper=0",
        "bool": "lower=true number=true numeric=true special=true upper=true",
    },
    "random_pet": {
        "map of string": "keepers",
        "number": "length=2",
        "string": "prefix separator=-",
    },
    "random_integer": {"map of string": "keepers", "number": "max min result+", "string": "seed"},
    "random_uuid": {"map of string": "keepers", "string": "result+"},
    "random_shuffle": {
        "list of string": "input result+",
        "map of string": "keepers",
        "number": "result_count",
        "string": "seed",
    },
    "terraform_data": {"any": "input output+ triggers_replace"},
    "null_resource": {"map of string": "triggers"},
    "time_sleep": {"string": "create_duration destroy_duration", "map of string": "triggers"},
    "time_static": {
        "number": "day+ hour+ minute+ month+ second+ unix+ year+",
        "string": "rfc3339+",
        "map of string": "triggers",
    },
    "data.aws_ssm_parameter": {
        "string": "arn+ insecure_value+ name type+ value+!",
        "number": "version+",
    },
    "data.aws_secretsmanager_secret_version": {
        "string": "arn+ secret_binary+! secret_id secret_string+! version_id+"
    },
}

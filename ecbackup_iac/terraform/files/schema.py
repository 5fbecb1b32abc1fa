"""What Terraform's configuration files may contain at the top, and how it reads their JSON."""

from ecbackup_iac.hcl.structure import EXPRESSION, LITERAL, Schema

CONFIGURATION = Schema(
    labels={
        "action": ("type", "name"),
        "check": ("name",),
        "data": ("type", "name"),
        "ephemeral": ("type", "name"),
        "import": (),
        "locals": (),
        "module": ("name",),
        "moved": (),
        "output": ("name",),
        "provider": ("name",),
        "removed": (),
        "resource": ("type", "name"),
        "terraform": (),
        "variable": ("name",),
    },
    # Where Terraform reads a JSON string literally, or as an expression; elsewhere it is a template.
    json_readings={
        ("variable", "default"): LITERAL,
        ("variable", "description"): LITERAL,
        ("variable", "type"): EXPRESSION,
        ("output", "description"): LITERAL,
        ("module", "source"): LITERAL,
        ("module", "version"): LITERAL,
        ("module", "providers"): EXPRESSION,
        ("resource", "provider"): EXPRESSION,
        ("data", "provider"): EXPRESSION,
        ("ephemeral", "provider"): EXPRESSION,
        ("lifecycle", "ignore_changes"): EXPRESSION,
        ("lifecycle", "replace_triggered_by"): EXPRESSION,
        ("moved", "from"): EXPRESSION,
        ("moved", "to"): EXPRESSION,
        ("import", "to"): EXPRESSION,
        ("import", "provider"): EXPRESSION,
        ("removed", "from"): EXPRESSION,
        ("terraform", "required_version"): LITERAL,
        ("terraform", "experiments"): EXPRESSION,
    },
)

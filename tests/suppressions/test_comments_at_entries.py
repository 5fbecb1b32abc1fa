"""A comment at one entry of a call's map or list is for the caches that the entry leads to, and no others."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from suppressions.conftest import Checker

GROUP = "aws_elasticache_replication_group"
COMMENT = "# ecbackup:ignore scratch"
EACH = f"""\
variable "caches" {{}}
resource "{GROUP}" "c" {{
  for_each                 = {{ for c in var.caches : c.name => c }}
  snapshot_retention_limit = each.value.keep
}}
"""
MAPPED = EACH.replace("{ for c in var.caches : c.name => c }", "var.caches")
TYPED = MAPPED.replace(
    '"caches" {}', '"caches" {\n  type = map(object({ keep = optional(number, 0) }))\n}'
)
FIXED = MAPPED.replace("each.value.keep", "0")
NAMED = FIXED.replace("var.caches", "toset(var.caches)")
COUNTED = f"""\
variable "caches" {{}}
resource "{GROUP}" "c" {{
  count                    = length(var.caches)
  snapshot_retention_limit = var.caches[count.index].keep
}}
"""

LAST = '\n    {\n      name = "y"\n      keep = 0\n    },\n  ]'

# What the call passes, and the module: the first entry has the comment.
FIRST_ONLY = {
    "behind a member of an object in a list": (
        f'[\n    {{\n      name = "x"\n      keep = 0 {COMMENT}\n    }},{LAST}',
        EACH,
    ),
    "behind another member": (
        f'[\n    {{\n      name = "x" {COMMENT}\n      keep = 0\n    }},{LAST}',
        EACH,
    ),
    "behind the entry and its comma": (
        f'[\n    {{ name = "x", keep = 0 }}, {COMMENT}\n    {{ name = "y", keep = 0 }},\n  ]',
        EACH,
    ),
    "above the entry": (
        f'[\n    {COMMENT}\n    {{ name = "x", keep = 0 }},\n    {{ name = "y", keep = 0 }},\n  ]',
        EACH,
    ),
    "in the entry, at nothing": (
        f'[\n    {{\n      name = "x"\n      keep = 0\n      {COMMENT}\n\n    }},{LAST}',
        EACH,
    ),
    "an entry of a map": (
        f"{{\n    x = {{ keep = 0 }} {COMMENT}\n    y = {{ keep = 0 }}\n  }}",
        MAPPED,
    ),
    "above an entry of a map": (
        f"{{\n    {COMMENT}\n    x = {{\n      keep = 0\n    }}\n    y = {{ keep = 0 }}\n  }}",
        MAPPED,
    ),
    "an entry whose retention is the type's default": (
        f"{{\n    x = {{}} {COMMENT}\n    y = {{}}\n  }}",
        TYPED,
    ),
    "an entry that only names a cache": (
        f"{{\n    x = {{}} {COMMENT}\n    y = {{}}\n  }}",
        FIXED,
    ),
    "a name in a set": (f'[\n    "x", {COMMENT}\n    "y",\n  ]', NAMED),
    "an entry by number": (f"[\n    {{ keep = 0 }}, {COMMENT}\n    {{ keep = 0 }},\n  ]", COUNTED),
    "in a function's argument": (
        f"merge({{\n    x = {{ keep = 0 }} {COMMENT}\n  }}, {{\n    y = {{ keep = 0 }}\n  }})",
        MAPPED,
    ),
    "of another tool": (
        "{\n    x = { keep = 0 } #checkov:skip=CKV_AWS_134:scratch\n    y = { keep = 0 }\n  }",
        MAPPED,
    ),
}


def call(caches: str) -> str:
    return f'module "m" {{\n  source = "./m"\n  caches = {caches}\n}}\n'


@pytest.mark.parametrize("way", FIRST_ONLY)
def test_a_comment_at_an_entry_is_for_the_caches_of_that_entry(way: str, check: "Checker") -> None:
    caches, module = FIRST_ONLY[way]
    outcome = check({"main.tf": call(caches), "m/main.tf": module})
    first, second = outcome.reasons.values()
    assert first is not None
    assert "scratch" in first
    assert second is None
    assert outcome.messages == []


# Comments that are at the whole call, or at the whole of what it passes.
WHOLE = {
    "behind the header": f'module "m" {{ {COMMENT}\n  source = "./m"\n  caches = ENTRIES\n}}\n',
    "above the call": f'{COMMENT}\nmodule "m" {{\n  source = "./m"\n  caches = ENTRIES\n}}\n',
    "above the argument": f'module "m" {{\n  source = "./m"\n  {COMMENT}\n  caches = ENTRIES\n}}\n',
    "behind the bracket": f'module "m" {{\n  source = "./m"\n  caches = {{ {COMMENT}\nENTRIES\n}}\n',
    "below the entries": f'module "m" {{\n  source = "./m"\n  caches = ENTRIES\n  {COMMENT}\n}}\n',
}


@pytest.mark.parametrize("way", WHOLE)
def test_a_comment_at_the_whole_call_is_for_all_of_its_caches(way: str, check: "Checker") -> None:
    entries = "{\n    x = { keep = 0 }\n    y = { keep = 0 }\n  }"
    written = entries[1:] if way == "behind the bracket" else entries
    outcome = check({"main.tf": WHOLE[way].replace("ENTRIES", written), "m/main.tf": MAPPED})
    assert [*outcome.reasons.values()] == ["scratch", "scratch"]


def test_a_comment_at_an_entry_that_leads_to_no_cache_covers_none(check: "Checker") -> None:
    text = call("{\n    x = { keep = 0 }\n  }").replace(
        "  caches", f"  tags = {{\n    Team = 1 {COMMENT}\n  }}\n  caches"
    )
    outcome = check({"main.tf": text, "m/main.tf": 'variable "tags" {}\n' + MAPPED})
    assert [*outcome.reasons.values()] == [None]
    assert ["matches no finding" in message for message in outcome.messages] == [True]


def test_an_entry_of_an_entry_is_for_its_own_caches(check: "Checker") -> None:
    caches = f"""{{
    a = {{
      x = {{ keep = 0 }} {COMMENT}
      y = {{ keep = 0 }}
    }}
    b = {{ # ecbackup:ignore all of b
      x = {{ keep = 0 }}
      y = {{ keep = 0 }}
    }}
  }}"""
    files = {
        "main.tf": call(caches),
        "m/main.tf": 'variable "caches" {}\nmodule "n" {\n  source = "../n"\n'
        "  for_each = var.caches\n  caches = each.value\n}\n",
        "n/main.tf": MAPPED,
    }
    found = check(files).reasons
    assert [*found.values()] == ["scratch", None, "all of b", "all of b"]


def test_an_entry_of_a_resources_own_for_each_is_for_its_instance(check: "Checker") -> None:
    text = f"""\
resource "{GROUP}" "c" {{
  for_each = {{
    x = 0 {COMMENT}
    y = 0
  }}
  snapshot_retention_limit = each.value
}}
"""
    assert [*check({"main.tf": text}).reasons.values()] == ["scratch", None]


def test_a_rule_in_brackets_counts_at_an_entry_too(check: "Checker") -> None:
    caches = "{\n    x = { keep = 0 } # ecbackup:ignore[ECB002] scratch\n    y = { keep = 0 }\n  }"
    outcome = check({"main.tf": call(caches), "m/main.tf": MAPPED})
    assert [*outcome.reasons.values()] == [None, None]

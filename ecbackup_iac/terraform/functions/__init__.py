"""Every pure function of Terraform 1.11 and OpenTofu 1.10, by name; one file per family.

A family is imported when a configuration first calls one of its functions: start-up is a feature.
`try`, `can`, `timestamp` and others that are not functions of values only are in
terraform/evaluation/function_calls.py.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module

from ecbackup_iac.terraform.functions.signature import Function

# Module → the functions in it; a test compares it with the modules.
FAMILIES: Mapping[str, str] = {
    "collection_functions": (
        "alltrue anytrue contains element index keys length list "
        "lookup map matchkeys one sort sum values "
    ),
    "coalesce_functions": "coalesce coalescelist",
    "structure_functions": (
        "chunklist compact concat distinct flatten merge range reverse setintersection "
        "setproduct setsubtract setunion slice transpose zipmap "
    ),
    "number_functions": ("abs ceil floor log max min parseint pow signum "),
    "type_functions": (
        "ephemeralasnull issensitive nonsensitive sensitive tobool tolist tomap tonumber "
        "toset tostring "
    ),
    "file_functions": (
        "abspath basename dirname file filebase64 filebase64sha256 filebase64sha512 "
        "fileexists filemd5 fileset filesha1 filesha256 filesha512 pathexpand "
        "templatefile "
    ),
    "text_functions": (
        "chomp endswith format formatlist indent join lower regex regexall replace split "
        "startswith strcontains strrev substr templatestring title trim trimprefix "
        "trimspace trimsuffix upper "
    ),
    "encoding_functions": (
        "base64decode base64encode base64gunzip base64gzip base64sha256 base64sha512 "
        "csvdecode jsondecode jsonencode md5 rsadecrypt sha1 sha256 sha512 textdecodebase64 "
        "textencodebase64 urldecode urlencode uuidv5 yamldecode yamlencode "
    ),
    "date_functions": ("formatdate timeadd timecmp "),
    "network_functions": ("cidrcontains cidrhost cidrnetmask cidrsubnet cidrsubnets "),
}


class _Functions(Mapping[str, Function]):
    """The functions by name; looking one up imports its family."""

    def __init__(self) -> None:
        self._families = {
            name: family for family, names in FAMILIES.items() for name in names.split()
        }
        self._found: dict[str, Function] = {}

    def __getitem__(self, name: str) -> Function:
        if name not in self._found:
            family = import_module(f"{__name__}.{self._families[name]}")
            self._found |= {function.name: function for function in family.FUNCTIONS}
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._families)

    def __len__(self) -> int:
        return len(self._families)


FUNCTIONS: Mapping[str, Function] = _Functions()

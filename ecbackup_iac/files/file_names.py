"""A file's name → whether it may contain infrastructure code, and of which kind."""

import errno
import os

from ecbackup_iac.files.paths import POLICY_FILE, is_inside

TERRAGRUNT_FILES = ("terragrunt.hcl", "terragrunt.hcl.json", "terragrunt.stack.hcl")
OLD_TERRAGRUNT_FILE = "terraform.tfvars"
"""Contains the configuration of a unit, too, for Terragrunt before 0.19."""

STACKS_SUFFIXES = tuple(
    f".{kind}.{syntax}"
    for kind in ("tfcomponent", "tfdeploy", "tfstack")
    for syntax in ("hcl", "json")
)
TERRAMATE_SUFFIXES = (".tm", ".tm.hcl")
SAM_CONFIGURATIONS = ("samconfig.toml", "samconfig.yaml", "samconfig.yml")
"""The names that the SAM CLI looks for, in this order."""

ATMOS_FILES = ("atmos.yaml", "atmos.yml", ".atmos.yaml", ".atmos.yml")

_MODULE_FILES = (".tf", ".tf.json", ".tofu", ".tofu.json")
_VARIABLE_FILES = (".tfvars", ".tfvars.json")
_CONFIGURATION = (*_MODULE_FILES, *_VARIABLE_FILES)

TEMPLATE_SUFFIXES = (".yaml", ".yml", ".template", ".j2", ".jinja", ".jinja2")
DOCUMENT_SUFFIXES = (".json", ".tfstate")
"""Plans, states, previews and AWS CLI output have such names; so have templates."""

# A template may have any name, except one that says that the file is something else.
_UNRELATED_SUFFIXES = frozenset((
    ".7z", ".avif", ".bat", ".bin", ".bmp", ".bz2", ".c", ".cc", ".class", ".cpp", ".cs",
    ".css", ".csv", ".db", ".dll", ".doc", ".docx", ".dylib", ".eot", ".exe", ".gif",
    ".go", ".gradle", ".gz", ".h", ".hcl", ".hpp", ".htm", ".html", ".ico", ".ipynb", ".jar",
    ".java", ".jpeg", ".jpg", ".js", ".jsx", ".kt", ".less", ".lock", ".log", ".lua", ".map",
    ".md", ".mjs", ".mov", ".mp3", ".mp4", ".o", ".otf", ".patch", ".pdf", ".php", ".pkl",
    ".pl", ".png", ".proto", ".ps1", ".psd", ".py", ".pyc", ".pyi", ".r", ".rb", ".rs", ".rst",
    ".scala", ".scss", ".sh", ".snap", ".so", ".sql", ".svelte", ".svg", ".swift", ".tar",
    ".tf", ".tfbackend", ".tfplan", ".tfstate", ".tftest", ".tfvars", ".tgz", ".tif", ".tiff",
    ".tofu", ".toml", ".ts", ".tsv", ".tsx", ".ttf", ".vue", ".wasm", ".wav", ".webm", ".webp",
    ".whl", ".woff", ".woff2", ".xls", ".xlsx", ".xml", ".xz", ".zip",
))  # fmt: skip


def is_expected_input(name: str, neighbours: set[str]) -> bool:
    """Whether a file in a folder may be a document or a template by its name.

    A raw state next to configuration is not: the configuration is checked instead.
    """
    if name.endswith(".tfstate"):
        return not any(neighbour.endswith((".tf", ".tofu")) for neighbour in neighbours)
    if is_sam_configuration(name):
        return True
    is_text = name.lower().endswith((".json", *TEMPLATE_SUFFIXES))
    return is_text and not name.endswith(_CONFIGURATION)


def is_sam_configuration(path: str) -> bool:
    """Whether a file configures the SAM CLI, by its name.

    Projects have one for each environment, too (`--config-file samconfig-prod.toml`).
    """
    stem, suffix = os.path.splitext(os.path.basename(path))
    is_named = stem == "samconfig" or stem.startswith(("samconfig-", "samconfig.", "samconfig_"))
    return is_named and suffix in (".toml", ".yaml", ".yml")


def may_be_template(entry: os.DirEntry[str]) -> bool:
    """Whether a file of any other name is read: a template may have any name.

    A link in a loop of links, and one to a missing file, is not a file.

    Raises:
        OSError: the system does not say what the entry is.

    """
    stem, dot, suffix = entry.name.rpartition(".")
    is_unrelated = stem and dot + suffix.lower() in _UNRELATED_SUFFIXES
    if is_unrelated or entry.name.endswith(_CONFIGURATION):
        return False
    try:
        return entry.is_file() and entry.stat().st_size > 0
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOENT, errno.ENOTDIR):
            return False
        raise


def may_show_text(path: str) -> bool:
    """Whether messages may quote a file that configuration reads, by its name: `.env` contains passwords."""
    return path.lower().endswith((*_CONFIGURATION, *TEMPLATE_SUFFIXES, ".hcl", ".json"))


def is_configuration(name: str) -> bool:
    """Whether a file makes its folder a folder of Terraform configuration."""
    return name.endswith(_MODULE_FILES) or name in TERRAGRUNT_FILES


def configuration_path(path: str, boundary: str) -> str | None:
    """Return what is checked where a file of configuration is named; None for any other file.

    That is its folder; for a tfvars file the nearest folder above it that contains configuration, for the
    policy file the boundary. A file that Terragrunt units include is returned itself.
    """
    name = os.path.basename(path)
    if name == POLICY_FILE:
        return boundary
    is_another = name.endswith((*STACKS_SUFFIXES, *TERRAMATE_SUFFIXES, ".lock.hcl", ".tftest.hcl"))
    if name.endswith((".hcl", ".hcl.json")) and name not in TERRAGRUNT_FILES and not is_another:
        return os.path.realpath(path)
    is_variable_file = name.endswith(_VARIABLE_FILES)
    if not is_variable_file and not is_configuration(name):
        return None
    folder = os.path.dirname(os.path.realpath(path))
    return _nearest_module(folder, boundary) or folder if is_variable_file else folder


def _nearest_module(folder: str, boundary: str) -> str | None:
    while not any(name.endswith(_MODULE_FILES) for name in os.listdir(folder)):
        if folder == boundary or not is_inside(folder, boundary):
            return None
        folder = os.path.dirname(folder)
    return folder

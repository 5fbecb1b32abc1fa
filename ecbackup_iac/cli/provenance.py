"""Options and the variables of CI services → the repository, the revision and the date of a report."""

from collections.abc import Mapping

from ecbackup_iac.cli.clock import source_date
from ecbackup_iac.reporters.render_options import Provenance

# Variables of GitHub (which has none for the address), GitLab, Azure DevOps and Jenkins, in this order.
_TITLES = ("GITHUB_REPOSITORY", "CI_PROJECT_PATH", "BUILD_REPOSITORY_NAME")
_REVISIONS = ("GITHUB_SHA", "CI_COMMIT_SHA", "BUILD_SOURCEVERSION", "GIT_COMMIT")
_ADDRESSES = ("CI_PROJECT_URL", "BUILD_REPOSITORY_URI", "GIT_URL")


def provenance_of(
    title: str | None, revision: str | None, environment: Mapping[str, str]
) -> Provenance:
    """Return what a report says about its origin; options override the variables.

    The date is that of SOURCE_DATE_EPOCH, never the clock's: the same input gives the same report.

    Raises:
        PolicyError: SOURCE_DATE_EPOCH is not a number of seconds that is a date.

    """
    date = source_date()
    if title is None:
        title = _first(environment, _TITLES)
    if revision is None:
        revision = _first(environment, _REVISIONS)
    # The title may be the address of the repository.
    addresses = (title, _address_on_github(environment), _first(environment, _ADDRESSES))
    repository = next(filter(None, map(_web_address, addresses)), "")
    return Provenance(title, revision, str(date or ""), repository)


def _first(environment: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next(filter(None, (environment.get(name) for name in names)), "")


def _address_on_github(environment: Mapping[str, str]) -> str:
    repository = environment.get("GITHUB_REPOSITORY")
    server = environment.get("GITHUB_SERVER_URL") or "https://github.com"
    return f"{server}/{repository}" if repository else ""


def _web_address(text: str) -> str:
    """Return a web address without its user name and password; empty for anything else."""
    scheme, separator, rest = text.partition("://")
    host, slash, path = rest.partition("/")
    host = host.rpartition("@")[2]
    if not separator or scheme not in ("http", "https") or not host or not path:
        return ""
    from urllib.parse import quote

    return quote(f"{scheme}://{host}{slash}{path}", safe=":/%~@+,;=[]", errors="backslashreplace")

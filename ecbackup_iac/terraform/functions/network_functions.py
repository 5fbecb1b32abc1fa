"""Functions of IP address ranges in CIDR notation."""

import re
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

from ecbackup_iac.terraform.functions.arguments import string_list, text_of, whole_number
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.signature import Function, function, not_evaluated
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting
from ecbackup_iac.terraform.values.value import Value, string

_STEPS_PER_SUBNET = 3
_MAX_NEW_BITS = 32
_OCTETS = re.compile(r"\d+(?:\.\d+){3}", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address; None for another text. Zeros may lead, as Terraform still allows."""
    try:
        if _OCTETS.fullmatch(text):
            return IPv4Address(".".join(str(_number_of(octet)) for octet in text.split(".")))
        return None if "%" in text else IPv6Address(text)
    except AddressValueError:
        return None


def _number_of(digits: str) -> int:
    """Return a number of three digits at most, without zeros in front; any larger one is too large anyway."""
    return int(digits.lstrip("0")[:4] or 0)


def _range(text: str) -> IPv4Network | IPv6Network:
    """Return the range that a string like "10.0.0.0/8" means. Raises EvaluationError."""
    address_text, _, length = text.partition("/")
    address = _address(address_text)
    is_length = _DIGITS.fullmatch(length) is not None
    if address is None or not is_length or _number_of(length) > address.max_prefixlen:
        raise error_quoting("invalid CIDR expression: invalid CIDR address{}", f": {text}", "")
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        raise UnknownResultError("IPv4 addresses written as IPv6 are not evaluated")
    return ip_network((address, _number_of(length)), strict=False)


def _cidrhost(prefix: Value, host: Value) -> Value:
    within, chosen = _range(text_of(prefix)), host.raw
    if not isinstance(chosen, int):
        raise EvaluationError("value must be a whole number")
    try:
        return string(str(within[chosen]))
    except IndexError:
        raise EvaluationError(
            f"prefix of {within.prefixlen} does not accommodate a host numbered {chosen}",
            redacted_message="the prefix does not accommodate a host of that number",
        ) from None


def _cidrnetmask(prefix: Value) -> Value:
    within = _range(text_of(prefix))
    if not isinstance(within, IPv4Network):
        raise error_quoting("IPv6 addresses cannot have a netmask{}", f": {text_of(prefix)}", "")
    return string(str(within.netmask))


def _cidrsubnet(prefix: Value, more: Value, number: Value) -> Value:
    new_bits, chosen = whole_number(more), number.raw
    if not isinstance(chosen, int):
        raise EvaluationError("value must be a whole number")
    within = _range(text_of(prefix))
    length = within.prefixlen + new_bits
    if length > within.max_prefixlen:
        raise EvaluationError(
            f"insufficient address space to extend prefix of {within.prefixlen} by {new_bits}",
            redacted_message="insufficient address space to extend the prefix",
        )
    if new_bits < 0 and (chosen != 0 or length < 0):
        raise UnknownResultError("cidrsubnet with a negative number of bits is not evaluated")
    if chosen > (1 << max(new_bits, 0)) - 1:
        raise EvaluationError(
            f"prefix extension of {new_bits} does not accommodate a subnet numbered {chosen}",
            redacted_message="the prefix extension does not accommodate a subnet of that number",
        )
    # A negative number is not rejected; Go takes the bits of the result without its sign.
    free = within.max_prefixlen - length
    address = abs(int(within.network_address) | (chosen << free))
    if address >> within.max_prefixlen:
        raise UnknownResultError("cidrsubnet with so small a number is not evaluated")
    return string(_written(within, address, length))


def _written(within: IPv4Network | IPv6Network, address: int, length: int) -> str:
    """Return a range that is a part of another."""
    return f"{type(within.network_address)(address)}/{length}"


def _cidrsubnets(prefix: Value, *lengths: Value) -> Value:
    charge(_STEPS_PER_SUBNET * len(lengths))
    within = _range(text_of(prefix))
    last = int(within.network_address) - 1  # the last address that is taken
    subnets = []
    for given in lengths:
        more = whole_number(given)
        if more < 1:
            raise EvaluationError("must extend prefix by at least one bit")
        if more > _MAX_NEW_BITS:
            raise EvaluationError("may not extend prefix by more than 32 bits")
        length = within.prefixlen + more
        if length > within.max_prefixlen:
            raise EvaluationError(
                f"would extend prefix to {length} bits, which is too long for an address"
            )
        free = within.max_prefixlen - length
        # The first subnet of this size that begins after the last one ends.
        address = ((last >> free) + 1) << free
        # Terraform calls 0.0.0.0 and :: an overflow, even where the range begins with it.
        if address > int(within.broadcast_address) or address == 0:
            raise EvaluationError(
                f"not enough remaining address space for a subnet with a prefix of {length} bits"
            )
        subnets.append(_written(within, address, length))
        last = address + (1 << free) - 1
    return string_list(subnets)


FUNCTIONS: tuple[Function, ...] = (
    function("cidrhost(prefix: string, hostnum: number): string", _cidrhost),
    function("cidrnetmask(prefix: string): string", _cidrnetmask),
    function("cidrsubnet(prefix: string, newbits: number, netnum: number): string", _cidrsubnet),
    function("cidrsubnets(prefix: string, ...newbits: number): list of string", _cidrsubnets),
    not_evaluated("cidrcontains(containing_prefix: string, contained_ip_or_prefix: string): bool"),
)

"""Every pure function of Terraform 1.11 and OpenTofu 1.10, by name; one file a family."""

from ecbackup_iac.terraform.functions import (
    collection_functions,
    date_functions,
    encoding_functions,
    file_functions,
    hash_functions,
    network_functions,
    number_functions,
    structure_functions,
    text_functions,
    type_functions,
)
from ecbackup_iac.terraform.functions.signature import Function

FUNCTIONS: dict[str, Function] = {
    function.name: function
    for family in (
        collection_functions,
        date_functions,
        encoding_functions,
        file_functions,
        hash_functions,
        network_functions,
        number_functions,
        structure_functions,
        text_functions,
        type_functions,
    )
    for function in family.FUNCTIONS
}

"""What is shipped, loaded once by each process of a run and changed by no test."""

from functools import cache

from connectors.logs.load import load_formats
from scanner import load
from signatures.load import load_catalogue
from signatures.strict_yaml import load_yaml

compiled = cache(load.compiled)
catalogue = cache(load_catalogue)


@cache
def formats():
    """The log formats by id; what each parses of its expressions stays with it."""
    return load_formats(load_yaml)

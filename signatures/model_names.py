"""Names of models in one spelling, so that what logs write of one model meets.

A model bears its vendor's id, the id of a cloud's resource around it, the region it is asked in, a
hub's owner, a tag. What is packaging goes here; what tells versions apart stays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 120  # characters of a name; the longest of litellm's table has 96
# What names are made of. A path is written by whoever asks: anything else in it is no name.
_NAME: Final = re.compile(r"[A-Za-z0-9@][A-Za-z0-9._:/@+-]*")
_ARN: Final = re.compile(r"arn:[a-z0-9-]*:[a-z0-9-]*:[a-z0-9-]*:[0-9]*:(?=.)")
# Bedrock's resources that only lead to a model of that name (IAM, "Actions, resources, and
# condition keys for Amazon Bedrock"); behind the others stands a name the account gave.
_LEADING: Final = re.compile(r"(?:foundation-model|inference-profile|default-prompt-router)/(?=.)")
GIVEN: Final = re.compile(
    r"(?:application-inference-profile|provisioned-model|custom-model|custom-model-deployment"
    r"|imported-model|prompt-router|endpoint)/"
)
# Where a cross-region profile of Bedrock may run, in front of the vendor of the model.
_PLACE: Final = re.compile(
    r"(?:us-gov|us|eu|apac|global|jp|au|ca|in|sa|me|af|il|mx)\.(?=[a-z][a-z0-9]*\.[a-z])"
)
# Google's resource names; the sigils of Workers AI.
_RESOURCE: Final = re.compile(
    r"(?:projects/[^/]+/locations/[^/]+/)?publishers/[^/]+/models/(?=.)|models/(?=.)|@(?:cf|hf)/(?=.)"
)
_PROVIDER: Final = re.compile(r"(?:[a-z][a-z0-9_-]*\.)+(?=[a-z])")  # `anthropic.` of Bedrock
# What hosts write before a model's own name: databricks-meta-llama-…, openai-gpt-4o.
_HOST: Final = re.compile(
    r"(?:databricks|snowflake|azure|fw|hf|openai|anthropic|cohere|alibaba|xiaomi|gemini(?=-gemma)"
    r"|coding|cc)-(?=.)"
)
_TUNED: Final = re.compile(r"ft:(?=.)")  # OpenAI's fine-tuned models: ft:<base>:<organisation>:…


def from_text(text: str) -> str | None:
    """The name in a log's own field, in one spelling; None for an empty one.

    What cannot be printed is shown as `?`, and what is too long is cut: a log's own word is not
    dropped for its looks.
    """
    clean = "".join(char if char.isprintable() else "?" for char in text.strip()[: 4 * LONGEST])
    return _bare(clean)[:LONGEST].strip() or None


def from_path(text: str) -> str | None:
    """The name in a piece of a path, percent signs decoded; None where it can be no name."""
    for _ in range(2):  # a proxy may have encoded what was encoded
        if "%" in text:
            text = unquote(text, errors="replace")
    name = _bare(text) if len(text) <= 4 * LONGEST and _NAME.fullmatch(text) else ""
    return name if 0 < len(name) <= LONGEST and _NAME.fullmatch(name) else None


def inner(name: str) -> tuple[str, ...]:
    """The parts before the last of a name of many, nearest first: of `openai/gpt-image-2/edit`
    the model is in the middle, and what is done with it at the end."""
    return tuple(reversed(_bare(name).split("/")[1:-1]))[:2]


def spellings(name: str) -> Iterator[str]:
    """What families are looked for in: the whole name, and what stands in it without its owner.

    `bedrock/us-east-1/anthropic.claude-v1` has that, `anthropic.claude-v1` and `claude-v1`.
    """
    name = _bare(name)
    yield name
    last = name.rstrip("/").rpartition("/")[2]
    if last != name:
        yield last
    last = _PLACE.sub("", _TUNED.sub("", last, count=1), count=1)
    yield last
    bare = last
    for prefix in (_PROVIDER, _HOST):
        found = prefix.match(bare)
        if found is not None:
            bare = bare[found.end() :]
            yield bare


def _bare(text: str) -> str:
    """Lower case, without the resource around the name and the region in front of it."""
    text = text.strip().lower()
    text = _ARN.sub("", text, count=1) if text.startswith("arn:") else text
    for prefix in (_LEADING, _RESOURCE, _PLACE):
        found = prefix.match(text)
        if found is not None:
            text = text[found.end() :]
    return text

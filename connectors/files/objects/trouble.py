"""What a store's refusal means, in one sentence; its own text is never shown.

Errors of the clients hold addresses, which may hold signatures, and whatever the server wrote.
"""

import re
from collections.abc import Container

from connectors.files.raw import Stopped

_STATUS = re.compile(r"status code: (\d{3})\b")
_NOT_RENEWED = re.compile(r"credentials not renewed <([A-Za-z0-9_]{1,60})>")
_CODE = re.compile(r"<Code>([A-Za-z0-9_.]{1,60})</Code>")
CHANGED = "changed while it was read; scan it again"
UNTRUSTED = "its certificate is not trusted; name its authority's in AWS_CA_BUNDLE"
BROKE_OFF = "the store did not answer, or broke off, after {retries} retries; scan it again"

# codes, statuses -> reason, sentence; the first that fits. Codes stand in the bodies of answers.
_MEANINGS: tuple[tuple[frozenset[str], Container[int | None], str, str], ...] = (
    (
        frozenset({"InvalidObjectState", "BlobArchived", "BlobBeingRehydrated"}),
        (),
        "unreadable",
        "is archived and not available; restore it first, then scan again",
    ),
    (
        frozenset({
            "AuthenticationFailed", "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId",
            "InvalidAuthenticationInfo", "InvalidToken", "RequestTimeTooSkewed",
            "SignatureDoesNotMatch", "TokenRefreshRequired",
        }),
        (),
        "denied",
        "the store refused the credentials ({said}); renew them",
    ),
    (
        frozenset(),
        (401, 403),
        "denied",
        "{doing} is denied ({said}); allow the scanning account to do it",
    ),
    (
        frozenset({
            "RequestLimitExceeded", "ServerBusy", "ServiceUnavailable", "SlowDown", "Throttling",
            "ThrottlingException", "TooManyRequests",
        }),
        (429, 503),
        "throttled",
        "the store asked to slow down ({said}), also after {retries} retries; scan again later",
    ),
    (frozenset(), (404,), "missing", "is gone since it was listed; scan again"),
    (frozenset(), (409, 412, 416), "transient", CHANGED),
    (
        frozenset({"AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}),
        (301, 307),
        "refused",
        "the bucket is in another region ({said}); set AWS_REGION",
    ),
    (frozenset(), (None,), "transient", BROKE_OFF),
    (frozenset(), range(500, 600), "transient", "the store failed ({said}); scan it again"),
    (frozenset(), range(1000), "refused", "the store refused {doing} ({said}); check its name"),
)  # fmt: skip


def stopped(status: int | None, code: str, *, listing: bool, retries: int) -> Stopped:
    """The reason for an answer of the store; `status` None: there was none, or only half of one."""
    if status == 404 and listing:
        return Stopped("missing", "there is no such bucket; check its name")
    said = code or f"status {status}"
    doing = "listing" if listing else "reading"
    for codes, statuses, reason, sentence in _MEANINGS:
        if code in codes or status in statuses:
            return Stopped(reason, sentence.format(said=said, doing=doing, retries=retries))
    return Stopped("transient", BROKE_OFF.format(retries=retries))


class NotRenewed(Exception):
    """Credentials could not be renewed; of obstore's error only the text comes back."""

    def __init__(self, error: Exception) -> None:
        name = type(error).__name__
        super().__init__(f"credentials not renewed <{name}>")
        message = f"the credentials could not be renewed ({name}); renew them"
        self.stopped = Stopped("denied", message)


def code_of(answer: str) -> str:
    """The code in the body of a refusal; empty if there is none."""
    code = _CODE.search(answer)
    return code[1] if code else ""


def of_obstore(error: Exception, *, retries: int) -> Stopped:
    """The reason for an error of obstore, which says status and code only in its text."""
    from obstore import exceptions as known

    text = str(error)
    renewed = _NOT_RENEWED.search(text)
    if renewed is not None:
        message = f"the credentials could not be renewed ({renewed[1]}); renew them"
        return Stopped("denied", message)
    status = _STATUS.search(text)
    number = int(status[1]) if status else None
    if number is None:
        kinds: list[tuple[type[Exception], int]] = [
            (known.PermissionDeniedError, 403),
            (known.UnauthenticatedError, 401),
            (known.PreconditionError, 412),
            (FileNotFoundError, 404),
        ]
        number = next((status for kind, status in kinds if isinstance(error, kind)), None)
    if number is None and "certificate" in text.lower():
        return Stopped("refused", UNTRUSTED)
    if number is None and "non-partial response" in text:
        return Stopped("refused", "the store does not give parts of objects; fetch it first")
    return stopped(number, code_of(text), listing=False, retries=retries)

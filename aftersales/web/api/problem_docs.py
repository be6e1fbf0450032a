"""What each operation may refuse, with the stable codes a program decides by."""

from aftersales.web.problems import CONTENT_TYPE, REFUSED_STATUS

RATE_HEADERS = {
    "RateLimit-Limit": {"description": "Requests a minute.", "schema": {"type": "integer"}},
    "RateLimit-Remaining": {"description": "What is left of this minute.", "schema": {"type": "integer"}},
    "RateLimit-Reset": {"description": "Seconds to the next minute.", "schema": {"type": "integer"}},
}
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}

TOKEN_CODES = (
    "not_authenticated",
    "token_malformed",
    "token_unknown",
    "token_revoked",
    "token_expired",
    "client_suspended",
    "account_without_rights",
    "session_ended",
)
# Statuses of codes that are no refusals of a service (those are 409 unless problems.py says otherwise).
STATUS = {
    **REFUSED_STATUS,
    **dict.fromkeys(TOKEN_CODES, 401),
    "invalid": 400,
    "bad_request": 400,
    "parse_error": 400,
    "scope_missing": 403,
    "permission_denied": 403,
    "consumers_only": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "not_acceptable": 406,
    "too_large": 413,
    "unsupported_media_type": 415,
    "version_missing": 428,
    "throttled": 429,
    "unavailable": 503,
}
EVERYWHERE = ("invalid", "bad_request", "scope_missing", "not_acceptable", "throttled", "unavailable")
# Statuses whose codes are the same for every operation.
COMMON = {
    401: "NoValidToken",
    403: "NotGoodForThis",
    406: "OnlyJson",
    413: "TooLarge",
    415: "OtherKind",
    422: "KeyReused",
    428: "VersionMissing",
    429: "TooManyRequests",
    503: "Unavailable",
}
WORDS = {
    400: "The request cannot be read.",
    401: "Without a valid token.",
    403: "The token is not good for this.",
    404: "There is no such thing, or it is not yours.",
    405: "The address does not know the method.",
    406: "Only JSON is answered.",
    409: "The rules, or the state of things, turn this down.",
    413: "The body is too large.",
    415: "The body is of another kind.",
    422: "The key came with another request before.",
    428: "If-Match is missing.",
    429: "Too many requests in this minute.",
    503: "The service is briefly unavailable.",
}
FIELD_ERROR = {
    "type": "object",
    "required": ["pointer", "detail", "code"],
    "properties": {
        "pointer": {"type": "string", "description": "JSON pointer to the value in the request."},
        "detail": {"type": "string", "description": "For a person."},
        "code": {"type": "string", "description": "For a program."},
    },
}
PROBLEM = {
    "type": "object",
    "description": "A refusal as RFC 9457 describes it. Decide by `code`; the rest is for people.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "The sentence of the status."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "The stable word of this refusal."},
        "detail": {"type": "string", "description": "What happened, for a person."},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
        "current": {"description": "How things stand now, where something was stale."},
        "request_id": {"type": "string", "description": "Name it when you ask us about this answer."},
    },
}


def status_of(code: str) -> int:
    """The status that a refusal with this code is answered with."""
    return STATUS.get(code, 409)


def codes_of(view, method: str, path: str) -> dict[int, list[str]]:
    """Every code an operation may refuse with, by status."""
    codes = [
        *TOKEN_CODES,
        "invalid",
        "bad_request",
        "scope_missing",
        "not_acceptable",
        "throttled",
        "unavailable",
    ]
    if "{" in path:
        codes.append("not_found")
    if method in view.if_match:
        codes += ["version_missing", "stale"]
    if method == "POST":
        codes += ["key_missing", "key_malformed", "key_reused"]
    if method in view.input_classes:
        codes.append("parse_error")
    if method in view.input_classes or method in view.reads:
        codes += ["too_large", "unsupported_media_type"]
    codes += view.refusals.get(method, ())
    found: dict[int, list[str]] = {}
    for code in sorted(set(codes)):
        found.setdefault(status_of(code), []).append(code)
    return dict(sorted(found.items()))


def responses(view, method: str, path: str) -> dict[str, dict]:
    """The refusals of an operation as the schema tells them; those that all share by reference."""
    return {
        str(status): {"$ref": f"#/components/responses/{COMMON[status]}"}
        if status in COMMON
        else _response(status, codes)
        for status, codes in codes_of(view, method, path).items()
    }


def common_responses() -> dict[str, dict]:
    """The answers that operations refer to."""
    return {
        name: _response(status, sorted(code for code, its in STATUS.items() if its == status))
        for status, name in COMMON.items()
    }


def _response(status: int, codes: list[str]) -> dict:
    shape = {
        "allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"type": "object", "properties": {"status": {"const": status}, "code": {"enum": codes}}},
        ]
    }
    example = {"type": "about:blank", "title": WORDS[status], "status": status, "code": codes[0]}
    answer = {
        "description": WORDS[status],
        "content": {CONTENT_TYPE: {"schema": shape, "example": example}},
    }
    if status in (429, 503):
        answer["headers"] = RETRY_AFTER
    return answer

"""Parameters that many operations share, as the schema tells them."""


def parameter(name: str, place: str, shape: dict, *, required: bool = False, description: str = "") -> dict:
    """A parameter of an operation; a `description` inside the shape is moved to where it belongs."""
    shape = dict(shape)
    words = description or shape.pop("description", "")
    required = bool(shape.pop("required", required))
    found = {"name": name, "in": place, "schema": shape}
    if required:
        found["required"] = True
    if words:
        found["description"] = words
    return found


IDEMPOTENCY_KEY = parameter(
    "Idempotency-Key",
    "header",
    {"type": "string", "pattern": "^[\\x21-\\x7e]{8,64}$"},
    required=True,
    description="A random text of your own. The same request under the same key has one effect.",
)
IF_MATCH = parameter(
    "If-Match",
    "header",
    {"type": "string", "pattern": '^(W/)?"[0-9]{1,10}"$'},
    required=True,
    description='The ETag of what you have read, such as "3".',
)
IF_NONE_MATCH = parameter(
    "If-None-Match",
    "header",
    # No pattern: a tag that was never given out is not an error (RFC 9110), it matches nothing.
    {"type": "string"},
    description="An ETag; 304 without a body where nothing has changed since.",
)
LANGUAGE = parameter(
    "Accept-Language",
    "header",
    # No enum: whatever a browser prefers may be sent (RFC 9110), and is answered in Chinese.
    {"type": "string", "examples": ["zh-CN", "en"]},
    description="The language of what is written for people; Chinese unless told.",
)

"""The shapes of the API, said once: bodies are validated by them and the OpenAPI shows them."""

from typing import Any, Final

from jsonschema import Draft202012Validator

from faq_cms.errors import Invalid
from faq_cms.models import Reason
from faq_cms.personal_data import Kind
from faq_cms.public.ballot import Care
from faq_cms.remarks import LENGTH_MAX
from faq_cms.settings import ADDRESS_FORM
from faq_cms.votes import SOURCE_MAX

Schema = dict[str, Any]

_INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}

# When the last entry of a page changed (microseconds since 1970) and which one it is.
CURSOR: Final = r"^[0-9]{1,16}-[0-9a-f]{32}$"

_FOUND: Final[Schema] = {"type": "string", "enum": [kind.value for kind in Kind]}

# Something to read: a space or a character that no database carries is not a remark.
_WRITTEN: Final = r"[^\s\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef\ufeff\ufffe\uffff]"

ARTICLE: Final[Schema] = {
    "type": "object",
    "required": [
        "id",
        "slug",
        "question",
        "answer_markdown",
        "answer_html",
        "category",
        "version",
        "updated_at",
        "url",
    ],
    "properties": {
        "id": {"type": "string", "description": "Stays the same when the address changes."},
        "slug": {"type": "string"},
        "question": {"type": "string"},
        "answer_markdown": {"type": "string"},
        "answer_html": {"type": "string"},
        "category": {"type": ["string", "null"]},
        "version": {"type": "integer", "minimum": 1},
        "updated_at": _INSTANT,
        "url": {"type": "string", "format": "uri"},
    },
}
TOMBSTONE: Final[Schema] = {
    "type": "object",
    "required": ["id", "withdrawn_at"],
    "properties": {"id": {"type": "string"}, "withdrawn_at": _INSTANT},
    "additionalProperties": False,
}
ARTICLES: Final[Schema] = {
    "type": "object",
    "required": ["items", "next"],
    "properties": {
        "items": {"type": "array", "items": {"anyOf": [ARTICLE, TOMBSTONE]}},
        "next": {
            "type": ["string", "null"],
            "description": "Value of `cursor` for the following page; null on the last one.",
        },
    },
}
VOTE: Final[Schema] = {
    "type": "object",
    "required": ["helpful"],
    "properties": {
        "helpful": {"type": "boolean"},
        "version": {
            "type": "integer",
            "minimum": 1,
            "maximum": 2**31 - 1,
            "description": "The version that was read; the live one by default.",
        },
        "vote": {
            "type": "string",
            "minLength": 1,
            "maxLength": 200,
            "description": "Token of an earlier vote, to change it.",
        },
        "source": {
            "type": "string",
            "pattern": f"^[A-Za-z0-9][A-Za-z0-9_-]{{0,{SOURCE_MAX - 1}}}$",
            "description": "Where the reader is: `site`, `chatbot`…",
        },
    },
    "additionalProperties": False,
}
RECEIPT: Final[Schema] = {
    "type": "object",
    "required": ["vote", "message"],
    "properties": {"vote": {"type": "string"}, "message": {"type": "string"}},
}
REMARK: Final[Schema] = {
    "type": "object",
    "properties": {
        "reason": {"type": "string", "enum": [reason.value for reason in Reason]},
        "text": {"type": "string", "pattern": _WRITTEN, "maxLength": LENGTH_MAX},
        "contact": {
            "type": "string",
            "pattern": f"^{ADDRESS_FORM}$",
            "maxLength": 254,
            "description": (
                "An e-mail address where the reader agreed to be told, once, that the article was "
                "corrected after this remark. Erased at most 30 days after the remark is settled."
            ),
        },
        "personal_data": {
            "type": "string",
            "enum": [care.value for care in Care],
            "default": Care.KEEP.value,
            "description": (
                "What to do with a text that seems to hold a telephone number, an e-mail address, "
                "an IBAN or a national number. `ask`: do not keep it yet, answer 422 "
                "`personal_data` with what was found and the masked text; the reason is kept. "
                "`mask`: keep it masked. `keep`: keep it, and name what was found in the answer."
            ),
        },
    },
    "anyOf": [{"required": ["reason"]}, {"required": ["text"]}],
    "dependentRequired": {"contact": ["text"]},
    "additionalProperties": False,
}
MESSAGE: Final[Schema] = {
    "type": "object",
    "required": ["message"],
    "properties": {
        "message": {"type": "string"},
        "reference": {"type": "string", "description": "What a reader quotes to have it erased."},
        "contact": {
            "type": "boolean",
            "description": (
                "Whether the given `contact` was kept: not where this installation sends no mail."
            ),
        },
        "personal_data": {
            "type": "array",
            "items": _FOUND,
            "minItems": 1,
            "description": "What the remark, as it is kept, seems to hold. Absent when nothing.",
        },
    },
}
ERROR: Final[Schema] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "details": {
                    "type": "object",
                    "properties": {
                        "field": {"type": "string"},
                        "reason": {"type": "string"},
                        "found": {"type": "array", "items": _FOUND},
                        "masked": {"type": "string"},
                    },
                    "description": (
                        "`field` and `reason` of what is invalid; the `reason` of a `conflict`; with the code `personal_data`, "
                        "what was `found` in the text and the text `masked`, to send again."
                    ),
                },
            },
        }
    },
}

_VALIDATORS: Final = {id(schema): Draft202012Validator(schema) for schema in (VOTE, REMARK)}


def check(body: object, schema: Schema) -> dict[str, Any]:
    """The body, when it has the shape of `schema`; raises Invalid naming the first field that has not."""
    fault = next(iter(_VALIDATORS[id(schema)].iter_errors(body)), None)
    if fault is None and isinstance(body, dict):
        return body
    if fault is not None and fault.validator == "maxLength":
        raise Invalid(str(fault.absolute_path[-1]), "too_long", fault.validator_value)
    field = ".".join(str(step) for step in fault.absolute_path) if fault else ""
    raise Invalid(field or "body", "schema", str(fault.validator) if fault else "type")

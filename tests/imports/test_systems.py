"""Exports of help desks and chatbots: whatever their fields hold, entries or a plain refusal.

What each system's export gives is said by the documents under `documents/systems`.
"""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms import errors, imports
from faq_cms.imports import systems
from faq_cms.imports.systems import values


def utc(*moment: int) -> dt.datetime:
    return dt.datetime(*moment, tzinfo=dt.UTC)  # type: ignore[arg-type, misc]  # parts of an instant, as many as matter


def test_yaml_that_unfolds_for_ever_is_no_assistant() -> None:
    bomb = b"nlu: &a [x]\n" + b"b: [*a, *a]\n"
    assert not imports.READERS["rasa"].recognises(bomb)


def test_a_system_without_any_article_says_so() -> None:
    with pytest.raises(errors.NothingToImport):
        imports.read(b'{"articles": [], "sections": []}', name="vide.json", format="zendesk")


def test_a_category_name_longer_than_ours_is_cut() -> None:
    told = {"title": "Où ?", "description": "Ici.", "folder_id": 1}
    told |= {"category_name": "x" * 200, "folder_name": "y" * 200}
    (entry,) = imports.read(json.dumps([told]).encode(), name="x").entries
    assert entry.parent is not None
    assert entry.category is not None
    assert (len(entry.parent), len(entry.category)) == (80, 80)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("2024-01-01T00:00:00Z", utc(2024, 1, 1)),
        ("2024-01-01 00:00:00 UTC", utc(2024, 1, 1)),
        (1704067200, utc(2024, 1, 1)),
        (1704067200000, utc(2024, 1, 1)),
        ("1704067200", utc(2024, 1, 1)),
        ("20240101000000", utc(2024, 1, 1)),
        ("20240101", utc(2024, 1, 1)),
        ("00000000000000", None),
        ("hier", None),
        (True, None),
        (float("inf"), None),
        (10**30, None),
        ("0001-01-01T00:00:00+14:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        (None, None),
    ],
)
def test_moments_in_the_ways_systems_write_them(told: object, expected: object) -> None:
    assert values.instant({"at": told}, "at") == expected


FIELDS = st.sampled_from([
    "id", "title", "name", "body", "content", "description", "status", "state", "type", "faq",
    "question", "answer", "votes", "articles", "sections", "folder_id", "thumbs_up", "vote_sum",
    "vote_count", "section_id", "collectionId", "text", "publicUrl", "slug", "portal",
    "statistics", "assets", "KnowledgeBaseAnswer", "KnowledgeBaseAnswerTranslation",
    "translation_ids", "created_at", "updated_at", "tags", "label_names", "hierarchy", "data",
    "level", "item_id", "value", "payload", "nlu", "translations", "source_id", "locale", "folders",
    "sub_folders", "visibility", "article_id", "type", "solution_id", "FaqDocuments", "Question",
    "Answer", "Attributes", "AccessControlList", "questions", "metadata", "context", "prompts",
])  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["article", "article_version", "internal_article", "<p>x</p>", "2024-01-01", "fr", "published"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS, inner, max_size=8),
    max_leaves=30,
)  # fmt: skip


@given(JSON, st.sampled_from([*systems.SYSTEMS, "qnamaker-json"]))
def test_any_json_gives_entries_or_a_plain_refusal(value: Any, system: str) -> None:
    data = json.dumps(value).encode()
    try:
        document = imports.read(data, name="x.json", format=system)
    except errors.FaqError:
        return
    assert all(entry.question for entry in document.entries)


@given(st.binary(max_size=300), st.sampled_from(["", '{"articles":[', "Question\tAnswer\tSource\n", "nlu:\n- ", "1,a,b,c,fr,x,y,y,n\n", "# ? a\n```\n"]))  # fmt: skip
def test_any_bytes_are_read_or_refused(data: bytes, start: str) -> None:
    data = start.encode() + data
    for reader in systems.READERS:
        reader.recognises(data)
        try:
            reader.read(data, "x")
        except errors.FaqError:
            continue

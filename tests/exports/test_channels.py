"""What every channel promises, whatever its format."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from io import BytesIO
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms.exports import CHANNELS, Channel
from tests.exports.made import NASTY, SITE, article

EVERY = pytest.mark.parametrize("channel", CHANNELS.values(), ids=lambda channel: channel.name)


@EVERY
def test_a_channel_is_listed_under_its_name_and_says_what_it_is(channel: Channel) -> None:
    assert CHANNELS[channel.name] is channel
    assert channel.extension.startswith(".")
    assert "/" in channel.media_type
    assert channel.label


@EVERY
def test_the_same_articles_make_the_same_file(channel: Channel) -> None:
    articles = [article(number, question=text or "?") for number, text in enumerate(NASTY)]
    assert channel.write(articles, SITE) == channel.write(list(articles), SITE)


def test_the_same_files_in_another_process_another_day_and_another_place() -> None:
    """No clock, no time zone, no hash seed of the machine enters a file."""
    program = (
        "import hashlib, json, time; from faq_cms.exports import CHANNELS;"
        "from tests.exports.made import SITE, article; made = [article(1), article(2)];"
        "print(json.dumps({name: hashlib.sha256(each.write(made, SITE)).hexdigest()"
        " for name, each in CHANNELS.items()}))"
    )
    elsewhere = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "LC_ALL": "C", "PYTHONUTF8": "0"}
    written = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | elsewhere,  # noqa: TID251 — the child needs the rest to find Python
        capture_output=True,
        check=True,
    )
    made = [article(1), article(2)]
    assert json.loads(written.stdout) == {
        name: hashlib.sha256(channel.write(made, SITE)).hexdigest()
        for name, channel in CHANNELS.items()
    }


@EVERY
@pytest.mark.parametrize("change", [{"question": "Autre ?"}, {"answer": "Autre."}])
def test_another_content_makes_another_file(channel: Channel, change: dict[str, Any]) -> None:
    assert channel.write([article()], SITE) != channel.write([article(**change)], SITE)


@EVERY
def test_no_article_makes_a_valid_empty_file(channel: Channel) -> None:
    empty = channel.write([], SITE)
    assert empty != channel.write([article()], SITE)
    if channel.media_type == "application/zip":
        assert zipfile.ZipFile(BytesIO(empty)).testzip() is None


@EVERY
@hypothesis.settings(max_examples=12)
@given(text=st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]))))
def test_any_text_can_be_written(channel: Channel, text: str) -> None:
    assert channel.write([article(question=text, answer=text, category=text)], SITE)

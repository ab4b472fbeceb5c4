"""The API does what its description says, whatever is sent: no operation, no check is left out."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import hypothesis
import pytest
import schemathesis
from schemathesis import BaseSchema, GenerationMode
from starlette.applications import Starlette

from faq_cms import api, caps, db, gate, migrate, people
from faq_cms.api import openapi
from faq_cms.public import ballot
from faq_cms.settings import Settings
from tests import content

Case = schemathesis.Case[Any]

SETTINGS: Final = Settings(secret="s" * 32, widget_origins=("https://www.example.org",))
SHORT: Final = hypothesis.settings(max_examples=15, deadline=None)
LONG: Final = hypothesis.settings(max_examples=250, deadline=None)


def described(*modes: GenerationMode) -> BaseSchema:
    """The description as it is served, before the API itself, behind its gate."""
    schema = schemathesis.openapi.from_dict(openapi.document(SETTINGS.public_url))
    schema.app = Starlette(
        routes=api.routes(),
        middleware=gate.layers(SETTINGS, find_actor=lambda _: None, screens=[]),
    )
    schema.config.generation.update(modes=list(modes))
    return schema


anything = described(GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
sensible = described(GenerationMode.POSITIVE)


@dataclass(frozen=True)
class Installation:
    """What a caller who belongs here knows."""

    slug: str
    vote: str
    access: str

    def known(self, case: Case) -> None:
        """Name what exists: chance alone never finds an address or a token."""
        names = {"slug": self.slug, "token": self.vote}
        case.path_parameters |= {k: v for k, v in names.items() if k in case.path_parameters}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A published article, a vote Non, an access for a machine; the caps are forgotten each time."""
    database = db.Database(f"sqlite:///{tmp_path_factory.mktemp('described') / 'faq.db'}")
    migrate.upgrade(database)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("faq_cms.settings._current", SETTINGS)
        patch.setattr("faq_cms.db._current", database)
        patch.setattr("faq_cms.caps._current", caps.Caps())
        article = content.published()
        vote = content.voted(article.id, False)
        with database.transaction() as session:
            access = people.create_token(
                session,
                people.SYSTEM,
                name="Nuit",
                scope="export",
                days=30,
                now=dt.datetime.now(dt.UTC),
            )
        yield Installation(article.slug, ballot.sign(vote.vote_id), access)
    database.dispose()


@anything.parametrize()
@SHORT
def test_whatever_is_sent_is_answered_as_described(case: Case, installation: Installation) -> None:
    explore(case)


@sensible.parametrize()
@SHORT
def test_a_caller_who_knows_what_exists_is_answered_as_described(
    case: Case, installation: Installation
) -> None:
    explore_known(case, installation)


@pytest.mark.deep
@anything.parametrize()
@LONG
def test_whatever_is_sent_for_long_is_answered_as_described(
    case: Case, installation: Installation
) -> None:
    explore(case)


@pytest.mark.deep
@sensible.parametrize()
@LONG
def test_a_caller_who_knows_what_exists_is_for_long_answered_as_described(
    case: Case, installation: Installation
) -> None:
    explore_known(case, installation)


def explore(case: Case) -> None:
    caps.use(caps.Caps())
    case.call_and_validate()


def explore_known(case: Case, installation: Installation) -> None:
    caps.use(caps.Caps())
    installation.known(case)
    case.call_and_validate(headers={"Authorization": f"Bearer {installation.access}"})

"""The application as Streamlit runs it in a test: real database, real session, `menu.py` itself."""

import datetime as dt

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from faq_cms import db, people, settings
from faq_cms.models import Role
from faq_cms.screens import _session
from faq_cms.settings import SECRET_BYTES, Settings
from tests.servers import ROOT

MENU = ROOT / "faq_cms" / "screens" / "menu.py"
ADMINISTRATOR = "Camille"
RUN_SECONDS = 120  # a run on a busy machine; no test waits for it in vain


def signed_in(
    monkeypatch: pytest.MonkeyPatch, *, name: str = ADMINISTRATOR, role: Role = Role.ADMINISTRATOR
) -> str:
    """Sign somebody in, in the database in use; returns their session's secret."""
    now = dt.datetime.now(dt.UTC)
    with db.transaction() as session:
        link = people.first_link(session, now=now)
        if link is None or role is not Role.ADMINISTRATOR:
            link = people.invite(session, people.SYSTEM, role=role, now=now)
        secret = people.use_link(
            session, link, name=name, password_digest="no password is asked here", now=now
        )
    # A test has no browser, hence no cookie; everything behind it is the product's.
    monkeypatch.setattr(_session, "secret", lambda: secret)
    monkeypatch.setattr(settings, "_current", Settings(secret="s" * SECRET_BYTES))
    st.cache_data.clear()  # another test's database may be at the same revision
    st.cache_resource.clear()
    return secret


def application(screen: str = "today.py") -> AppTest:
    """The application, run on one screen."""
    app = AppTest.from_file(MENU, default_timeout=RUN_SECONDS).run()
    if screen != "today.py":
        app.switch_page(screen).run()
    assert not app.exception, app.exception
    return app


def words(app: AppTest) -> str:
    """Everything written on the page, without widgets' labels."""
    kinds = (
        "title",
        "subheader",
        "markdown",
        "caption",
        "text",
        "error",
        "warning",
        "info",
        "toast",
    )
    return "\n".join(
        str(getattr(element, "value", "")) for kind in kinds for element in app.get(kind)
    )


def links(app: AppTest) -> list[str]:
    """The labels of the links to other screens."""
    return [str(link.proto.label) for link in app.get("page_link")]

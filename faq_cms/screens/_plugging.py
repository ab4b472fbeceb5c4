"""« Brancher un canal » — what to paste where readers are, and whether their votes arrive."""

import json
import shlex
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from faq_cms import french, settings
from faq_cms.public import feedback
from faq_cms.screens import _parts

OWN_PAGES = "Ces pages d’aide"
SECONDS = 5  # longer than a sound installation ever takes to answer itself


@dataclass(frozen=True)
class Channel:
    """Where readers are: `source` is its name in the figures, `gesture` what to paste there."""

    source: str
    title: str
    gesture: str
    language: str
    how: str


def channels(base: str, slug: str) -> list[Channel]:
    """The three ways to receive votes, ready to paste for the article at `slug`."""
    return [
        Channel(
            "widget",
            "Votre site",
            f'<script src="{base}/widget/faq-feedback.js" data-article="{slug}" defer></script>',
            "html",
            "Collez cette ligne sous chaque article, avec l’adresse de l’article qu’elle suit.",
        ),
        Channel(
            "chatbot",
            "L’assistant de conversation",
            call(base, slug, "chatbot"),
            "bash",
            "Un appel par réponse jugée. La réponse contient «\u202fvote\u202f»\u00a0: à renvoyer pour "
            "changer d’avis sans compter deux fois.",
        ),
        Channel(
            "assistance",
            "L’outil d’assistance",
            call(base, slug, "assistance"),
            "bash",
            "Le même appel, sous un autre nom de source.",
        ),
    ]


def call(base: str, slug: str, source: str) -> str:
    """A vote Non, as a command line sends it."""
    address = f"{base}/api/v1/articles/{slug}/votes"
    body = json.dumps({"helpful": False, "source": source})
    return (
        f"curl -X POST {shlex.quote(address)} \\\n"
        f"  -H 'Content-Type: application/json' \\\n  -d {shlex.quote(body)}"
    )


def received(source: str, by_source: pd.DataFrame) -> str:
    """How many counted votes came from there, and the day of the last one."""
    rows = by_source[by_source["source"] == source]
    number = int((rows["helpful"] + rows["unhelpful"]).sum())
    if not number:
        return "Aucun vote reçu pour le moment"
    return f"{french.count(number, 'vote')}, le dernier le {french.date(rows['last_day'].max())}"


def answers(method: str, address: str, **headers: str) -> Any:
    """The headers our own public address answers with; None when it does not answer well."""
    request = urllib.request.Request(address, method=method, headers=headers)  # noqa: S310 — ours
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 — ours
            return answer.headers
    except (urllib.error.URLError, OSError, ValueError):
        return None


def findings(base: str, slug: str, sites: tuple[str, ...]) -> list[tuple[bool, str]]:
    """What a caller meets, without casting a vote: the script, the article, each site allowed."""
    article = f"{base}/api/v1/articles/{quote(slug)}"
    found = [
        (answers("GET", f"{base}/widget/faq-feedback.js") is not None, "Le script du widget"),
        (answers("GET", article) is not None, "L’article, par l’API"),
    ]
    for site in sites:
        told = answers("OPTIONS", f"{article}/votes", Origin=site)
        allowed = told is not None and told["access-control-allow-origin"] == site
        found.append((allowed, f"Les votes venus de {site}"))
    return found


def try_out(base: str, slug: str, sites: tuple[str, ...]) -> None:
    """Say what was found, each on its line."""
    with st.spinner("Appel de l’adresse publique…"):
        lines = findings(base, slug, sites)
    for is_sound, name in lines:
        sign = ":green[:material/check_circle:]" if is_sound else ":red[:material/error:]"
        said = "répond" if is_sound else f"ne répond pas à {base}"
        st.markdown(f"{sign} {_parts.plain(name)}\u00a0: {_parts.plain(said)}")
    if not all(is_sound for is_sound, _ in lines):
        st.caption(
            "Vérifiez que FAQ_PUBLIC_URL est l’adresse par laquelle on joint ce serveur, et que ce "
            "serveur peut la joindre lui aussi."
        )


def allowed(sites: tuple[str, ...]) -> None:
    """Which sites may carry the widget, and how to allow one."""
    st.subheader("Sites autorisés", anchor=False)
    if sites:
        st.markdown("\n".join(f"- {_parts.plain(site)}" for site in sites))
    else:
        st.markdown(
            "Aucun site n’est autorisé\u00a0: le widget y serait affiché, sans pouvoir voter."
        )
    st.caption(
        "Pour en autoriser un, la personne qui administre le serveur l’ajoute au réglage ci-dessous, "
        "puis redémarre. Les appels de serveur à serveur n’en ont pas besoin."
    )
    st.code(f"FAQ_WIDGET_ORIGINS={','.join((*sites, 'https://www.example.org'))}", language="bash")


def receiving(base: str) -> None:
    """The ways articles leave by themselves: fetched whole, fetched by their changes, written there."""
    st.subheader("Brancher un canal", anchor=False)
    bearer = '-H "Authorization: Bearer $FAQ_ACCES"'
    with st.container(border=True):
        st.markdown("**Tout, chaque nuit**")
        st.caption(
            "Un fichier entier, dans le format choisi sur la page Exporter. L’accès machine se crée "
            "dans Équipe et accès\u202f; son nom est celui que vous verrez ici. «\u202f304\u202f» veut "
            "dire que rien n’a changé."
        )
        st.code(
            f"curl --fail --silent {bearer} \\\n  -o faq.jsonl "
            f"--etag-save faq.etag --etag-compare faq.etag \\\n  {base}/api/v1/exports/jsonl",
            language="bash",
            wrap_lines=True,
        )
    with st.container(border=True):
        st.markdown("**Seulement ce qui a changé**")
        st.caption(
            "Les articles publiés, modifiés ou retirés depuis un instant. L’identifiant «\u202fid\u202f» "
            "ne change pas avec l’adresse de la page\u202f; un article retiré porte «\u202fwithdrawn_at\u202f». Repartez d’une minute avant votre dernière lecture\u00a0: ce qui paraissait alors n’est pas perdu."
        )
        st.code(
            f"curl --fail --silent {bearer} \\\n"
            f"  '{base}/api/v1/articles?updated_since=2026-11-26T02:00:00Z&limit=200'",
            language="bash",
            wrap_lines=True,
        )


def show(figures: pd.DataFrame, by_source: pd.DataFrame) -> None:
    """Each way to receive votes, what arrived by it, a test; then the other sources there are."""
    here = settings.current()
    questions = dict(zip(figures["slug"], figures["question"], strict=True))
    st.subheader("Recevoir les votes d’un autre endroit", anchor=False)
    slug = (
        st.selectbox(
            "Article d’exemple", list(questions), format_func=questions.__getitem__, key="slug"
        )
        or figures["slug"].iloc[0]
    )
    plugged = channels(here.public_url, slug)
    for channel in plugged:
        with st.container(border=True):
            st.markdown(f"**{channel.title}**")
            st.caption(
                f"{received(channel.source, by_source)} · source «\u202f{channel.source}\u202f»"
            )
            st.code(channel.gesture, language=channel.language, wrap_lines=True)
            st.caption(channel.how)
    if st.button("Tester sans voter", icon=":material/network_check:", key="test"):
        try_out(here.public_url, slug, here.widget_origins)
    allowed(here.widget_origins)
    others = sorted(set(by_source["source"]) - {channel.source for channel in plugged})
    if others:
        st.subheader("Autres sources", anchor=False)
        for source in others:
            name = OWN_PAGES if source == feedback.SOURCE else source
            st.markdown(f"{_parts.plain(name)}\u00a0: {received(source, by_source)}")

"""The question and its two buttons on any other site: one script, `/widget/faq-feedback.js`.

The script is a file like any other; its words and its style are put in when it is served, so that a
sentence of the product is written once. It votes through the API, which answers the sites of
`FAQ_WIDGET_ORIGINS`.
"""

import functools
import json
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from faq_cms import french, settings
from faq_cms.public import pages
from faq_cms.remarks import LENGTH_MAX

ADDRESS: Final = "/widget/faq-feedback.js"
_FOLDER: Final = Path(__file__).parent
_DAY: Final = "public, max-age=86400"  # its address is pasted in other sites: it never changes

_WORDS: Final = {
    "question": french.QUESTION,
    "yes": french.YES,
    "no": french.NO,
    "why": "Que s’est-il passé\u202f?",
    "reasons": {reason.value: label for reason, label in french.REASONS.items()},
    "noted": "C’est noté.",
    "more": "Dites-nous en plus (facultatif)",
    "remark": "Une remarque (facultatif)",
    "advice": "N’indiquez aucune donnée personnelle (nom, adresse, numéro de client ou de compte).",
    "send": "Envoyer",
    "most": LENGTH_MAX,
    "tooLong": french.SENTENCES["invalid.text.too_long"].format(detail=french.number(LENGTH_MAX)),
    "reference": "Référence de votre remarque\u00a0: ",
    "mask": "Masquer et envoyer",
    "anyway": "Envoyer quand même",
    "lost": (
        "La connexion a été interrompue\u00a0: nous ne savons pas si votre réponse est arrivée. "
        "Réessayez."
    ),
}
_CONTACT: Final = "Contacter l’assistance"


def routes() -> list[Route]:
    """The one address of the widget."""
    return [Route(ADDRESS, pages.shown(served), methods=["GET"])]


def served(request: Request) -> Response:
    """The script, for browsers of any site."""
    has_support = bool(settings.current().support_url)
    response = pages.sent(request, script(has_support), "text/javascript")
    response.headers["cache-control"] = _DAY
    response.headers["cross-origin-resource-policy"] = "cross-origin"  # a script tag of other sites
    return response


@functools.lru_cache(maxsize=4)
def script(has_support: bool) -> bytes:
    """The script with its words and its style; `has_support`: there is an assistance to lead to."""
    text = (_FOLDER / "faq-feedback.js").read_text(encoding="utf-8")
    style = (_FOLDER / "faq-feedback.css").read_text(encoding="utf-8")
    for mark, value in (
        ("__WORDS__", _WORDS | {"contact": _CONTACT if has_support else ""}),
        ("__STYLE__", style),
    ):
        text = text.replace(f'"{mark}"', json.dumps(value, ensure_ascii=False))
    return text.encode()

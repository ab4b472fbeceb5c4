"""Articles that writers are tried on."""

import datetime as dt
from typing import Any

from faq_cms.articles import PublishedArticle
from faq_cms.exports import Site

SITE = Site("Aide d’Exemple", "https://aide.example.org")
MOMENT = dt.datetime(2026, 3, 31, 22, 5, 59, tzinfo=dt.UTC)


def article(number: int = 1, **fields: Any) -> PublishedArticle:
    """A published article; `fields` replace what the test is about."""
    made: dict[str, Any] = {
        "id": number,
        "uid": f"{number:032x}",
        "slug": f"comment-payer-{number}",
        "question": "Comment payer\u202f?",
        "answer": "Par **virement**\u00a0:\n\n- d’abord ;\n- ensuite.",
        "wordings": ("Quels moyens de paiement\u202f?",),
        "category": "Facturation",
        "category_slug": "facturation",
        "version_id": number,
        "version": 2,
        "published_at": MOMENT,
        "updated_at": MOMENT + dt.timedelta(hours=1),
        "tags": ("Virement", "Échéance"),
        "url": f"https://aide.example.org/aide/comment-payer-{number}",
    }
    return PublishedArticle(**(made | fields))


# What people paste: markup, scripts, formulas, separators, every script and every kind of space.
NASTY = (
    "</script><script>alert(1)</script>",
    "<!-- --> ]]> & &amp; \" ' ` \\ \\n",
    "=1+1;=2;\t@x\n-3",
    "--- \n...\n# a: b\n- c: [d]\n",
    "\u2028 \u2029 \x85 \u00a0 \u202f \u200b \u202e",
    "e\u0301 \U0001f600 \u05d0\u05d1 \u4e2d\u6587",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "- a\n-\n\nfin\n\n1. ~~~\n   x\n   ~~~\n",
    "",
)

"""A text as readers will see it, before they do: the public page, in a frame of the editor.

Under /gestion/, so that the gate has asked for a session; its policy makes the page inert. No view is
counted, and nothing here can be reached without an account.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from faq_cms import articles, db, gate, search
from faq_cms.articles import PublishedArticle
from faq_cms.errors import NotFound
from faq_cms.models import Article, Category, Version
from faq_cms.public import centre, pages


def routes() -> list[Route]:
    """The one address of the preview."""
    return [Route(f"{gate.GESTION}/{gate.PREVIEW}{{article_id:id}}", pages.shown(preview))]


def preview(request: Request) -> Response:
    """The draft (else the live, else the last text) in the public page.

    `version` names another; `cherche` holds words to mark in the answer.
    """
    number, words = request.query_params.get("version", ""), request.query_params.get("cherche", "")
    with db.reading() as session:
        article = articles.article(session, request.path_params["article_id"])
        history = articles.history(session, article.id)
        draft = articles.draft_of(session, article.id)
        live = next((each for each in history if each.id == article.live_version_id), None)
        if number:
            text = next((each for each in history if str(each.number) == number), None)
        else:
            text = draft or live or next(iter(history), None)
        if text is None:
            raise NotFound("version", number)
        category = article.category
        parent = (
            session.get(Category, category.parent_id) if category and category.parent_id else None
        )
        wanted = search.wanted_by(session, words) if words else None
    shown = _as_if_published(article, text, category, parent)
    return centre.article_page(request, shown, [], None, wanted=wanted)


def _as_if_published(
    article: Article, text: Version, category: Category | None, parent: Category | None
) -> PublishedArticle:
    return PublishedArticle(
        id=article.id,
        uid=article.uid,
        slug=article.slug,
        question=text.question,
        answer=text.answer,
        wordings=tuple(text.wordings),
        category=category.name if category else None,
        category_slug=category.slug if category else None,
        parent=parent.name if parent else None,
        parent_slug=parent.slug if parent else None,
        version_id=text.id,
        version=text.number or 0,
        published_at=text.published_at or text.saved_at,
        updated_at=text.saved_at,
        url=f"/aide/{article.slug}",
    )

"""The readers' side: the help centre, its votes and remarks, and the sign-in pages.

    ballot      casting a vote or a remark, for every door
    views       page views, gathered in memory
    pages       templates, errors as pages, ETag, compression, static files
    forms       what a posted form may hold
    said        what the page shows of what its reader said
    centre      articles, categories, privacy
    searching   answers, suggestions, missing questions, the way to the assistance
    searched    searches and clicks, gathered in memory
    feeds       what machines read: sitemap, feed, robots.txt
    feedback    the two posts under an article
    sign_in     sign in, one-time links, sign out
    finding     what « Trouver » answers while somebody types (signed in)
    leaving     a tab that had an article open is closed (signed in)
    preview     a text in the public page, for the editor's frame (signed in)
    downloads   the file of a channel, for people who may export (signed in)
    reported    a report on paper (signed in)
    unsubscribing  the way out of every mail
    widget      the question and its buttons on other sites

Plain HTML that works without JavaScript; `static/aide.js` calls the same addresses and replaces the
same places.
"""

from starlette.routing import Route

from faq_cms.public import (
    centre,
    downloads,
    feedback,
    feeds,
    finding,
    leaving,
    pages,
    preview,
    reported,
    searching,
    sign_in,
    unsubscribing,
    widget,
)


def routes() -> list[Route]:
    """The addresses of the readers' side; settings and database are read at each request."""
    read, write = ["GET"], ["POST"]
    vote = pages.posted("helpful", "version", "token")(feedback.vote)
    remark = pages.posted("token", "reason", "text", "donnees", "contact")(feedback.remark)
    enter = pages.posted("name", "password", "suite")(sign_in.enter)
    join = pages.posted("name", "password")(sign_in.join)
    leave = pages.posted()(sign_in.leave)
    return [
        Route("/aide", pages.shown(centre.home), methods=read),
        Route("/aide/", pages.shown(centre.home), methods=read),
        *searching.routes(),
        *feeds.routes(),
        Route("/aide/confidentialite", pages.shown(centre.privacy), methods=read),
        Route("/aide/categories/{slug}", pages.shown(centre.category), methods=read),
        Route("/aide/static/{name}", pages.shown(pages.asset), methods=read),
        Route("/aide/{slug}", pages.shown(centre.article), methods=read),
        Route("/aide/{slug}/vote", vote, methods=write),
        Route("/aide/{slug}/remarque", remark, methods=write),
        Route("/aide/{slug}/vote", pages.shown(feedback.back), methods=read),
        Route("/aide/{slug}/remarque", pages.shown(feedback.back), methods=read),
        Route("/aide/{rest:path}", pages.shown(centre.unknown), methods=read),
        Route("/connexion", pages.shown(sign_in.door), methods=read),
        Route("/connexion", enter, methods=write),
        Route("/connexion/lien/{token}", pages.shown(sign_in.invitation), methods=read),
        Route("/connexion/lien/{token}", join, methods=write),
        Route("/deconnexion", pages.shown(sign_in.exit_door), methods=read),
        Route("/deconnexion", leave, methods=write),
        *preview.routes(),
        *finding.routes(),
        *leaving.routes(),
        *reported.routes(),
        *unsubscribing.routes(),
        *downloads.routes(),
        *widget.routes(),
    ]

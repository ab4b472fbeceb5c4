"""The API for machines: published articles out, votes and remarks in, exports by token.

Every answer is JSON, errors too (`{"error": {"code", "message", "details"?}}`); only what is
published is ever served, through `articles.published`.
"""

from faq_cms.api.routes import routes

__all__ = ["routes"]

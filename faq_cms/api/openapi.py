"""The OpenAPI document, built from the same schemas that validate the bodies."""

from typing import Any

from faq_cms import exports
from faq_cms.api import schemas
from faq_cms.api.schemas import Schema
from faq_cms.exports import selection


def document(base_url: str) -> Schema:
    """The whole description, for this installation's public address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "faq_cms",
            "version": "1",
            "description": "Articles publiés, votes et remarques des lecteurs, exports.",
        },
        "servers": [{"url": base_url}],
        "paths": {
            "/api/v1/articles": {
                "get": _operation(
                    "listArticles",
                    "Articles publiés, dans l’ordre de leur dernier changement.",
                    {"200": _json("Une page d’articles.", schemas.ARTICLES)},
                    errors=(401, 403, 422),
                    parameters=[
                        _query("updated_since", {"type": "string", "format": "date-time"}),
                        _query("cursor", {"type": "string", "pattern": schemas.CURSOR}),
                        _query("limit", {"type": "integer", "minimum": 1, "maximum": 200}),
                    ],
                    not_modified=True,
                )
            },
            "/api/v1/articles/{slug}": {
                "get": _operation(
                    "getArticle",
                    "Un article publié.",
                    {
                        "200": _json("L’article.", schemas.ARTICLE),
                        "301": {"description": "Une ancienne adresse de l’article."},
                    },
                    errors=(404,),
                    parameters=[_path("slug")],
                    not_modified=True,
                )
            },
            "/api/v1/articles/{slug}/votes": {
                "post": _operation(
                    "castVote",
                    "Le verdict d’un lecteur sur la version qu’il a lue.",
                    {
                        "200": _json("Vote déjà compté, ou changé.", schemas.RECEIPT),
                        "201": _json("Nouveau vote.", schemas.RECEIPT),
                    },
                    errors=(404, 413, 422, 429, 503),
                    parameters=[_path("slug")],
                    body=schemas.VOTE,
                )
            },
            "/api/v1/votes/{token}/remark": {
                "post": _operation(
                    "leaveRemark",
                    "La raison d’un Non, une remarque, ou les deux.",
                    {"201": _json("Conservé.", schemas.MESSAGE)},
                    errors=(404, 409, 413, 422, 429, 503),
                    parameters=[_path("token")],
                    body=schemas.REMARK,
                )
            },
            "/api/v1/exports/{channel}": {
                "get": _operation(
                    "exportChannel",
                    "Ce qui est publié, au format d’un canal.",
                    {"200": {"description": "Le fichier du canal.", "content": {"*/*": {}}}},
                    errors=(401, 403, 404, 409, 422, 429),
                    parameters=[
                        _path("channel", enum=sorted(exports.CHANNELS)),
                        *_selection(),
                        _query(
                            "allow_empty",
                            {
                                "type": "boolean",
                                "description": (
                                    "Recevoir aussi un export vide à la place d’un export rempli\u00a0: sans "
                                    "cela, il est refusé (409, `emptied_export`)."
                                ),
                            },
                        ),
                    ],
                    not_modified=True,
                    secured=True,
                )
            },
        },
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(
    name: str,
    summary: str,
    responses: Schema,
    *,
    errors: tuple[int, ...],
    parameters: list[Schema],
    body: Schema | None = None,
    not_modified: bool = False,
    secured: bool = False,
) -> Schema:
    told: dict[str, Any] = dict(responses)
    if not_modified:
        told["304"] = {"description": "Inchangé depuis l’ETag donné."}
    for status in errors:
        told[str(status)] = _json("Refus, dit en français.", schemas.ERROR)
    operation: Schema = {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": told,
    }
    if body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": body}},
        }
    if secured:
        operation["security"] = [{"token": []}]
    return operation


def _json(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _selection() -> list[Schema]:
    """What narrows an export, and how its texts are spelled: `selection.API`."""
    schemas_of: dict[str, Schema] = {
        "category": {"type": "string", "description": "Nom ou adresse d’une catégorie."},
        "tag": {"type": "string", "description": "Un mot-clé."},
        "since": {"type": "string", "format": "date-time"},
        "without_below": {"type": "boolean", "description": "Sans les articles sous l’objectif."},
        "typography": {"type": "string", "enum": list(selection.Typography)},
        "spaces": {"type": "string", "enum": list(selection.Spaces)},
    }
    return [_query(name, schemas_of[field]) for field, name in selection.API.items()]


def _query(name: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _path(name: str, **narrowed: Any) -> Schema:
    schema = {"type": "string", "minLength": 1} | narrowed
    return {"name": name, "in": "path", "required": True, "schema": schema}

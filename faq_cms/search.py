"""Find a published article from what a reader types: full-text index, word forms, typing errors.

Accents are folded first, words stemmed after, in Python: both engines index and look for the same
strings and find the same articles. An index row holds the folded words (a beginning of a word
finds them) and their stems (« facturations » finds « facture »). Synonyms are looked for beside the
words that were typed; the index does not know them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Final, TypeAlias

from markupsafe import Markup
from rapidfuzz.distance import DamerauLevenshtein
from sqlalchemy import (
    ColumnElement,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from faq_cms import articles, db, rendering, synonyms
from faq_cms.articles import PublishedArticle
from faq_cms.models import Article, ArticleTag, SearchDocument, SearchWord, Version
from faq_cms.synonyms import Concept
from faq_cms.words import STOP_WORDS, fold, meaningful, stem

QUERY_MAX = 200
TERMS_MAX = 12
TYPO_FROM = 4  # shorter words have too many neighbours to guess from
FAMILY_LETTERS = 2  # words of one family begin alike; it also spares reading the whole vocabulary
FAMILY_ALIKE = 0.5  # share of letter groups in common: « abonné » and « abonnement » have 0.67
SNIPPET = 180  # characters
UNPUBLISHED_READ = 5_000
MANY = 1_000  # from here, reading all is cheaper than naming each


@dataclass(frozen=True)
class Hit:
    """An article found: as published, with the passage that answers the query.

    `question` and `snippet` are pieces (text, is_match): escape each, mark the matches.
    `exact` is False when the words had to be loosened (other words, or corrected ones); `nearest`
    is True when only some of the words are there: a neighbour, not an answer.
    """

    article: PublishedArticle
    question: tuple[tuple[str, bool], ...]
    snippet: tuple[tuple[str, bool], ...]
    exact: bool
    nearest: bool = False


@dataclass(frozen=True)
class Hidden:
    """An article found that readers cannot see: never published, or withdrawn."""

    article_id: int
    question: tuple[tuple[str, bool], ...]
    is_withdrawn: bool


# -- words ---------------------------------------------------------------------------------------


def one_line(answer: str) -> str:
    """A plain text on one line, without the dashes of its lists, which mean nothing there."""
    return " ".join(re.sub(r"^\s*- ", "", answer, flags=re.MULTILINE).split())


def _indexed(text: str) -> str:
    """What is stored for a text: its folded words, each followed by its stem when it differs."""
    pairs = ((word, stem(word)) for word in meaningful(text))
    return " ".join(word if word == root else f"{word} {root}" for word, root in pairs)


# -- the index -----------------------------------------------------------------------------------


def index(session: Session, article_id: int) -> None:
    """Make the index say what is published of this article (nothing, when it is not)."""
    _forget(session, article_id)
    _remember(session, articles.published(session, ids=[article_id]))


def add(session: Session, article_ids: Iterable[int]) -> None:
    """Index articles that were not there before, all of them at once."""
    for some in articles.slices(article_ids):
        _remember(session, articles.published(session, ids=some))


def forget_all(session: Session, article_ids: Iterable[int]) -> None:
    """Take these articles, published no more, off the index, all of them at once."""
    for some in articles.slices(article_ids):
        documents = session.execute(
            delete(SearchDocument)
            .where(SearchDocument.article_id.in_(some))
            .returning(SearchDocument.article_id, SearchDocument.title, SearchDocument.body)
        ).all()
        gone = Counter(
            word for _, title, body in documents for word in set(f"{title} {body}".split())
        )
        if gone:
            session.connection().execute(
                update(SearchWord)
                .where(SearchWord.word == bindparam("gone"))
                .values(articles=SearchWord.articles - bindparam("times")),
                [{"gone": word, "times": count} for word, count in sorted(gone.items())],
            )
            session.execute(delete(SearchWord).where(SearchWord.articles <= 0))
        if documents and _is_sqlite(session):
            session.execute(
                text("DELETE FROM search_index WHERE rowid = :id"),
                [{"id": article_id} for article_id, *_ in documents],
            )


def rebuild(session: Session) -> None:
    """Index every published article anew, all of them at once: thousands take seconds, not minutes."""
    session.execute(delete(SearchDocument))
    session.execute(delete(SearchWord))
    if _is_sqlite(session):
        session.execute(text("DELETE FROM search_index"))
    _remember(session, articles.published(session))


def _remember(session: Session, published: Sequence[PublishedArticle]) -> None:
    if not published:
        return
    tags = _tags(session, [article.id for article in published])
    documents = [
        {
            "article_id": article.id,
            "title": _indexed(
                " ".join((article.question, *article.wordings, *tags.get(article.id, ())))
            ),
            "body": _indexed(rendering.plain(article.answer)),
        }
        for article in published
    ]
    session.execute(insert(SearchDocument), documents)
    if _is_sqlite(session):
        session.execute(
            text(
                "INSERT INTO search_index (rowid, title, body) VALUES (:article_id, :title, :body)"
            ),
            documents,
        )
    known = Counter(
        word for each in documents for word in set(f"{each['title']} {each['body']}".split())
    )
    if known:
        statement = db.insert(session, SearchWord)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["word"],
                set_={"articles": SearchWord.articles + statement.excluded.articles},
            ),
            [{"word": word, "articles": count} for word, count in sorted(known.items())],
        )


def _tags(session: Session, article_ids: list[int]) -> dict[int, list[str]]:
    """The tags of these articles: readers never see them, and find by them."""
    tags: dict[int, list[str]] = {}
    query = select(ArticleTag.article_id, ArticleTag.name)
    if len(article_ids) < MANY:
        query = query.where(ArticleTag.article_id.in_(article_ids))
    for article_id, name in session.execute(query):
        tags.setdefault(article_id, []).append(name)
    return tags


def _forget(session: Session, article_id: int) -> None:
    document = session.get(SearchDocument, article_id)
    if document is None:
        return
    known = set(f"{document.title} {document.body}".split())
    session.execute(
        update(SearchWord)
        .where(SearchWord.word.in_(known))
        .values(articles=SearchWord.articles - 1)
    )
    session.execute(delete(SearchWord).where(SearchWord.articles <= 0))
    session.delete(document)
    session.flush()
    if _is_sqlite(session):
        session.execute(text("DELETE FROM search_index WHERE rowid = :id"), {"id": article_id})


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


# -- finding -------------------------------------------------------------------------------------


def find(session: Session, query: str, *, limit: int = 20, base_url: str = "") -> list[Hit]:
    """The published articles that answer `query`, best first.

    All words must be found (or a synonym of each), the last one perhaps unfinished; failing that,
    mistyped words are corrected from the vocabulary; failing that, any of the words will do.
    """
    terms = meaningful(query[:QUERY_MAX])[:TERMS_MAX]
    if not terms:
        return []
    for attempt, exact in _attempts(session, terms):
        if ids := _match(session, attempt, limit):
            return _hits(session, ids, attempt, exact, base_url)
    return []


def suggest(session: Session, query: str, *, limit: int = 6) -> list[PublishedArticle]:
    """Articles to offer while the reader types."""
    return [hit.article for hit in find(session, query, limit=limit)]


def unpublished(session: Session, query: str, *, limit: int = 5) -> list[Hidden]:
    """The articles readers cannot see whose question answers all of `query`, newest first.

    For the team only. They are not in the index: their questions are read, a few thousand at most.
    """
    terms = meaningful(query[:QUERY_MAX])[:TERMS_MAX]
    if not terms:
        return []
    concepts = synonyms.lexicon(session).concepts(terms, unfinished=True)
    rows = session.execute(
        select(Article.id, Article.withdrawn_at, Version.question)
        .join(Version, Version.article_id == Article.id)
        .where(Article.live_version_id.is_(None))
        # The draft stands for an article never published, its last version for a withdrawn one.
        .order_by(Article.id.desc(), Version.number.is_not(None), Version.number.desc())
        .limit(UNPUBLISHED_READ)
    )
    wanted = wanted_by(session, query)
    found: dict[int, Hidden] = {}
    for article_id, withdrawn_at, question in rows:
        if article_id not in found and _answers(question, concepts):
            found[article_id] = Hidden(
                article_id, marked(question, wanted), withdrawn_at is not None
            )
            if len(found) == limit:
                break
    return list(found.values())


def _answers(question: str, concepts: Sequence[Concept]) -> bool:
    """Whether each concept is there: a word by its beginning, a synonym whole."""
    found = meaningful(question)
    stems = {stem(word) for word in found}

    def holds(term: str) -> bool:
        return stem(term) in stems or any(word.startswith(term) for word in found)

    return all(
        all(map(holds, each.typed))
        or any(stems.issuperset(synonyms.stems(other)) for other in each.others)
        for each in concepts
    )


def nearest(
    session: Session, article: PublishedArticle, *, limit: int = 3, base_url: str = ""
) -> list[PublishedArticle]:
    """The published articles that share most words with this one's question."""
    found = alike(session, article.question, limit=limit + 1, base_url=base_url)
    return [other for other in found if other.id != article.id][:limit]


def alike(
    session: Session, question: str, *, limit: int = 3, base_url: str = ""
) -> list[PublishedArticle]:
    """The published articles that share most words with a question."""
    terms = sorted(set(meaningful(question)))[:TERMS_MAX]
    ids = _match(session, _Any([Concept((term,)) for term in terms]), limit) if terms else []
    return _in_order(session, ids, base_url)


@dataclass(frozen=True)
class _All:
    """Every concept must be there, in any of its words; the last word may be unfinished."""

    concepts: list[Concept]


@dataclass(frozen=True)
class _Any:
    """One of the concepts is enough; more is better."""

    concepts: list[Concept]


_Attempt: TypeAlias = _All | _Any


def _attempts(session: Session, terms: list[str]) -> Iterable[tuple[_Attempt, bool]]:
    lexicon = synonyms.lexicon(session)
    yield _All(lexicon.concepts(terms, unfinished=True)), True
    corrected = [_corrected(session, term) for term in terms]
    if corrected != terms:
        yield _All(lexicon.concepts(corrected, unfinished=True)), False
    loose = dict.fromkeys(
        (*lexicon.concepts(corrected), *(Concept((term,)) for term in (*terms, *corrected)))
    )
    yield _Any(list(loose)), False


def _corrected(session: Session, term: str) -> str:
    """The known word nearest to a mistyped one; the term itself when known, short or hopeless."""
    known = select(SearchWord.word).where(SearchWord.word.in_({term, stem(term)}))
    if len(term) < TYPO_FROM or session.scalar(known.limit(1)) is not None:
        return term
    reach = 1 if len(term) < 8 else 2
    length = func.length(SearchWord.word)
    neighbours = session.execute(
        select(SearchWord.word, SearchWord.articles).where(
            length.between(len(term) - reach, len(term) + reach)
        )
    )
    best = min(
        (
            (distance, -count, word)
            for word, count in neighbours
            if (distance := DamerauLevenshtein.distance(term, word, score_cutoff=reach)) <= reach
        ),
        default=None,
    )
    return best[2] if best else term


def _match(session: Session, attempt: _Attempt, limit: int) -> list[int]:
    """Ids of the matching articles, best first.

    Terms are letters and digits only: no operator of either query language can be among them.
    """
    if _is_sqlite(session):
        rows = session.execute(
            text(
                "SELECT rowid FROM search_index WHERE search_index MATCH :query"
                " ORDER BY bm25(search_index, 8.0, 1.0), rowid LIMIT :limit"
            ),
            {"query": _query(attempt, _FTS5), "limit": limit},
        )
        return [int(row[0]) for row in rows]
    document: ColumnElement[str] = literal_column(
        "(setweight(to_tsvector('simple'::regconfig, title), 'A')"
        " || setweight(to_tsvector('simple'::regconfig, body), 'D'))"
    )
    query = func.to_tsquery(literal_column("'simple'::regconfig"), _query(attempt, _TSQUERY))
    statement = (
        select(SearchDocument.article_id)
        .where(document.op("@@")(query))
        .order_by(func.ts_rank(document, query).desc(), SearchDocument.article_id)
        .limit(limit)
    )
    return list(session.scalars(statement))


@dataclass(frozen=True)
class _Language:
    """How an engine writes a word, the beginning of one, and what joins them."""

    word: str
    beginning: str
    all_of: str
    any_of: str


_FTS5: Final = _Language('"{}"', '"{}" *', " AND ", " OR ")
_TSQUERY: Final = _Language("'{}'", "'{}':*", " & ", " | ")


def _query(attempt: _Attempt, language: _Language) -> str:
    """The attempt in the engine's language."""
    is_all = isinstance(attempt, _All)
    last = len(attempt.concepts) - 1
    parts = [
        _either(each, language, is_last=is_all and at == last)
        for at, each in enumerate(attempt.concepts)
    ]
    return (language.all_of if is_all else language.any_of).join(parts)


def _either(concept: Concept, language: _Language, *, is_last: bool) -> str:
    """The words of a concept, or those of an expression of the same meaning."""
    typed = [_forms(term, language, is_beginning=False) for term in concept.typed]
    if is_last:
        typed[-1] = _forms(concept.typed[-1], language, is_beginning=True)
    ways = [
        typed,
        *([_forms(term, language, is_beginning=False) for term in each] for each in concept.others),
    ]
    said = [language.all_of.join(way) for way in ways]
    return said[0] if len(said) == 1 else f"({language.any_of.join(f'({way})' for way in said)})"


def _forms(term: str, language: _Language, *, is_beginning: bool) -> str:
    """A word, or the beginning of one, and its stem."""
    whole = language.beginning if is_beginning else language.word
    forms = sorted({whole.format(term), language.word.format(stem(term))})
    return f"({language.any_of.join(forms)})"


def _hits(
    session: Session, ids: list[int], attempt: _Attempt, exact: bool, base_url: str
) -> list[Hit]:
    wanted = Wanted.of(attempt.concepts, unfinished=isinstance(attempt, _All))
    return [
        Hit(
            article=article,
            question=marked(article.question, wanted),
            snippet=marked(_passage(rendering.plain(article.answer), wanted), wanted),
            exact=exact,
            nearest=isinstance(attempt, _Any) and len(attempt.concepts) > 1,
        )
        for article in _in_order(session, ids, base_url)
    ]


def _in_order(session: Session, ids: list[int], base_url: str) -> list[PublishedArticle]:
    by_id = {
        article.id: article for article in articles.published(session, ids=ids, base_url=base_url)
    }
    return [by_id[article_id] for article_id in ids if article_id in by_id]


# -- what matched --------------------------------------------------------------------------------

# As our sanitiser writes tags: a « > » may stand inside the quotes of an attribute.
_TAG: Final = re.compile(r"""(<(?:[^>"]|"[^"]*")*>)""")
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Wanted:
    """What to mark in a text: stems of single words, expressions of several, an unfinished word."""

    stems: frozenset[str]
    expressions: frozenset[tuple[str, ...]] = frozenset()
    beginning: str | None = None

    @classmethod
    def of(cls, concepts: Sequence[Concept], *, unfinished: bool) -> "Wanted":
        """What answers these concepts: the words typed anywhere, their synonyms whole."""
        others = {synonyms.stems(each) for concept in concepts for each in concept.others}
        return cls(
            stems=frozenset(stem(term) for concept in concepts for term in concept.typed)
            | {each[0] for each in others if len(each) == 1},
            expressions=frozenset(each for each in others if len(each) > 1),
            beginning=concepts[-1].typed[-1] if unfinished and concepts else None,
        )

    def spans(self, passage: str) -> list[tuple[int, int]]:
        """Where the passage answers, in order, without overlap."""
        found = [
            (match.start(), match.end(), folded)
            for match in _WORD.finditer(passage)
            if (folded := _folded(match.group())) and folded not in STOP_WORDS
        ]
        stems = [stem(folded) for *_, folded in found]
        spans: list[tuple[int, int]] = []
        for at, (start, end, folded) in enumerate(found):
            length = next(
                (len(e) for e in self.expressions if tuple(stems[at : at + len(e)]) == e), 0
            )
            if length:
                end = found[at + length - 1][1]
            elif stems[at] not in self.stems and not (
                self.beginning is not None and folded.startswith(self.beginning)
            ):
                continue
            if not spans or start >= spans[-1][1]:
                spans.append((start, end))
        return spans


@lru_cache(maxsize=50_000)
def _folded(word: str) -> str:
    return fold(word)


def wanted_by(session: Session, query: str) -> Wanted:
    """What a query wants marked, its last word perhaps unfinished."""
    terms = meaningful(query[:QUERY_MAX])[:TERMS_MAX]
    return Wanted.of(synonyms.lexicon(session).concepts(terms, unfinished=True), unfinished=True)


def mark_html(html: Markup, wanted: Wanted) -> Markup:
    """Our own HTML with the words that answer marked; tags are left as they are."""
    pieces = _TAG.split(html)
    for at in range(0, len(pieces), 2):  # text, tag, text, tag…
        pieces[at] = Markup("").join(
            Markup("<mark>{}</mark>").format(text) if is_match else text
            for text, is_match in marked(unescape(pieces[at]), wanted)
        )
    return Markup("").join(Markup(piece) for piece in pieces)  # noqa: S704 — sanitised before, escaped above


def marked(passage: str, wanted: Wanted) -> tuple[tuple[str, bool], ...]:
    """A passage cut into pieces, those that match apart."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in wanted.spans(passage):
        pieces += [(passage[at:start], False), (passage[start:end], True)]
        at = end
    pieces.append((passage[at:], False))
    return tuple(piece for piece in pieces if piece[0])


def _passage(answer: str, wanted: Wanted) -> str:
    """The stretch of the answer around its first match, cut at words."""
    flat = one_line(answer)
    if len(flat) <= SNIPPET:
        return flat
    first = next(iter(wanted.spans(flat)), (0, 0))[0]
    start = max(0, first - SNIPPET // 3)
    start = flat.find(" ", start) + 1 if start else 0
    cut = flat[start : start + SNIPPET]
    cut = cut if start + SNIPPET >= len(flat) else cut.rsplit(" ", 1)[0] + "…"
    return cut if start == 0 else "… " + cut


# -- when nothing is found -----------------------------------------------------------------------


def nearby(session: Session, query: str, *, limit: int = 5, base_url: str = "") -> list[Hit]:
    """Articles whose words look like those of a query that found nothing.

    « facturette » leads to what says « facture ». Empty when no word of any article looks like them.
    """
    near: dict[int, Hit] = {}
    for term in meaningful(query[:QUERY_MAX])[:TERMS_MAX]:
        for word in _family(session, term):
            for hit in find(session, word, limit=limit, base_url=base_url):
                near.setdefault(hit.article.id, hit)
    return [
        Hit(hit.article, hit.question, hit.snippet, exact=False, nearest=True)
        for hit in list(near.values())[:limit]
    ]


def _family(session: Session, term: str, most: int = 2) -> list[str]:
    """The known words that begin like a term and share most of their letters with it."""
    if len(term) < TYPO_FROM:
        return []
    begins_alike = SearchWord.word.startswith(term[:FAMILY_LETTERS], autoescape=True)
    own = _groups(term)
    alike = []
    for word in session.scalars(select(SearchWord.word).where(begins_alike)):
        groups = _groups(word)
        likeness = 2 * len(own & groups) / (len(own) + len(groups))
        if likeness >= FAMILY_ALIKE:
            alike.append((-likeness, word))
    return [word for _, word in sorted(alike)[:most]]


def _groups(word: str) -> set[str]:
    """The groups of three letters of a word, its beginning counted twice and its end once."""
    padded = f"  {word} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}

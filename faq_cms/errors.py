"""One small family of errors. They carry data, never sentences.

A door turns a class into a status (`STATUS`) and into a French sentence (`french.sentence`).
Anything that is not one of these is a fault: logged with a reference, answered generically.
"""

from dataclasses import dataclass
from typing import ClassVar


class FaqError(Exception):
    """Root of what the product refuses on purpose."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __str__(self) -> str:
        return f"{self.code} {vars(self)}"


@dataclass(eq=False)
class NotFound(FaqError):
    """Nothing public (or nothing at all) answers to `key`; drafts and absences look alike."""

    kind: str
    key: object
    code: ClassVar[str] = "not_found"
    status: ClassVar[int] = 404


@dataclass(eq=False)
class MethodNotAllowed(FaqError):
    """The address exists, but answers only the methods of `allowed`."""

    allowed: tuple[str, ...]
    code: ClassVar[str] = "method_not_allowed"
    status: ClassVar[int] = 405


@dataclass(eq=False)
class SignInRequired(FaqError):
    """No valid session or token came with the request."""

    code: ClassVar[str] = "sign_in_required"
    status: ClassVar[int] = 401


@dataclass(eq=False)
class SignInRefused(FaqError):
    """Unknown name or wrong password: one answer for both, so that accounts cannot be listed."""

    code: ClassVar[str] = "sign_in_refused"
    status: ClassVar[int] = 401


@dataclass(eq=False)
class Forbidden(FaqError):
    """The actor's role does not allow `action`."""

    action: str
    role: str | None = None
    code: ClassVar[str] = "forbidden"
    status: ClassVar[int] = 403


@dataclass(eq=False)
class StaleDraft(FaqError):
    """The draft (or the live text) moved since it was shown: nothing was written.

    `current_*` is what stands now, so that the page can show both texts.
    """

    article_id: int
    current_live_id: int | None
    current_revision: int
    current_question: str
    current_answer: str
    changed_by: str
    code: ClassVar[str] = "stale_draft"
    status: ClassVar[int] = 409


@dataclass(eq=False)
class Conflict(FaqError):
    """The request is well formed but the present state does not allow it. `reason` is a code."""

    reason: str
    detail: object = None
    code: ClassVar[str] = "conflict"
    status: ClassVar[int] = 409


@dataclass(eq=False)
class Invalid(FaqError):
    """One field of the input is refused. `reason` is a code; `detail` what the sentence needs."""

    field: str
    reason: str
    detail: object = None
    code: ClassVar[str] = "invalid"
    status: ClassVar[int] = 422


@dataclass(eq=False)
class PersonalData(FaqError):
    """A remark seems to hold what names a person; its words wait for their author to choose.

    `kinds` are members of `personal_data.Kind`; `masked` is the same remark without them.
    """

    kinds: tuple[str, ...]
    masked: str
    code: ClassVar[str] = "personal_data"
    status: ClassVar[int] = 422


@dataclass(eq=False)
class TooMany(FaqError):
    """A limit is reached; `retry_after` seconds from now it will not be."""

    scope: str
    retry_after: int
    code: ClassVar[str] = "too_many"
    status: ClassVar[int] = 429


@dataclass(eq=False)
class TooLarge(FaqError):
    """The input is larger than `limit` bytes."""

    limit: int
    code: ClassVar[str] = "too_large"
    status: ClassVar[int] = 413


@dataclass(eq=False)
class NothingToImport(FaqError):
    """A document in which no question could be read. `reason` is a code, `line` where it shows."""

    name: str
    line: int
    reason: str = "no_question"
    code: ClassVar[str] = "nothing_to_import"
    status: ClassVar[int] = 422


@dataclass(eq=False)
class Misspelt(FaqError):
    """An export was to go out in right typography only. `articles`: (question, why not), French."""

    articles: tuple[tuple[str, tuple[str, ...]], ...]
    code: ClassVar[str] = "misspelt"
    status: ClassVar[int] = 409


@dataclass(eq=False)
class BackupRefused(FaqError):
    """A backup cannot be made of, or restored from, `name`. `reason` is a code."""

    reason: str
    name: str
    detail: object = ""
    code: ClassVar[str] = "backup_refused"
    status: ClassVar[int] = 409


@dataclass(eq=False)
class ArchiveRefused(FaqError):
    """The archive `name` cannot be brought in. `reason` is a code; nothing was written."""

    reason: str
    name: str
    detail: object = ""
    code: ClassVar[str] = "archive_refused"
    status: ClassVar[int] = 409


@dataclass(eq=False)
class DeskRefused(FaqError):
    """The help desk at `host` did not do what we asked. `reason` is a code; no credential is in it."""

    reason: str
    host: str
    detail: object = ""
    code: ClassVar[str] = "desk_refused"
    status: ClassVar[int] = 502


@dataclass(eq=False)
class BadRow(FaqError):
    """One row of a table cannot be read: nothing of the table was written. `reason` is a code.

    `line` counts from 1 in the document; `column` is the one at fault; the document's `name` is the
    door's to give.
    """

    reason: str
    line: int
    column: str
    detail: object = None
    name: str = ""
    code: ClassVar[str] = "bad_row"
    status: ClassVar[int] = 422


@dataclass(eq=False)
class BadSetting(FaqError):
    """An environment variable cannot be used. The value itself is never repeated."""

    name: str
    reason: str
    code: ClassVar[str] = "bad_setting"
    status: ClassVar[int] = 500


@dataclass(eq=False)
class UnfitToServe(FaqError):
    """The self-check failed on what must not be served; `failure` is the code of its first line."""

    failure: str
    detail: str = ""
    code: ClassVar[str] = "unfit_to_serve"
    status: ClassVar[int] = 503


@dataclass(eq=False)
class Unavailable(FaqError):
    """The database cannot take the write now (full disk, read-only, unreachable)."""

    reason: str
    code: ClassVar[str] = "unavailable"
    status: ClassVar[int] = 503

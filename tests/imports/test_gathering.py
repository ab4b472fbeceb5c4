"""Several files, a folder or a zip as one import; what a zip may hide is refused before it unfolds."""

import io
import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms import errors
from faq_cms.errors import Invalid, NothingToImport
from faq_cms.imports import gathering
from faq_cms.imports.gathering import File

ONE = b"Q : Comment payer ?\nR : Par virement.\n"
TWO = b"Q : Quand payer ?\nR : Demain.\n"
GUIDE = b"Ce dossier contient la FAQ, dans deux fichiers."


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return packed.getvalue()


def link(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target.encode()


def nameless(data: bytes) -> bytes:
    """A zip whose only file has an empty name; `zipfile` will not write one."""
    packed = zipped(("n", data))
    local, listed = packed.index(b"PK\x03\x04"), packed.index(b"PK\x01\x02")
    end = packed.index(b"PK\x05\x06")
    size = (end - listed - 1).to_bytes(4, "little") + (listed - 1).to_bytes(4, "little")
    return b"".join(
        [
            packed[local : local + 26] + b"\0\0" + packed[local + 28 : local + 30],
            packed[local + 31 : listed],
            packed[listed : listed + 28] + b"\0\0" + packed[listed + 30 : listed + 46],
            packed[listed + 47 : end],
            packed[end : end + 12] + size + packed[end + 20 :],
        ]
    )


def questions(*files: File) -> list[tuple[str, str]]:
    return [
        (source.name, entry.question)
        for source in gathering.read(gathering.unfolded(files))
        for entry in source.document.entries
    ]


def test_a_folder_and_a_zip_keep_the_names_and_leave_what_is_no_text(tmp_path: Path) -> None:
    for name, data in (
        ("a/un.txt", ONE),
        ("b/deux.txt", TWO),
        ("logo.png", b"\x89PNG"),
        (".git/x", ONE),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "lien.txt").symlink_to(tmp_path / "a" / "un.txt")
    found = gathering.from_paths([tmp_path])
    assert [file.name for file in found] == [
        str(tmp_path / "a" / "un.txt"),
        str(tmp_path / "b" / "deux.txt"),
    ]
    archive = File("faq.zip", zipped(("a/un.txt", ONE), ("__MACOSX/un.txt", ONE), ("x.png", b"")))
    assert questions(archive) == [("faq.zip/a/un.txt", "Comment payer ?")]


def test_a_file_without_question_among_others_is_said_and_alone_is_refused() -> None:
    archive = File("faq.zip", zipped(("faq.txt", ONE), ("lisez-moi.txt", GUIDE)))
    (source,) = gathering.read(gathering.unfolded([archive]))
    assert [(f.code, "lisez-moi.txt" in f.message) for f in source.document.warnings] == [
        ("no_question", True)
    ]
    with pytest.raises(NothingToImport):
        questions(File("vide.zip", zipped(("lisez-moi.txt", GUIDE))))
    with pytest.raises(NothingToImport):  # somebody named it
        questions(File("faq.txt", ONE), File("lisez-moi.txt", GUIDE))


@pytest.mark.parametrize(
    ("reason", "data"),
    [
        ("outside", zipped(("../../etc/faq.txt", ONE))),
        ("outside", zipped(("/etc/faq.txt", ONE))),
        ("outside", zipped(("..\\faq.txt", ONE))),
        ("outside", zipped(("C:\\faq.txt", ONE))),
        ("outside", zipped((".", ONE))),
        ("outside", zipped(("./.", ONE))),
        ("outside", nameless(ONE)),
        ("link", zipped(("un.txt", ONE), link("deux.txt", "/etc/passwd"))),
        ("bomb", zipped(("un.txt", b"\0" * (8 << 20)))),
        ("whole", zipped(("manifest.json", b'{\n  "format": "faq_cms archive"\n}'))),
        ("nested", zipped(("dedans.zip", zipped(("un.txt", ONE))))),
        ("damaged", zipped(("un.txt", ONE))[:-30]),
        ("damaged", zipped(("un.txt", ONE))[:45] + b"?" + zipped(("un.txt", ONE))[46:]),
    ],
)
def test_an_archive_that_would_do_harm_is_refused_in_french(reason: str, data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        questions(File("faq.zip", data))
    assert (refused.value.field, refused.value.reason) == ("archive", reason)


def test_too_many_files_and_too_much_text_are_refused_by_the_table_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive = File("faq.zip", zipped(("un.txt", ONE), ("deux.txt", TWO)))
    monkeypatch.setattr(gathering, "FILES_MAX", 1)
    with pytest.raises(Invalid, match="too_many"):
        gathering.unfolded([archive])
    monkeypatch.setattr(gathering, "FILES_MAX", 2)
    monkeypatch.setattr(gathering, "UNFOLDED_MAX", len(ONE))
    with pytest.raises(Invalid, match="too_large"):
        gathering.unfolded([archive])


def test_a_zip_does_not_unfold_once_those_before_it_hold_too_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []
    members = gathering._members

    def noted(file: File) -> Iterator[File]:
        opened.append(file.name)
        return members(file)

    monkeypatch.setattr(gathering, "_members", noted)
    monkeypatch.setattr(gathering, "UNFOLDED_MAX", len(ONE) + 1)
    archives = [File(f"{number}.zip", zipped(("un.txt", ONE))) for number in range(5)]
    with pytest.raises(Invalid, match="too_large"):
        gathering.unfolded(archives)
    assert opened == ["0.zip", "1.zip"]


def test_what_a_system_exports_apart_is_read_together() -> None:
    article = {"id": 1, "title": "Payer", "body": "<p>Par carte.</p>", "section_id": 2}
    vote = {"id": 5, "item_id": 1, "item_type": "Article", "value": 1, "created_at": "2024-01-01"}
    files = {
        "articles.json": {"articles": [article]},
        "sections.json": {"sections": [{"id": 2, "name": "Paiement", "category_id": 3}]},
        "categories.json": {"categories": [{"id": 3, "name": "Boutique"}]},
        "votes.json": {"votes": [vote]},
    }
    found = [File(name, json.dumps(value).encode()) for name, value in files.items()]
    (source,) = gathering.read(found)
    (entry,) = source.document.entries
    assert (source.document.source, entry.parent, entry.category) == (
        "zendesk",
        "Boutique",
        "Paiement",
    )
    assert [ballot.reference for ballot in entry.ballots] == ["5"]


def test_the_two_files_of_an_assistant_are_read_together() -> None:
    nlu = b"nlu:\n- intent: faq/payer\n  examples: |\n    - Comment payer ?\n"
    responses = b"responses:\n  utter_faq/payer:\n  - text: Par carte.\n"
    (source,) = gathering.read([File("domain.yml", responses), File("nlu.yml", nlu)])
    assert [entry.answer for entry in source.document.entries] == ["Par carte."]


def test_progress_is_told_file_by_file() -> None:
    seen: list[tuple[int, int]] = []
    gathering.read([File("a", ONE), File("b", TWO)], told=lambda *at: seen.append(at))
    assert seen == [(1, 2), (2, 2)]


@given(st.binary(max_size=200))
def test_any_bytes_that_begin_as_a_zip_are_read_or_refused(data: bytes) -> None:
    whole = zipped(("un.txt", ONE))
    for hurt in (whole[:40] + data + whole[40:], b"PK\x03\x04" + data, data):
        try:
            questions(File("x.zip", hurt))
        except errors.FaqError:
            continue

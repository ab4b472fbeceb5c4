"""Prepare `.venv` from the hashed locks, showing progress, and only when something changed.

Run by `make`, with whatever Python the machine has and nothing but the standard library. A part
whose files are those last installed costs one hash, so a second `make run` goes straight to the
server. uv is used when it is there (the same files, checked against the same hashes, in a tenth of
the time), pip otherwise. People who install read French.
"""

from __future__ import annotations  # an old interpreter must reach the sentence that refuses it

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
STAMP = FOLDER / "installed.json"
OLDEST = (3, 11)
# The locks are complete: there is nothing to resolve. Bytecode is written at the first import, which
# is quicker than compiling here the many modules that are never imported.
UV = ["--no-deps"]
PIP = ["--no-deps", "--no-compile", "--disable-pip-version-check"]


def main() -> int:
    """Install the parts asked for; 0 when the environment is ready."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests and lint need")
    wanted = ["requirements.txt", *(["requirements-dev.txt"] if parser.parse_args().dev else [])]
    if sys.version_info < OLDEST:
        return _refuse(
            f"Il faut Python 3.11 ou plus récent ; celui-ci est {sys.version.split()[0]}. "
            "Indiquez-en un autre : make PYTHON=python3.12 …"
        )
    try:
        prepare(wanted)
    except subprocess.CalledProcessError:
        return _refuse(
            "L’installation n’a pas abouti. Vérifiez l’accès au dépôt de paquets Python, "
            "puis relancez la même commande : elle reprendra où elle s’est arrêtée."
        )
    return 0


def prepare(locks: list[str]) -> None:
    """Bring `.venv` to what the locks and pyproject.toml say; raises CalledProcessError."""
    done = _installed()
    due = late([ROOT / name for name in [*locks, "pyproject.toml"]], done)
    if not due:
        return
    uv = shutil.which("uv")
    if not PYTHON.exists() or not (uv or _has_pip()):
        _say("Création de l’environnement Python (une seule fois, une minute environ)…")
        venv.create(FOLDER, with_pip=not uv, symlinks=sys.platform != "win32")
    for name, digest in due.items():
        _say(f"Installation : {name}…")
        _install(name, uv)
        done[name] = digest
        STAMP.write_text(json.dumps(done, indent=2) + "\n", encoding="utf-8")
    _say("Environnement prêt.")


def late(files: list[Path], done: dict[str, str]) -> dict[str, str]:
    """Name and digest of each file whose content is not what was last installed."""
    digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    return {name: digest for name, digest in digests.items() if done.get(name) != digest}


def _install(name: str, uv: str | None) -> None:
    if name == "pyproject.toml":  # ourselves, in place; the build backend comes from the lock
        what = ["--no-build-isolation", "-e", "."]
    else:
        what = ["--require-hashes", "-r", name]
    if uv:
        command = [uv, "pip", "install", "--python", str(PYTHON), *UV, *what]
    else:
        command = [str(PYTHON), "-m", "pip", "install", *PIP, *what]
    subprocess.run(command, cwd=ROOT, check=True)


def _installed() -> dict[str, str]:
    """Digest of each file as it was last installed here; nothing when Python itself changed."""
    try:
        done: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return done if PYTHON.exists() else {}


def _has_pip() -> bool:
    asked = subprocess.run([str(PYTHON), "-m", "pip", "-V"], check=False, capture_output=True)
    return asked.returncode == 0


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())

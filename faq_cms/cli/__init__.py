"""The command line: which commands exist, and how a refusal is said.

A refusal is one French line on standard error and exit code 2; nothing was written. Each command is
a function of a module beside this one, imported when it runs: `--help` loads none of them.
"""

import importlib
import os
import sys
from collections.abc import Sequence

from faq_cms.cli.parser import arguments_of

REFUSED = 2
INTERRUPTED = 130  # what a shell expects after Ctrl+C
CUT_SHORT = 141  # and when a pipe closes


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = arguments_of(sys.argv[1:] if words is None else words)
    module, function = given.run.split(":")
    from faq_cms.errors import FaqError

    try:
        code: int = getattr(importlib.import_module(f"faq_cms.cli.{module}"), function)(given)
    except FaqError as error:
        from faq_cms import french

        return refuse(french.sentence(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `stats | head`: whoever read us has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CUT_SHORT
    except OSError as error:
        if error.filename is None:
            raise
        return refuse(_about_file(error))
    return code


def refuse(sentence: str) -> int:
    """Say on one line why nothing was done; returns the exit code of a refusal."""
    print(" ".join(sentence.split()), file=sys.stderr)
    return REFUSED


def _about_file(error: OSError) -> str:
    name = error.filename
    if isinstance(error, FileNotFoundError):
        return f"{name}\u00a0: ce fichier ou ce dossier n’existe pas. Vérifiez le chemin."
    if isinstance(error, PermissionError):
        return f"{name}\u00a0: accès refusé. Vérifiez les droits sur ce fichier et son dossier."
    if isinstance(error, IsADirectoryError):
        return f"{name}\u00a0: c’est un dossier. Donnez le chemin d’un fichier."
    return f"{name}\u00a0: {error.strerror}. Vérifiez le chemin et la place libre."

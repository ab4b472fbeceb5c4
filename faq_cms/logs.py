"""What the server writes about itself: one JSON object a line, or coloured lines on a terminal.

Everything goes to standard error through one handler, Uvicorn's and Streamlit's lines included.
Requests are not logged: their addresses hold what readers type, and who reads what is nobody's
business. Bodies, tokens and network addresses never reach a line.
"""

import logging
import sys

import structlog

# Chatty libraries: what they say below a warning helps nobody who runs a FAQ.
_QUIET = ("alembic", "asyncio", "httpx", "urllib3", "watchdog")


def configure(level: str) -> None:
    """Send every logger's lines, from `level` on, to one handler on standard error."""
    before = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*before, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendered(is_terminal=sys.stderr.isatty()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    adopt("uvicorn", "streamlit")


def adopt(*families: str) -> None:
    """Make loggers that brought their own handlers speak through ours. Again after late imports."""
    for name in [*families, *logging.root.manager.loggerDict]:
        if name.partition(".")[0] in families:
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True


def _rendered(*, is_terminal: bool) -> list[structlog.typing.Processor]:
    if is_terminal:
        return [structlog.dev.ConsoleRenderer()]
    return [
        structlog.processors.format_exc_info,
        structlog.processors.EventRenamer("message"),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]

"""What the server writes about itself: one JSON object a line, or coloured lines on a terminal.

Everything goes to standard error through one handler, Uvicorn's and Streamlit's lines included.
Requests are not logged: their addresses hold what readers type, and who reads what is nobody's
business. Bodies, tokens and network addresses never reach a line.
"""

import logging
import sys

import structlog

# Chatty libraries: what they say below a warning helps nobody who runs a FAQ, and the addresses of
# the systems that are called, which HTTP clients tell, are often secrets.
_QUIET = ("alembic", "asyncio", "httpcore2", "httpx2", "urllib3", "watchdog")

_OWN_HANDLERS = ("streamlit", "uvicorn", "websockets")  # Streamlit gives some to all three


def configure(level: str) -> None:
    """Send every logger's lines, from `level` on, to one handler on standard error."""
    before: list[structlog.typing.Processor] = [
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
                _without_colours,
                *_rendered(is_terminal=sys.stderr.isatty()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    adopt()


def adopt() -> None:
    """Make loggers that brought their own handlers speak through ours; again after late imports."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in _OWN_HANDLERS:
            logger = logging.getLogger(name)
            logger.handlers.clear()
            # Uvicorn writes a line with an address for every request as soon as somebody listens.
            logger.propagate = name != "uvicorn.access"
            logger.setLevel(logging.NOTSET)
    logging.getLogger("uvicorn.error").addFilter(_names_nobody)


def _names_nobody(record: logging.LogRecord) -> bool:
    """Drop Uvicorn's line for each WebSocket, which begins with the address of whoever opens it."""
    return '"WebSocket' not in str(record.msg)


def _without_colours(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    event.pop("color_message", None)  # Uvicorn says each line twice
    return event


def _rendered(*, is_terminal: bool) -> list[structlog.typing.Processor]:
    if is_terminal:
        return [structlog.dev.ConsoleRenderer()]
    return [
        structlog.processors.format_exc_info,
        structlog.processors.EventRenamer("message"),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]

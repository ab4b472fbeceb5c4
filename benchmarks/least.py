"""The least a web process can do, on the server our own runs on: nothing, or one read.

`python -m benchmarks.least PORT DATABASE_URL` serves /nothing, and /select/{id}: a version by its
primary key through SQLAlchemy, in the thread pool as every reading page of ours.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from benchmarks import traffic
from faq_cms import db
from faq_cms.models import Version
from tests import servers


async def nothing(_request: Request) -> Response:
    """An answer that asks for no work."""
    return PlainTextResponse("rien")


def one_row(request: Request) -> Response:
    """One row by its primary key, and its text as the answer."""
    with db.current().read_engine.connect() as connection:
        wanted = select(Version.answer).where(Version.id == request.path_params["id"])
        return PlainTextResponse(connection.execute(wanted).scalar_one())


@contextmanager
def serving(database_url: str) -> Iterator[int]:
    """The port it listens on, until the block ends."""
    port = servers.free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.least", str(port), database_url])
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            traffic.sent(port, [traffic.get("/nothing")], status=200, seconds=1)
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the process beside ours did not start")


def port_of(served: servers.Served) -> int:
    """The port the product listens on."""
    return int(served.url.rpartition(":")[2])


def main() -> None:
    """Serve until told to stop."""
    port, url = sys.argv[1:]
    db.use(db.Database(url))
    routes = [
        Route("/nothing", nothing, methods=["GET", "POST"]),
        Route("/select/{id:int}", one_row),
    ]
    uvicorn.run(
        Starlette(routes=routes),
        port=int(port),
        http="httptools",
        loop="auto",
        log_config=None,
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main()

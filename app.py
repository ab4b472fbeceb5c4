"""Front door: the one application `streamlit run app.py`, `uvicorn app:app` and `serve` all serve."""

import streamlit as st
from starlette.exceptions import HTTPException

from faq_cms import server

server.prepare_or_exit()

app = st.App(
    server.MENU,
    routes=server.routes(),
    middleware=server.middleware(),
    lifespan=server.lifespan,
    exception_handlers={HTTPException: server.refused},
    on_script_error=server.script_fault,
)

"""The editors' and managers' application: one file a screen, each answering one question.

`menu.py` is the script Streamlit runs at each interaction; `registry` lists the screens; `_session`
knows who is there and runs their changes; `_data` reads figures once per revision of the ledger;
`_parts` holds what several screens show alike. No rule of the product is decided here.
"""

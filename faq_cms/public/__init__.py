"""The readers' side: the help centre, its votes and remarks, and the sign-in pages.

    ballot      casting a vote or a remark, for every door
    views       page views, gathered in memory
    pages       templates, errors as pages, ETag, compression, static files
    forms       what a posted form may hold
    help        articles, categories, search, privacy
    feedback    the two posts under an article
    sign_in     sign in, one-time links, sign out

Plain HTML that works without JavaScript; `static/aide.js` calls the same addresses and replaces the
same places.
"""

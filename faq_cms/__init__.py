"""The story of a vote.

A reader opens an article, reads one version of it and answers « Cet article a-t-il été utile ? ».
The answer is a vote; votes make a tally; tallies make the share of helpful votes; a low share, or
one unhappy reader, opens a flag; a flag leads to a correction; a correction is a new version, which
is measured in its turn; what is published goes out through exports.

Ground, which imports nothing of ours:

- ``models``: every table, constraint and enum, in story order.
- ``errors``: one small family of errors that carry data, not sentences.
- ``helpfulness``: pure statistics: rate, interval, verdict. None means unknown.
- ``typography``: pure French text rules.
- ``formulas``: texts a spreadsheet would run, kept from it.
- ``words``: the words of a French text as they are compared.

Plumbing:

- ``settings``: environment to one frozen Settings.
- ``db``: engine, transactions, frames; the only importer of a SQLite driver.
- ``migrate``: brings a database to the schema of this code.
- ``french``: the words people read: labels, errors, dates, plurals, percentages.
- ``rendering``: Markdown to safe HTML, two texts to a word diff. The only sanitiser.
- ``merging``: two texts that began as one, joined, or shown where they clash.
- ``printing``: PDF pages in French.

Chapters, each of which may look back at the ones before it:

- ``outbox``: what waits to leave, claimed by one server at a time, tried again.
- ``mail``: mails that leave, posted with the change they tell of, never twice.
- ``people``: accounts, sign-in, sessions, permissions, audit trail.
- ``plans``: publications and withdrawals to come, each done once.
- ``presence``: who has an article open in the editor, as last heard of.
- ``addresses``: the public address of an article.
- ``categories``: what articles are filed under.
- ``articles``: write a draft, find an article and its versions.
- ``synonyms``: words that mean the same to readers.
- ``search``: full-text index.
- ``themes``: what readers’ remarks are about, found in their words.
- ``filing``: where an article is filed: everything said of it that is not its text.
- ``reviews``: a colleague reads a draft before the public does.
- ``publishing``: a draft becomes what the public reads; a version leaves, or comes back.
- ``searches``: what readers looked for, by day, and the questions they did not find.
- ``quality``: what a colleague would notice in a text, found while it is written.
- ``windows``: votes of whole stretches of days, added up once.
- ``votes``: the ledger: a reader's verdict on the version they read, and the tallies.
- ``contacts``: where the author of a remark is told, once, that it was answered.
- ``remarks``: what readers write under their vote.
- ``views``: how often public pages were read.
- ``imported_votes``: votes and totals another system kept.
- ``catalogue``: every article as the team's list shows it.
- ``analytics``: tallies to frames: per article, per day, per version.
- ``causes``: what else than the votes of its measure asks for an article to be corrected.
- ``flags``: open a flag with its evidence, close it with its outcome.
- ``corrections``: take a flag, correct, publish, verify.
- ``followup``: what becomes of corrections: how long, how many hold, by month and category.
- ``loop``: the moments that touch several chapters, as plain functions.
- ``bulk``: one gesture over many articles, seen before, undone article by article.
- ``replacing``: the same words changed in many articles, seen before, undone in one gesture.
- ``reports``: the figures of a week or a month, frozen when issued, and who receives them.
- ``deliveries``: what each channel received, what it serves since, who did not come.
- ``notices``: what each person is told, in the application and in a digest by e-mail.
- ``webhooks``: the same notices for other systems, signed, called again until they are taken.
- ``duties``: what the clock asks for; each runs once, whoever asks.
- ``imports``, ``exports``: one reader per format, one writer per channel.
- ``archive``: the whole installation in one portable file.
- ``pushing``: what is published, written straight into a help desk.

Showing, and the doors, which are thin and open the transactions:

- ``charts``: frame to chart, one function a chart.
- ``screens``: the editors' and managers' application, one file a screen.
- ``public``: the readers' help centre, the widget, the sign-in page.
- ``gate``: who may reach the application, and with which headers.
- ``api``: the same things for machines.
- ``cli``: ``python -m faq_cms``.
"""

"""Readers whose true opinion is known, and what the product's rules make of their votes.

`make simulate`: a year of votes on made-up FAQs, seeded, so that the same table comes out each time.
The rules are those of `faq_cms.helpfulness`, called as the product calls them; only what they are
compared with is written here. What « truly bad », « found » and « false alarm » mean is said once,
in `docs/statistics.md`.

It stands beside the benchmarks rather than in the product: nothing the product does needs it.
"""

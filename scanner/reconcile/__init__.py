"""Observed assets held against declarations: the match ladder, the states, the findings.

Pure: values in, a Ledger out. A rung of the ladder is one file in rules/, its knowledge is data
in tables/. `reconcile` in ladder order: facts -> rules -> vetoes -> choice -> states -> findings.
"""

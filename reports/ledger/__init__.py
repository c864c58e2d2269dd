"""The public views of the store as typed rows: the one place where reports read.

Each class is a view; its fields are the view's columns, in the order that CSV files keep. Times
are UTC without a zone. Secrets are masked in reading.py, so that no renderer can forget it.
"""

from reports.ledger.coverage import COUNTS, Coverage, Limit, Problem, Reject, Skip, Source
from reports.ledger.declared import Declared, Finding, Pair
from reports.ledger.observed import Asset, Candidate, Evidence
from reports.ledger.reading import (
    RejectGroup,
    read,
    read_findings,
    read_reject_groups,
    read_rejects,
    read_run,
)
from reports.ledger.row import Row
from reports.ledger.totals import Day, Department, Run, Vendor

__all__ = [
    "COUNTS", "Asset", "Candidate", "Coverage", "Day", "Declared", "Department", "Evidence",
    "Finding", "Limit", "Pair", "Problem", "Reject", "RejectGroup", "Row", "Run", "Skip",
    "Source", "Vendor", "read", "read_findings", "read_reject_groups", "read_rejects", "read_run",
]  # fmt: skip

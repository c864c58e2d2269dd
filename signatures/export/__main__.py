"""The lines that settled.yaml needs for indicators that are new (sids.py says why)."""

from __future__ import annotations

import sys

from signatures.export.sids import missing

sys.stdout.write(missing())

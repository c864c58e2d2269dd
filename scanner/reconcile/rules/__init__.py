"""The match ladder: one rung a file, strongest first. A rung yields Hits; it never decides.

To add one: a module with `hits(row, world)`, and its line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scanner.reconcile.rules import (
    k0_binding,
    k1_native_id,
    k2_reference,
    k3_containment,
    k4_tenant,
    k5_name,
    k6_domain,
    k7_product,
    k8_likeness,
)

if TYPE_CHECKING:
    from scanner.reconcile.hits import Rule

LADDER: Final[tuple[Rule, ...]] = (
    k0_binding.hits,
    k1_native_id.hits,
    k2_reference.hits,
    k3_containment.hits,
    k4_tenant.hits,
    k5_name.hits,
    k6_domain.hits,
    k7_product.hits,
    k8_likeness.hits,
)

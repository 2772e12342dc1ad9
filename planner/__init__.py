"""Lookback: plans daily look-back (回头看) inspections, who goes where today, and why there first."""

"""Measurements, run by `make bench`. Figures are printed, never asserted."""

"""Tests mirror setlist/: what setlist/x/y.py does is told in tests/x/test_y.py."""

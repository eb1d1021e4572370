"""Measures the served site beside three yardsticks in one run: `python -m bench`. Never part of the tests."""

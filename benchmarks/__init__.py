"""The source of the figures in README and docs: one command for each, `python -m benchmarks.NAME`."""

"""What the figures in README and docs come from: `python -m benchmarks.NAME`, one command each."""

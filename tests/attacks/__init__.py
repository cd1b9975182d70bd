"""What strangers try: `make attack`. On loopback only, and no longer than ten minutes."""

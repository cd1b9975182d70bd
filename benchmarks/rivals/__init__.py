"""The rivals that digitlab is compared with."""

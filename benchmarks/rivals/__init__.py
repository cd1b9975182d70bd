"""What digitlab is measured against."""

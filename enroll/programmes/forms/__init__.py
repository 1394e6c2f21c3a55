"""What visitors and staff type about programmes and windows."""

"""What every request passes before anything answers it, whatever is asked."""

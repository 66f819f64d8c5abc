"""What is sent to the terminal: only the cells that changed, in as few bytes as possible."""

"""What brings facts in; everything outside the process is reached from here."""

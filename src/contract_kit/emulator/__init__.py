"""What every emulator needs, whatever API it serves."""

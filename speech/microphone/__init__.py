"""Live sound in: devices, files that play a microphone, level, where speech begins, and barge-in."""

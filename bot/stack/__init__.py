"""Setting up, starting and stopping the whole stack on one machine."""

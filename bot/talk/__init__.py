"""`wenban talk`: a conversation with the running stack, in a terminal or through a pipe."""

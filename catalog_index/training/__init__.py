"""How the encoder and the fusion weights are made; nothing here is needed to search."""

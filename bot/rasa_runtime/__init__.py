"""What runs inside the Rasa process (Python 3.10). Imports nothing of the rest of Wenban."""

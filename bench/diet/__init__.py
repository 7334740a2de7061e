"""The comparison with a Rasa DIET classifier that has an intent for every item."""

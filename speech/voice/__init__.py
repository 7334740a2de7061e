"""Text out loud: what is shown made fit for the ear, and the program that speaks it."""

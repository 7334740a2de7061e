"""What is likely to be said: the domain's sentences, their n-grams, and the file that Vosk reads them from.

Nothing here needs more than jieba and numpy, so a running Wenban can make its language model anew. How words
sound is fixed with the acoustic model and made by `speech.training`.
"""

"""Full-text engines that a team would install: SQLite FTS5 and tantivy, over words that jieba cut.

Neither cuts Chinese into words by itself, so both get words with spaces between and look for any word of a
query.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType

from wenban.errors import SetupError


@dataclass(frozen=True)
class Words:
    """Attributes: `documents`, an id and its words each; `cut` makes a query into words the same way."""

    documents: Sequence[tuple[str, Sequence[str]]]
    cut: Callable[[str], Sequence[str]]


class SqliteFts5:
    """SQLite's FTS5, ranked by its own bm25(), in memory.

    Raises:
        SetupError: this Python's SQLite has no FTS5.
    """

    def __init__(self, words: Words, most: int) -> None:
        self._words, self._most = words, most
        self._database = sqlite3.connect(":memory:")
        try:
            self._database.execute(
                "CREATE VIRTUAL TABLE items USING fts5(id UNINDEXED, text, tokenize = 'unicode61')"
            )
        except sqlite3.OperationalError as error:
            raise SetupError(f"SQLite {sqlite3.sqlite_version} has no FTS5: {error}") from error
        self._database.executemany(
            "INSERT INTO items VALUES (?, ?)", ((own, " ".join(text)) for own, text in words.documents)
        )

    def rank(self, queries: Sequence[str]) -> list[list[str]]:
        return [self._rank(query) for query in queries]

    def _rank(self, query: str) -> list[str]:
        # Quoted, a word is no operator; FTS5 finds no token in one of punctuation alone.
        asked = [word.replace('"', "") for word in dict.fromkeys(self._words.cut(query))]
        match = " OR ".join(f'"{word}"' for word in asked if any(char.isalnum() for char in word))
        if not match:
            return []
        rows = self._database.execute(
            "SELECT id FROM items WHERE items MATCH ? ORDER BY bm25(items), rowid LIMIT ?",
            (match, self._most),
        )
        return [str(own) for (own,) in rows]


class Tantivy:
    """tantivy, a full-text engine in Rust in the manner of Lucene, ranked by its BM25, in memory.

    Raises:
        SetupError: its Python package is not installed.
    """

    def __init__(self, words: Words, most: int) -> None:
        tantivy = _tantivy()
        self._words, self._most, self._query = words, most, tantivy.Query
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("row", stored=True)
        builder.add_text_field("text", tokenizer_name="words")
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        index.register_tokenizer("words", analyzer)
        # One thread: documents keep their order, and so do equal scores.
        writer = index.writer(num_threads=1)
        for row, (_, text) in enumerate(words.documents):
            writer.add_document(tantivy.Document(row=row, text=" ".join(text)))
        writer.commit()
        index.reload()
        self._should = tantivy.Occur.Should
        self._searcher = index.searcher()

    def rank(self, queries: Sequence[str]) -> list[list[str]]:
        return [self._rank(query) for query in queries]

    def _rank(self, query: str) -> list[str]:
        asked = dict.fromkeys(self._words.cut(query))
        terms = [(self._should, self._query.term_query(self._schema, "text", word)) for word in asked]
        if not terms:
            return []
        hits = self._searcher.search(self._query.boolean_query(terms), self._most).hits
        rows = [self._searcher.doc(address)["row"][0] for _, address in hits]
        return [self._words.documents[row][0] for row in rows]


def _tantivy() -> ModuleType:
    try:
        import tantivy
    except ImportError as error:
        raise SetupError(
            "tantivy is not installed; `pip install tantivy` brings it, or leave it out of --baselines"
        ) from error
    return tantivy

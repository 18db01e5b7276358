"""The best of some names that come only with a one-line description each, or none of them."""

from collections.abc import Mapping

from frontdesk.knowledge.embedder import Embedder

NEAR = 0.80


class Labels:
    def __init__(self, embedder: Embedder, described: Mapping[str, str]) -> None:
        self._embedder = embedder
        self._names = list(described)
        self._vectors = embedder.embed_queries(
            [f"{n.replace('_', ' ')}: {d}" for n, d in described.items()]
        )

    def best(self, text: str) -> str | None:
        if not self._names or not text.strip():
            return None
        cosines = self._vectors @ self._embedder.embed_queries([text])[0]
        best = int(cosines.argmax())
        return self._names[best] if cosines[best] >= NEAR else None

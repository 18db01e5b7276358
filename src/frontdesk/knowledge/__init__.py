"""What a hotel knows: documents, chunks, embeddings, retrieval, gaps."""

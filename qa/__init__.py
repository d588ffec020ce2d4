"""The question path: a question goes in, an answer with citations comes out."""

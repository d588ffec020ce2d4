"""The document path: a folder of files goes in, a searchable collection on disk comes out."""

"""What the readers of several languages share: JSON with offsets, comments, columns, encodings."""

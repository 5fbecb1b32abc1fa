"""Which files are read, and how safely: paths → the inputs under them."""

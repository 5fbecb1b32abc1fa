"""Values and their types, conversions and operators, and the work that they may take."""

"""Templates and nested stacks → resources."""

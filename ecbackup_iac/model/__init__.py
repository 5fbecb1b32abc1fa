"""The records that every other package uses. Standard library only; imports no other package of ours."""

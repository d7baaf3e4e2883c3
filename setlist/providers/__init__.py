"""Clients of the outside APIs, one file each. They know no database."""

"""The two tables: keys in one place, one module per aggregate."""

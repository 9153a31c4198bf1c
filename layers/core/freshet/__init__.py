"""Freshet keeps end users' brokerage holdings fresh: the one package every function imports."""

"""The JSON shapes of the API: a typed dictionary each, with the function that fills it.

The OpenAPI document is made from these types: what their docstrings say, frontend developers read.
"""

"""`make breaks`: each promise broken by hand once, to see the tests go red that hold it.

A break replaces one function of the product before anything else is imported. It names what it
replaces through an import, so that a rename is seen by the type checker.
"""

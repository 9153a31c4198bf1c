"""Rules and values of the product: standard library only, no clock, no environment."""

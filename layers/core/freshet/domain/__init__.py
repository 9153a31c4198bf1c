"""Rules and values of the product: standard library and msgspec only, no clock, no environment."""

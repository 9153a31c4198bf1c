"""What an operator may ask by invoking the api function directly."""

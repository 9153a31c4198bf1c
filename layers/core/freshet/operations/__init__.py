"""What an operator may ask by invoking the function `operate`."""

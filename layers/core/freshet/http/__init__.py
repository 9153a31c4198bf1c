"""What the HTTP API looks like from outside: routes, shapes, problem answers."""

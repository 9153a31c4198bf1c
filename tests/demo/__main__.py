"""`make demo` and `make dev`: ready to be stopped before the many modules are imported."""

from tests.local_stack.stopping import run_to_exit


def main() -> int:
    """Run the command."""
    from tests.demo.command import main

    return main()


if __name__ == "__main__":
    run_to_exit(main)

"""`python -m rtdebug` is the `rtdebug` command."""

from rtdebug.cli import main

if __name__ == "__main__":
    main()

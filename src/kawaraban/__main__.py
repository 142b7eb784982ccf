"""``python -m kawaraban``: the same as the command ``kawaraban``."""

from kawaraban.project.cli import main

if __name__ == "__main__":
    main()

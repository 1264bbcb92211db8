"""``python -m tenure``, where the command ``tenure`` is not on the path."""

from tenure.cli.main import app

if __name__ == "__main__":
    app(prog_name="tenure")

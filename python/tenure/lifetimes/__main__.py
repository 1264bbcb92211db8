"""``python -m tenure.lifetimes``: see the package."""

import sys

from tenure.lifetimes import install
from tenure.lifetimes._children import let_children_inherit
from tenure.lifetimes._program import run

if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] not in ("-h", "--help"):
        install()
        let_children_inherit()
    run(sys.argv[1:])

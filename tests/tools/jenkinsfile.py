"""What a Jenkinsfile's `sh` steps run, as JSON; it ends badly where the file is no Groovy."""

import json
import sys
from pathlib import Path

import tree_sitter_groovy
from tree_sitter import Language, Node, Parser


def scripts(node: Node) -> list[str]:
    """Give the text of every call of `sh`, in order."""
    found = [script for child in node.children for script in scripts(child)]
    text = (node.text or b"").decode()
    if node.type == "juxt_function_call" and text.startswith("sh "):
        found.append(text.removeprefix("sh ").strip().strip("'"))
    return found


tree = Parser(Language(tree_sitter_groovy.language())).parse(Path(sys.argv[1]).read_bytes())
if tree.root_node.has_error:
    sys.exit(f"no Groovy: {tree.root_node}")
json.dump(scripts(tree.root_node), sys.stdout)

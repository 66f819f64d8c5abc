"""Finds the service's official documents, and makes validators of them, for the tests that need them."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

_NAMED = os.environ.get("SENDCLOUD_SPEC")
FOLDER = Path(_NAMED) if _NAMED else Path(__file__).parents[2] / "shared" / "spec"


def needs_document() -> pytest.MarkDecorator:
    """Skips with a word where the documents are absent; where SENDCLOUD_SPEC names them they must be there."""
    there = (FOLDER / "orders.yaml").exists()
    if _NAMED and not there:
        raise FileNotFoundError(f"SENDCLOUD_SPEC names {FOLDER}, where there is no orders.yaml")
    return pytest.mark.skipif(not there, reason=f"the official documents are not in {FOLDER}; set SENDCLOUD_SPEC")


@cache
def document(name: str = "orders") -> dict[str, Any]:
    """One of the OpenAPI documents, as plain values; dates stay text."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=_TextLoader)


def validator(pointer: str, name: str = "orders") -> jsonschema.Draft202012Validator:
    """A validator of the schema at a JSON pointer of the document, formats checked."""
    resource = Resource(contents=document(name), specification=DRAFT202012)
    registry = Registry().with_resource("urn:document", resource)
    return jsonschema.Draft202012Validator(
        {"$ref": f"urn:document#{pointer}"},
        registry=registry,
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )


def post_validator() -> jsonschema.Draft202012Validator:
    """What POST /orders takes: the list."""
    return validator("/paths/~1orders/post/requestBody/content/application~1json/schema")


def patch_validator() -> jsonschema.Draft202012Validator:
    return validator("/components/schemas/order-partial-update")


def order_validator() -> jsonschema.Draft202012Validator:
    return validator("/components/schemas/order")


def examples(method: str, path: str, part: str, status: str = "", name: str = "orders") -> dict[str, Any]:
    """The examples of a `request`, or of a `response` with this status: name to value."""
    operation = document(name)["paths"][path][method]
    holder = operation["requestBody"] if part == "request" else _followed(operation["responses"][status], name)
    content = holder["content"]["application/json"]
    return {key: example["value"] for key, example in content["examples"].items()}


def _followed(node: dict[str, Any], name: str) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = document(name)
    for token in node["$ref"].removeprefix("#/").split("/"):
        found = found[token]
    return found


class _TextLoader(yaml.SafeLoader):
    """Reads dates as the text they are in JSON."""


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

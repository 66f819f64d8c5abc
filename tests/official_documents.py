"""Loads the service's official documents and makes validators from them."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tui.api.codec import Json, decode

_NAMED = os.environ.get("SENDCLOUD_SPEC")
FOLDER = Path(_NAMED) if _NAMED else Path(__file__).parents[2] / "shared" / "spec"


def needs_document() -> pytest.MarkDecorator:
    """Skip the test if the documents are absent; if SENDCLOUD_SPEC is set they must exist."""
    available = (FOLDER / "orders.yaml").exists()
    if _NAMED and not available:
        raise FileNotFoundError(f"SENDCLOUD_SPEC names {FOLDER}, where there is no orders.yaml")
    return pytest.mark.skipif(not available, reason=f"the official documents are not in {FOLDER}; set SENDCLOUD_SPEC")


@cache
def document(name: str = "orders") -> dict[str, Any]:
    """Return one of the OpenAPI documents as plain values; dates stay text."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=_TextLoader)


def validator(pointer: str, name: str = "orders") -> jsonschema.Draft202012Validator:
    """Return a validator of the schema at a JSON pointer of the document, with format checks."""
    resource = Resource(contents=document(name), specification=DRAFT202012)
    registry = Registry().with_resource("urn:document", resource)
    return jsonschema.Draft202012Validator(
        {"$ref": f"urn:document#{pointer}"},
        registry=registry,
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )


def post_validator() -> jsonschema.Draft202012Validator:
    """Return the schema of the body of POST /orders."""
    return validator("/paths/~1orders/post/requestBody/content/application~1json/schema")


def patch_validator() -> jsonschema.Draft202012Validator:
    return validator("/components/schemas/order-partial-update")


def order_validator() -> jsonschema.Draft202012Validator:
    return validator("/components/schemas/order")


def order_paths() -> Iterator[tuple[str, ...]]:
    """Return the paths of all fields of an order; an entry of a list is `*`."""
    return _property_paths({"$ref": "#/components/schemas/order"})


def _property_paths(schema: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    if "$ref" in schema:
        yield from _property_paths(_followed(schema, "orders"))
    for part in (part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, ())):
        yield from _property_paths(part)
    for name, member in schema.get("properties", {}).items():
        yield (name,)
        yield from ((name, *path) for path in _property_paths(member))
    if isinstance(items := schema.get("items"), dict):
        yield from (("*", *path) for path in _property_paths(items))


def examples(method: str, path: str, part: str, status: str = "", name: str = "orders") -> dict[str, Any]:
    """The examples of a `request`, or of a `response` with this status: name to value."""
    operation = document(name)["paths"][path][method]
    holder = operation["requestBody"] if part == "request" else _followed(operation["responses"][status], name)
    content = holder["content"]["application/json"]
    return {key: example["value"] for key, example in content["examples"].items()}


@dataclass(frozen=True, slots=True)
class Example:
    """An example of a document, for a request or for the response with this status."""

    document: str
    method: str
    path: str
    status: str
    name: str
    value: Any

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path} {self.status or 'request'} {self.name}"

    @property
    def body(self) -> bytes:
        return json.dumps(self.value).encode()

    @property
    def json(self) -> Json:
        """Return the example as this app decodes JSON."""
        return decode(self.body)

    @property
    def schema(self) -> jsonschema.Draft202012Validator:
        """Return the document's schema of this body."""
        if self.status:
            return response_validator(self.method, self.path, self.status, self.document)
        return validator(f"/paths/{_escaped(self.path)}/{self.method}/requestBody/{_SCHEMA}", self.document)


def all_examples(name: str = "orders") -> list[Example]:
    """Return every request and response example of a document; an empty list if the document is absent."""
    return list(_examples(name)) if (FOLDER / f"{name}.yaml").exists() else []


def cases(found: list[Example]) -> list[Any]:
    """Return examples as test parameters. Without examples the test still exists and is skipped with a reason."""
    return [pytest.param(example, id=str(example)) for example in found] or [pytest.param(None, id="absent")]


def response_validator(method: str, path: str, status: str, name: str = "orders") -> jsonschema.Draft202012Validator:
    """Return the document's schema of a response body."""
    pointer = f"/paths/{_escaped(path)}/{method}/responses/{status}"
    response = document(name)["paths"][path][method]["responses"][status]
    return validator(f"{response.get('$ref', '').removeprefix('#') or pointer}/{_SCHEMA}", name)


_SCHEMA = "content/application~1json/schema"


def _escaped(path: str) -> str:
    return path.replace("~", "~0").replace("/", "~1")


def _examples(name: str) -> Iterator[Example]:
    for path, operations in document(name)["paths"].items():
        for method, operation in operations.items():
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            bodies = [("", operation.get("requestBody", {}))]
            bodies += [(status, _followed(response, name)) for status, response in operation["responses"].items()]
            for status, body in bodies:
                content = body.get("content", {}).get("application/json", {})
                for key, example in content.get("examples", {}).items():
                    yield Example(name, method, path, status, key, example["value"])


def _followed(node: dict[str, Any], name: str) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = document(name)
    for token in node["$ref"].removeprefix("#/").split("/"):
        found = found[token]
    return found


class _TextLoader(yaml.SafeLoader):
    """Loads dates as text, as in JSON."""


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

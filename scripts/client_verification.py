"""Use a client that was just made, in a process of its own: what it cannot do must be found before it replaces another.

Arguments: the folder of the client's package, and the document. It prints a line for each problem.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from client_document import Preparation
from ruamel.yaml import YAML


def main() -> int:
    """Verify, print, and return 1 if there is a problem."""
    package, document = Path(sys.argv[1]), Path(sys.argv[2])
    sys.path.insert(0, str(package.parent))
    problems = list(_problems(package.name, document))
    print("\n".join(problems))
    return bool(problems)


def _problems(package: str, document: Path) -> Iterator[str]:
    top = importlib.import_module(package)
    operations: dict[str, Any] = {}
    for each in pkgutil.walk_packages(top.__path__, f"{package}."):
        if each.name.endswith(".pytest_plugin"):
            continue  # It imports pytest, which users of the client need not have.
        try:
            imported = importlib.import_module(each.name)
        except Exception as error:
            yield f"{each.name.removeprefix(package + '.')} cannot be imported: {type(error).__name__}: {error}"
            continue
        if ".api." in each.name and hasattr(imported, "request"):
            operations[each.name.rpartition(".")[2]] = imported
    data = YAML(typ="safe").load(document.read_text(encoding="utf-8"))
    preparation = Preparation(data)
    preparation.prepare()
    resolve = preparation.resolved
    for path, item in preparation.document["paths"].items():
        operation = item.get("get", {})
        name = operation.get("operationId")
        parameters = [resolve(each) for each in (*item.get("parameters", ()), *operation.get("parameters", ()))]
        wanted = str(name).replace("_", "").lower()
        module = next((found for key, found in operations.items() if key.replace("_", "") == wanted), None)
        if module is None:
            yield f"#/paths/{path}/get: {name} was left out"
            continue
        yield from _of_request(f"#/paths/{path}/get", path, module, parameters, resolve)
        request = module.request(**dict.fromkeys(_required(module), "x"))
        for status, response in operation["responses"].items():
            kind = request.kind if status == "200" else request.failure
            media = resolve(response)["content"]["application/json"]
            for example in _examples(media, resolve):
                yield from _of_example(f"#/paths/{path}/get/responses/{status}", kind, example)


def _of_request(place: str, path: str, module: Any, parameters: list[Any], resolve: Any) -> Iterator[str]:
    """Call an operation with an example of each parameter; each must be sent."""
    arguments = list(inspect.signature(module.request).parameters)
    if len(arguments) != len({(each["in"], each["name"]) for each in parameters}):
        yield f"{place}: {len(parameters)} parameters, of which the client has {', '.join(arguments) or 'none'}"
        return
    values: dict[str, Any] = {}
    for argument in arguments:
        same = [
            each
            for each in parameters
            if each["name"].replace("_", "").replace("-", "").lower() == argument.replace("_", "").lower()
        ]
        if not same:
            return  # Named otherwise, for example because it is a word of Python's.
        values[argument] = _value(same[0], resolve(same[0].get("schema", {})), resolve)
    request = module.request(**values)
    sent = {name for name, _ in request.query}
    for each in parameters:
        if each["in"] == "query" and each["name"] not in sent:
            yield f"{place}: {each['name']} is not sent"
        if each["in"] == "path" and "{" in request.path:
            yield f"{place}: {each['name']} is not put into the path {path}"


def _value(parameter: Any, schema: Any, resolve: Any) -> Any:
    if schema.get("type") == "array":
        return [_value({}, resolve(schema.get("items", {})), resolve)]
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else next(each for each in kinds if each != "null")
    if kind in {"integer", "number", "boolean"}:
        return {"integer": 1, "number": 1.5, "boolean": True}[kind]
    return schema["enum"][0] if "enum" in schema else "x"


def _required(module: Any) -> list[str]:
    parameters = inspect.signature(module.request).parameters
    return [name for name, each in parameters.items() if each.default is inspect.Parameter.empty]


def _examples(media: Any, resolve: Any) -> Iterator[Any]:
    if "example" in media:
        yield media["example"]
    for each in media.get("examples", {}).values():
        yield resolve(each).get("value")
    schema = resolve(media.get("schema", {}))
    yield from schema.get("examples", [])
    if "example" in schema:
        yield schema["example"]


def _of_example(place: str, kind: Any, example: Any) -> Iterator[str]:
    """Read an example and write it again: nothing that the document knows may be lost."""
    if not isinstance(example, dict):
        return
    plain = json.loads(json.dumps(example, default=str))
    try:
        read = kind.from_dict(plain)
    except Exception as error:
        yield f"{place}: its example cannot be read: {type(error).__name__}: {error}"
        return
    written = json.loads(json.dumps(read.to_dict()))
    for pointer in _lost(plain, written, ""):
        yield f"{place}: {pointer or 'the body'} of its example is lost or changed"


def _lost(sent: Any, written: Any, pointer: str) -> Iterator[str]:
    if isinstance(sent, dict) and isinstance(written, dict):
        for key, value in sent.items():
            if key in written:
                yield from _lost(value, written[key], f"{pointer}/{key}")
            elif value is not None:
                yield f"{pointer}/{key}"
    elif isinstance(sent, list) and isinstance(written, list) and len(sent) == len(written):
        for number, (one, other) in enumerate(zip(sent, written, strict=True)):
            yield from _lost(one, other, f"{pointer}/{number}")
    elif sent != written and not _is_same_instant(sent, written):
        yield pointer


def _is_same_instant(sent: Any, written: Any) -> bool:
    from datetime import datetime

    try:
        return datetime.fromisoformat(sent) == datetime.fromisoformat(written)
    except (TypeError, ValueError):
        return False


if __name__ == "__main__":
    sys.exit(main())

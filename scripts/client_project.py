"""The generator's project for generated_client/, with more data for its templates.

The generator writes one file per model and per operation, and gives templates a parameter's schema, but not its
description or examples. So this module reads the document again, and also renders ``templates/modules/`` into the
package.
"""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client_document import Preparation, as_list, body_class, credentials
from jinja2 import UndefinedError
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import Endpoint, GeneratorData
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.schemas import Class
from openapi_python_client.strings import PythonIdentifier, safe_for_docstring
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

MODULES = "modules"
# Attributes of models and of structs, which a property of this name would hide.
_TAKEN_ATTRIBUTES = {"raw", "to_dict", "to_json", "to_arrow", "from_dict", "from_json", "walk", "raw_response"}
_TAKEN_ATTRIBUTES |= {"has_next_page", "next_page", "next_page_async"}
# Arguments that the client's functions have of their own.
_TAKEN_ARGUMENTS = {"self", "client", "body", "limit", "prefetch", "page_url"}
# These need something that is listed and fetched.
_OF_RESOURCES = {"testing.py.jinja", "pytest_plugin.py.jinja"}
_LICENSE = Path(__file__).parent.parent / "LICENSE"
_WIDTH = 118


class ShapeError(Exception):
    """The document is valid, but the templates cannot handle it; the message says what they need."""


@dataclass(frozen=True)
class Resource:
    """The operations of a tag: one that lists and one that fetches a row, where it has both; and all others.

    Attributes:
        name: The tag: ``rooms``.
        listing: The operation that lists; None if no other fetches one of its rows.
        fetching: The operation that fetches one row.
        page: The class of a page: ``RoomPage``.
        rows: The page's attribute that holds the rows: ``rooms``.
        row: The class of a row: ``Room``.
        others: All other operations, each a method of its own name.
        children: The resources below a row: ``participants``.
    """

    name: str
    listing: Endpoint | None = None
    fetching: Endpoint | None = None
    page: str = ""
    rows: str = ""
    row: str = ""
    others: tuple[Endpoint, ...] = ()
    children: tuple[Resource, ...] = ()


class Facts:
    """Data of the document that the generator does not pass to templates."""

    def __init__(self, document: dict[str, Any], openapi: GeneratorData, config: Config) -> None:
        self.document = document
        self._models = {str(model.class_info.name): model for model in openapi.models}
        self._schemas: dict[str, dict[str, Any]] = document["components"]["schemas"]
        self._classes = {name: str(Class.from_string(string=name, config=config).name) for name in self._schemas}
        self._components = {name: component for component, name in self._classes.items()}
        self._operations = {
            str(PythonIdentifier(operation["operationId"], config.field_prefix)): {"path": item, "operation": operation}
            for item in document["paths"].values()
            for operation in item.values()
            if isinstance(operation, dict)
        }
        self._openapi = openapi
        scheme = next(name for each in document["security"] for name in each)
        found = credentials(document, scheme)
        assert found is not None
        self._credentials = found

    def schema(self, class_name: str) -> dict[str, Any]:
        """Return the schema of a class."""
        return self._schemas[self._components[class_name]]

    def annotation(self, schema: Any) -> str:
        """Return the type of a property: ``list[Codec] | None``."""
        named = self._named(schema)
        return " | ".join([*(each for each in named if each != "None"), *(["None"] if "None" in named else [])])

    def _named(self, schema: dict[str, Any]) -> list[str]:
        if "$ref" in schema:
            component = schema["$ref"].rpartition("/")[2].replace("~1", "/").replace("~0", "~")
            target = self._schemas[component]
            return [self._classes[component]] if "enum" in target or "properties" in target else self._named(target)
        if "anyOf" in schema:
            return list(dict.fromkeys(name for each in schema["anyOf"] for name in self._named(each)))
        kinds = as_list(schema.get("type")) or (["object"] if "additionalProperties" in schema else [])
        return [self._plain(kind, schema) for kind in kinds] or ["Any"]

    def _plain(self, kind: str, schema: dict[str, Any]) -> str:
        if kind == "array":
            return f"list[{self.annotation(schema.get('items', {}))}]"
        if kind == "object":
            additional = schema.get("additionalProperties")
            return f"dict[str, {self.annotation(additional) if isinstance(additional, dict) else 'Any'}]"
        if kind == "string":
            return {"date-time": "Instant", "date": "datetime.date", "uuid": "UUID"}.get(
                str(schema.get("format")), "str"
            )
        return {"integer": "int", "number": "float", "boolean": "bool", "null": "None"}[kind]

    def mentioned(self, class_name: str) -> set[str]:
        """Return the classes that the properties of a class mention."""
        text = " ".join(self.annotation(each) for each in self.schema(class_name)["properties"].values())
        return set(re.findall(r"\w+", text)) & set(self._components)

    def imports(self, class_name: str) -> list[str]:
        """Return the classes that a class needs of other modules."""
        return sorted(self.mentioned(class_name) - {class_name})

    def is_circular(self, class_name: str, other: str) -> bool:
        """Whether a class that another one mentions mentions that one, too, perhaps by way of others."""
        seen, row = set[str](), [other]
        while row:
            name = row.pop()
            if name not in seen and name in self._models:
                seen.add(name)
                row += self.imports(name)
        return class_name in seen

    def module(self, class_name: str) -> str:
        """Return the module of a class."""
        found = self._models.get(class_name) or next(e for e in self._openapi.enums if e.class_info.name == class_name)
        return str(found.class_info.module_name)

    @property
    def server(self) -> str:
        """The URL of the service."""
        return str(self.document["servers"][0]["url"])

    @property
    def credentials(self) -> str:
        """The kind of the credentials: ``basic``, ``bearer`` or ``key``."""
        return self._credentials[0]

    @property
    def credentials_header(self) -> str:
        """The header that they go into."""
        return self._credentials[1]

    @property
    def token_variable(self) -> str:
        """The environment variable with credentials that are one token."""
        words = re.findall(r"[A-Za-z0-9]+", str(self.document["info"].get("title", "API")))
        return "_".join([*words, "token"]).upper()

    @property
    def request_id_header(self) -> str:
        """The name of the response header with the request's identifier."""
        names = map(str, self.document["components"].get("headers", {}))
        return next((name for name in names if name.endswith("Request-Id")), "X-Request-Id")

    @property
    def answers(self) -> set[str]:
        """The names of the classes of response bodies."""
        endpoints = [each for tag in self._openapi.endpoint_collections_by_tag.values() for each in tag.endpoints]
        return {name for each in endpoints for name in (self.success(each), self.failure(each))}

    @property
    def pages(self) -> set[str]:
        """The names of the classes of pages."""
        endpoints = [each for tag in self._openapi.endpoint_collections_by_tag.values() for each in tag.endpoints]
        return {self.success(each) for each in endpoints if self._rows(each) is not None}

    @property
    def size_parameters(self) -> set[str]:
        """The names of the parameters for the size of a page."""
        endpoints = [each for tag in self._openapi.endpoint_collections_by_tag.values() for each in tag.endpoints]
        parameters = [parameter for each in endpoints for parameter in each.query_parameters]
        return {each.name.get_untrusted_value() for each in parameters if each.python_name == "page_size"}

    def success(self, endpoint: Endpoint) -> str:
        """Return the class of the body of a success; ``NoContent`` where there is none."""
        return self._body(endpoint, is_success=True)

    def failure(self, endpoint: Endpoint) -> str:
        """Return the class of the body of all errors."""
        return self._body(endpoint, is_success=False)

    def successes(self, endpoint: Endpoint) -> list[int]:
        """Return the statuses of a success."""
        return sorted(
            int(each) for each in self._operations[endpoint.name]["operation"]["responses"] if str(each)[0] == "2"
        )

    def body(self, endpoint: Endpoint) -> tuple[str, bool] | None:
        """Return the class of an operation's request body, and whether it is required; None if it has none."""
        written = self._operations[endpoint.name]["operation"].get("requestBody")
        if written is None:
            return None
        body = self._resolved(written)
        return self._classes[body_class(body)], body.get("required") is True

    def _body(self, endpoint: Endpoint, *, is_success: bool) -> str:
        responses = self._operations[endpoint.name]["operation"]["responses"]
        found = next(each for status, each in responses.items() if (str(status)[0] == "2") == is_success)
        return self._classes.get(body_class(self._resolved(found)), "NoContent")

    @property
    def any_failure(self) -> str:
        """The classes of the bodies of all errors: ``Error``."""
        endpoints = [each for tag in self._openapi.endpoint_collections_by_tag.values() for each in tag.endpoints]
        return " | ".join(sorted({self.failure(each) for each in endpoints}))

    def flat_resources(self) -> list[Resource]:
        """Return all resources that list and fetch rows with an identity, each before those below it."""
        row = [each for resource in self.resources() for each in (resource, *resource.children)]
        return [each for each in row if each.fetching is not None and self.identity(each.fetching)]

    def examples(self) -> dict[str, str]:
        """Return an example of each resource as JSON, by the name of its class."""
        found = {}
        for resource in self.flat_resources():
            assert resource.fetching is not None
            operation = self._operations[resource.fetching.name]["operation"]
            status = self.successes(resource.fetching)[0]
            content = next(iter(self._resolved(operation["responses"][str(status)])["content"].values()))
            example = next(iter(content.get("examples", {}).values()), None)
            if example is not None:
                found[resource.row] = json.dumps(self._resolved(example)["value"], ensure_ascii=False, default=str)
        return found

    def wire_name(self, class_name: str, attribute: str) -> str:
        """Return the key of an attribute of a class."""
        model = self._models[class_name]
        properties = [*(model.required_properties or []), *(model.optional_properties or [])]
        return next(str(each.name.get_untrusted_value()) for each in properties if each.python_name == attribute)

    def identity_of(self, class_name: str) -> str:
        """Return the attribute that tells one row from the others, ``room_sid`` of a room; ``""`` if there is none."""
        for tag in self._openapi.endpoint_collections_by_tag.values():
            for each in tag.endpoints:
                if each.path_parameters and self.success(each) == class_name and (found := self.identity(each)):
                    return found[-1][0]
        return ""

    def identity(self, endpoint: Endpoint) -> list[tuple[str, str]]:
        """Return the attributes of the answer that repeat a path parameter, each with the parameter's name in Python.

        ``RoomSid`` of the path is ``room_sid`` of a room; a page repeats none.
        """
        if self.success(endpoint) not in self._models:
            return []
        properties = self._properties(self.success(endpoint))
        names = [each.python_name for each in endpoint.path_parameters if self.is_text(each)]
        return [(name, name) for name in names if name in properties and "str" in self._named(properties[name])]

    def is_text(self, parameter: PropertyProtocol) -> bool:
        """Return whether a parameter takes texts as they are."""
        return parameter.get_type_string(no_optional=True).as_unembedded_code() == "str"

    def _properties(self, class_name: str) -> dict[str, dict[str, Any]]:
        """Return the schemas of the properties of a class, by their names in Python."""
        model, schemas = self._models[class_name], self.schema(class_name)["properties"]
        properties = [*(model.required_properties or []), *(model.optional_properties or [])]
        return {each.python_name: schemas[str(each.name.get_untrusted_value())] for each in properties}

    def is_deprecated(self, endpoint: Endpoint) -> bool:
        """Return whether the document advises against an operation."""
        return self._operations[endpoint.name]["operation"].get("deprecated") is True

    @property
    def has_deprecated(self) -> bool:
        """Whether it advises against any."""
        tags = self._openapi.endpoint_collections_by_tag.values()
        return any(self.is_deprecated(each) for tag in tags for each in tag.endpoints)

    def about(self, endpoint: Endpoint) -> str:
        """Return the description of an operation, with parameters named as in Python."""
        operation = self._operations[endpoint.name]["operation"]
        text = operation.get("description") or operation.get("summary") or "The document does not say."
        if operation.get("deprecated"):
            text = f"Deprecated. {text}"
        return self._in_python(text, endpoint)

    def about_parameter(self, endpoint: Endpoint, wire_name: str) -> str:
        """Return the description of a parameter, with bounds and an example."""
        found = self._operations[endpoint.name]
        for reference in [*found["operation"].get("parameters", ()), *found["path"].get("parameters", ())]:
            parameter = self._resolved(reference)
            if parameter["name"] == wire_name:
                schema = self._resolved(parameter["schema"])
                example = parameter.get("example", next(iter(schema.get("examples", ())), None))
                return self._in_python(self._sentence(parameter, schema, example), endpoint)
        raise KeyError(wire_name)

    def further_type(self, endpoint: Endpoint, wire_name: str) -> str:
        """Return ``, float`` for a parameter that takes fractions, likewise dates and UUIDs; ``""`` for all others."""
        found = self._operations[endpoint.name]
        for reference in [*found["operation"].get("parameters", ()), *found["path"].get("parameters", ())]:
            parameter = self._resolved(reference)
            if parameter["name"] == wire_name:
                schema = self._resolved(parameter["schema"])
                kinds = self._named(schema.get("items", {}) if schema.get("type") == "array" else schema)
                further = [each for each in kinds if each in {"float", "datetime.date", "UUID"}]
                return f", {further[0]}" if further else ""
        return ""

    def separator(self, endpoint: Endpoint, wire_name: str) -> str:
        """Return what stands between the values of a list that is sent as one; ``""`` for one that is repeated."""
        found = self._operations[endpoint.name]
        for reference in [*found["operation"].get("parameters", ()), *found["path"].get("parameters", ())]:
            parameter = self._resolved(reference)
            style = parameter.get("style", "form")
            if parameter["name"] == wire_name and parameter["in"] == "query":
                if style == "form" and parameter.get("explode", True):
                    return ""
                return {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}[style]
        return ""

    def bound(self, endpoint: Endpoint, wire_name: str, keyword: str) -> int | None:
        """Return the value of a keyword, such as ``maximum``, of a parameter's schema; None if it has none."""
        for reference in self._operations[endpoint.name]["operation"].get("parameters", ()):
            parameter = self._resolved(reference)
            if parameter["name"] == wire_name:
                found = self._resolved(parameter["schema"]).get(keyword)
                return None if found is None else int(found)
        return None

    def about_property(self, model: ModelProperty, wire_name: str) -> str:
        """Return the description of a property, with an example."""
        property_ = self.schema(model.class_info.name)["properties"][wire_name]
        schema = self._resolved(property_)
        examples = property_.get("examples") or schema.get("examples") or (None,)
        return self._sentence(property_, schema, examples[0])

    def resources(self) -> list[Resource]:
        """Return the top-level resources."""
        found = [self._resource(tag, each.endpoints) for tag, each in self._openapi.endpoint_collections_by_tag.items()]
        below = {each.name: tuple(other for other in found if _is_below(other, each)) for each in found}
        children = {other.name for others in below.values() for other in others}
        return [Resource(**{**vars(each), "children": below[each.name]}) for each in found if each.name not in children]

    def _resource(self, tag: str, endpoints: list[Endpoint]) -> Resource:
        lists = [each for each in endpoints if self._rows(each) is not None]
        if len(lists) == 1:
            address = re.escape(_path(lists[0])) + r"/\{[^/]*\}"
            fetches = [each for each in endpoints if each.method == "get" and re.fullmatch(address, _path(each))]
            if len(fetches) == 1 and not {"list", "pages", "iterate", "fetch"} & {each.name for each in endpoints}:
                rows = self._rows(lists[0])
                assert rows is not None
                others = tuple(each for each in endpoints if each not in (lists[0], fetches[0]))
                return Resource(str(tag), lists[0], fetches[0], self.success(lists[0]), *rows, others)
        return Resource(str(tag), others=tuple(endpoints))

    def _rows(self, endpoint: Endpoint) -> tuple[str, str] | None:
        """Return the attribute that holds a page's rows, and their class; None if the body is not a page."""
        if endpoint.method != "get" or self.success(endpoint) not in self._models:
            return None
        properties = self._properties(self.success(endpoint))
        meta = self._resolved(properties["meta"]) if "meta" in properties else {}
        if not {"url", "next_page_url"} <= meta.get("properties", {}).keys():
            return None
        for name, schema in properties.items():
            item = self._named(schema["items"]) if schema.get("type") == "array" else []
            if len(item) == 1 and item[0] in self._models:
                return name, item[0]
        return None

    def _sentence(self, described: dict[str, Any], schema: dict[str, Any], example: object) -> str:
        text = str(described.get("description", "")).strip() or "The document does not say."
        if described.get("deprecated") or schema.get("deprecated"):
            text = f"Deprecated. {text}"
        if "minimum" in schema and "maximum" in schema:
            text += f" From {schema['minimum']} to {schema['maximum']}."
        if example is not None:
            text += f" Example: ``{example}``."
        return text

    def _in_python(self, text: str, endpoint: Endpoint) -> str:
        for parameter in endpoint.list_all_parameters():
            wire_name = parameter.name.get_untrusted_value()
            text = re.sub(rf"`{re.escape(wire_name)}`", f"`{parameter.python_name}`", text)
        return text

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        """Return ``node`` with its ``$ref`` resolved."""
        while "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node


class ClientProject(Project):
    """The generator's project with additional modules."""

    def __init__(self, document: dict[str, Any], openapi: GeneratorData, config: Config, templates: Path) -> None:
        super().__init__(openapi=openapi, config=config, custom_template_path=templates)
        self._templates = templates
        give_way(openapi, config)
        facts = self._facts = Facts(document, openapi, config)
        self.env.globals.update(facts=facts, resources=facts.resources())
        self.env.filters.update(prose=prose, none_last=none_last, python_literal=repr)

    def _run_post_hooks(self) -> None:
        for template in sorted((self._templates / MODULES).glob("[!_]*.jinja")):
            if template.name in _OF_RESOURCES and not self._facts.flat_resources():
                continue
            text = self.env.get_template(f"{MODULES}/{template.name}").render()
            (self.package_dir / template.stem).write_text(text, encoding="utf-8")
        shutil.copyfile(_LICENSE, self.project_dir / _LICENSE.name)
        super()._run_post_hooks()


def build(document: Path, settings: Path, output: Path) -> list[str]:
    """Generate the client for ``document`` into ``output``; return the problems, empty if there are none."""
    config = Config.from_sources(
        ConfigFile.load_from_path(settings / "config.yaml"),
        MetaType.PDM,
        document,
        "utf-8",
        overwrite=False,
        output_path=output,
    )
    try:
        data = YAML(typ="safe").load(document.read_text(encoding="utf-8"))  # as the generator itself does
    except (YAMLError, UnicodeDecodeError) as error:
        return [f"it is no YAML: {error}"]
    if not isinstance(data, dict):
        return ["it holds no OpenAPI document"]
    preparation = Preparation(data)
    try:
        preparation.prepare()
        openapi = None if preparation.problems else GeneratorData.from_dict(preparation.for_generator(), config=config)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        found = [f"something in it is not what OpenAPI has there ({type(error).__name__}: {error}): validate it first"]
        return [*preparation.problems, *found]
    if openapi is None:
        return preparation.problems
    if isinstance(openapi, GeneratorError):
        return [_line(openapi)]
    problems = [_line(each) for tag in openapi.endpoint_collections_by_tag.values() for each in tag.parse_errors]
    if problems or openapi.errors:
        return [*problems, *map(_line, openapi.errors)]
    try:
        made = ClientProject(preparation.document, openapi, config, settings / "templates").build()
        return [_line(error) for error in made]
    except (ShapeError, UndefinedError, KeyError) as error:
        return [f"openapi/client/templates/ cannot make one of it: {error}"]


def give_way(openapi: GeneratorData, config: Config) -> None:
    """Rename properties and parameters that have the names of the client's own: ``raw`` becomes ``raw_``."""

    def rename(named: Iterable[PropertyProtocol], taken: set[str]) -> None:
        for each in named:
            if each.python_name in taken:
                each.python_name = PythonIdentifier(f"{each.python_name}_", config.field_prefix, skip_snake_case=True)

    for model in openapi.models:
        rename([*(model.required_properties or []), *(model.optional_properties or [])], _TAKEN_ATTRIBUTES)
    for collection in openapi.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            rename(endpoint.list_all_parameters(), _TAKEN_ARGUMENTS)


def prose(text: object, indent: int, name: str = "") -> str:
    """Wrap a text of the document as paragraphs of a docstring.

    Args:
        text: The text.
        indent: The indentation of all lines except the first.
        name: The text before it on the first line: a name with a colon.
    """
    wrapper = textwrap.TextWrapper(
        _WIDTH, initial_indent=" " * (indent + len(name)), subsequent_indent=" " * indent, break_long_words=False
    )
    wrapper.break_on_hyphens = False
    paragraphs = [" ".join(each.split()) for each in safe_for_docstring(text).strip().split("\n\n")]
    return "\n\n".join(wrapper.fill(each) for each in paragraphs).lstrip()


def none_last(annotation: str) -> str:
    """Return ``str | None`` for ``None | str``; the generator sorts alphabetically."""
    return " | ".join(sorted(annotation.split(" | "), key=lambda each: each in {"None", "Unset"}))


def _is_below(other: Resource, resource: Resource) -> bool:
    """Whether one resource is listed below a row of another."""
    if other.listing is None or resource.fetching is None:
        return False
    return _path(other.listing).startswith(_path(resource.fetching) + "/")


def _path(endpoint: Endpoint) -> str:
    return endpoint.path.get_untrusted_value()


def _line(error: GeneratorError) -> str:
    return f"{error.header}: {error.detail or ''}".strip().removesuffix(":")

"""A mutation: two hooks with a name, and all mutations of a kit by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from contract_kit.catalogue import Catalogue
from contract_kit.mutation.exchange import ProxyAnswer, ProxyRequest, Scene, same_answer, same_request

MutationKind = Literal["contract", "transient failure", "benign"]
OnRequest = Callable[[ProxyRequest, Scene], ProxyRequest]
OnAnswer = Callable[[ProxyAnswer, ProxyRequest, Scene], ProxyAnswer]


@dataclass(frozen=True)
class Mutation:
    """One change to what passes the proxy.

    Attributes:
        name: ``missing-field:list_items.items.status``.
        kind: A check must report ``contract``, ride out a ``transient failure``, and not report ``benign``.
        family: What it belongs to: ``paging``.
        imitates: What happens in the world, in one line.
        allowed: Why the document allows it, for a benign one.
        request: Changes a request on its way to the service.
        answer: Changes an answer on its way back; it is given the request as the caller sent it. What does not apply
            is returned as it is.
    """

    name: str
    kind: MutationKind
    family: str
    imitates: str
    allowed: str = ""
    request: OnRequest = same_request
    answer: OnAnswer = same_answer


class Mutations(Catalogue[Mutation]):
    """Every mutation of one kit."""

    all_names = "--list-faults of `check` names all of them"

"""All mutations of a kit: those generated from kit and document, and the kit's own."""

from __future__ import annotations

from dataclasses import dataclass

from contract_kit.contract import Contract
from contract_kit.kits import named
from contract_kit.mutation import benign, benign_data, fields, lists, protocol, resources, transient
from contract_kit.mutation.mutation import Mutation, Mutations


@dataclass(frozen=True)
class OwnMutations:
    """What a kit knows about its mutations.

    Attributes:
        mutations: Further mutations, which the general ones cannot say.
        kept: Properties that the API's meaning ties to others, as ``resource.property``; benign variations keep them.
        exempt: Names of generated mutations that break nothing in this API.
    """

    mutations: tuple[Mutation, ...] = ()
    kept: frozenset[str] = frozenset()
    exempt: frozenset[str] = frozenset()


def mutations_of(contract: Contract) -> Mutations:
    """Every mutation of a kit, in the order in which they change an answer: data first, framing last."""
    own = named(contract.kit.mutations) if contract.kit.mutations else OwnMutations()
    families = [
        own.mutations,
        fields.faults(contract),
        resources.values(contract),
        resources.views(contract),
        resources.conditions(contract),
        lists.paging(contract),
        lists.queries(contract),
        protocol.statuses(contract),
        protocol.headers(contract),
        protocol.errors(contract),
        protocol.methods(contract),
        protocol.paths(contract),
        protocol.credentials(contract),
        transient.failures(contract),
        benign_data.data(contract, own.kept),
        benign_data.paging(contract),
        benign.errors(contract),
        benign.spelling(contract),
        benign.headers(contract),
        benign.delivery(contract),
    ]
    return Mutations([[each for each in family if each.name not in own.exempt] for family in families])

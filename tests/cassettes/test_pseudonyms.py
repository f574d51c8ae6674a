"""Pseudonyms by what a kit declares: they keep the form of what they stand for, and are known again."""

from __future__ import annotations

import re

import pytest

from contract_kit.api import Privacy
from contract_kit.cassettes.pseudonyms import PseudonymForms, Pseudonyms

ITEMS = PseudonymForms(Privacy(identifier=r"(item_)[0-9A-Za-z]{16}", pseudonyms={"owner": "owner"}))
UUID = "3f2b8c1e-94d7-4a06-b5e1-7c9d20a1f4e8"


@pytest.mark.parametrize(
    ("original", "pseudonym"),
    [
        ("item_8Hk2LmQ9sT4vXz1b", "item_0000000000000001"),
        (UUID, "00000000-0000-4000-8000-000000000001"),
        ("https://shop.example/a?b=c", "https://url-0001.invalid/"),
        ("Kim", "text-0001"),
    ],
)
def test_the_form_stays_and_is_known_again(original: str, pseudonym: str) -> None:
    made = Pseudonyms(ITEMS, [original])
    assert made.of(original) == pseudonym
    assert made.of(pseudonym) == pseudonym
    assert ITEMS.is_pseudonym(pseudonym)
    assert not ITEMS.is_pseudonym(original)
    assert Pseudonyms(ITEMS, [f"see {pseudonym}"]).of(original) != pseudonym


def test_short_identifiers_are_never_taken_for_pseudonyms() -> None:
    """Somebody may have the number 42; where identifiers are drawn at random, nobody has so many zeros."""
    made = Pseudonyms(PseudonymForms(Privacy(identifier="(M-)[0-9]{5}")), [])
    assert [made.of(each) for each in ("M-00042", "M-31337", "M-00042")] == ["M-00001", "M-00002", "M-00001"]


@pytest.mark.parametrize(
    ("value", "pattern", "pseudonym"),
    [("20459", "^[0-9]{5}$", "00001"), ("KX-17", "^[A-Z]{2}-[0-9]{2}$", "AA-01"), ("Kim", "^K", "text-0001")],
)
def test_a_pattern_of_the_document_stays_matched_if_it_can(value: str, pattern: str, pseudonym: str) -> None:
    assert Pseudonyms(ITEMS, []).patterned(value, pattern) == pseudonym


def test_keys_are_integers_in_the_order_of_their_use() -> None:
    made = Pseudonyms(ITEMS, [])
    assert [made.key(each) for each in (4711, 12, 4711)] == [1, 2, 1]
    assert Pseudonyms(ITEMS, []).key(98765, least=1000) == 1000


def test_labels_are_those_of_the_kit() -> None:
    made = Pseudonyms(ITEMS, [])
    assert made.of("Kim", "owner") == "owner-0001"
    assert made.email("kim@shop.example", "owner") == "owner-0002@example.invalid"
    assert re.fullmatch("token-0{4,}1", made.token("eyJhbGciOiJIUzI1NiJ9"))
    assert not ITEMS.is_pseudonym("name-0001")

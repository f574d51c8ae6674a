"""A remedy is about the kind and place of its finding."""

from __future__ import annotations

from contract_kit.findings.finding import Finding, Kind


def remedy(kind: Kind, location: str, value: str = "x") -> str:
    return Finding(kind, "list_items", location, value, "").remedy


def test_every_kind_has_its_own() -> None:
    remedies = [remedy(kind, "elsewhere") for kind in Kind]
    assert len(set(remedies)) == len(remedies)
    assert all("{" not in text for text in remedies)


def test_it_names_the_place() -> None:
    assert "make list_items send 'due' always" in remedy(Kind.MISSING_FIELD, "/items/*/due")
    assert "Retry-After" in remedy(Kind.PATTERN, "header:Retry-After")
    assert "with and without status" in remedy(Kind.FILTER, "query:status")
    assert remedy(Kind.PAGING, "/meta/next") != remedy(Kind.PAGING, "/items") != remedy(Kind.PAGING, "url")


def test_nothing_of_the_target_but_a_name_gets_into_it() -> None:
    hostile = "<b>{value}\n# h @me"
    for kind in Kind:
        text = remedy(kind, f"/items/*/{hostile}", hostile)
        assert "<b>" not in text
        assert "@me" not in text
        assert text.isprintable()

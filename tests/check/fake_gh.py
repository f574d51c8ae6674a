"""A stand-in for GitHub's command `gh` that keeps its issues in the JSON file named by GH_FAKE.

It takes the commands that scripts/sync_issues.py gives, and like the real one refuses an unknown option, a label that
does not exist, and an issue that does not exist.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

OWN = {"is_bot": True, "login": "app/github-actions"}  # whoever opened an issue, where the test does not say
STORE = Path(os.environ["GH_FAKE"])


def main() -> None:
    store: dict[str, Any] = json.loads(STORE.read_text()) if STORE.exists() else {"labels": [], "issues": [], "log": []}
    store["log"].append(sys.argv[1:])
    if os.environ.get("GH_FAKE_FAILS") in sys.argv:
        sys.exit("HTTP 401: Bad credentials (https://api.github.com/graphql)")
    parser = argparse.ArgumentParser(allow_abbrev=False)
    nouns = parser.add_subparsers(dest="noun", required=True)
    api = nouns.add_parser("api")
    api.add_argument("endpoint", choices=["graphql"])
    api.add_argument("-f", choices=["query={viewer{login}}"], required=True)
    api.add_argument("--jq", choices=[".data.viewer.login"], required=True)
    label = nouns.add_parser("label").add_subparsers(dest="verb", required=True).add_parser("create")
    label.add_argument("name")
    label.add_argument("--force", action="store_true")
    label.add_argument("--description", required=True)
    verbs = nouns.add_parser("issue").add_subparsers(dest="verb", required=True)
    listing, create, comment, close, reopen = map(verbs.add_parser, ("list", "create", "comment", "close", "reopen"))
    for option in ("--label", "--state", "--limit", "--json"):
        listing.add_argument(option, required=True)
    for option in ("--label", "--title", "--body-file"):
        create.add_argument(option, required=True)
    for command in (comment, close, reopen):
        command.add_argument("number", type=int)
    comment.add_argument("--body-file", required=True)
    close.add_argument("--reason", choices=["completed", "not planned"], required=True)
    run(parser.parse_args(), store)
    STORE.write_text(json.dumps(store))


def run(given: argparse.Namespace, store: dict[str, Any]) -> None:
    issues: list[dict[str, Any]] = store["issues"]
    if given.noun == "api":
        sys.stdout.write("github-actions[bot]\n")
    elif given.noun == "label":
        store["labels"].append(given.name)
    elif given.verb == "list":
        found = [issue for issue in issues if given.label in issue["labels"]][: int(given.limit)]
        json.dump(
            [{name: {"author": OWN, **issue}[name] for name in given.json.split(",")} for issue in found], sys.stdout
        )
    elif given.verb == "create":
        if given.label not in store["labels"]:
            sys.exit(f"could not add label: '{given.label}' not found")
        if len(given.title) > 256:
            sys.exit("GraphQL: Title is too long (maximum is 256 characters)")
        body = sys.stdin.read()
        if len(body) > 65536:
            sys.exit("GraphQL: Body is too long (maximum is 65536 characters)")
        issue = {"number": len(issues) + 1, "title": given.title, "body": body, "labels": [given.label]}
        issues.append({**issue, "state": "OPEN", "stateReason": "", "comments": []})
        sys.stdout.write(f"https://github.com/example/example/issues/{len(issues)}\n")
    else:
        known = [issue for issue in issues if issue["number"] == given.number]
        if not known:
            sys.exit(f"GraphQL: Could not resolve to an issue with the number of {given.number}.")
        if given.verb == "comment":
            known[0]["comments"].append(sys.stdin.read())
        elif given.verb == "close":
            known[0].update(state="CLOSED", stateReason=given.reason.upper().replace(" ", "_"))
        else:
            known[0].update(state="OPEN", stateReason="REOPENED")


if __name__ == "__main__":
    main()

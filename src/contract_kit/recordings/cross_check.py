"""Cross-check samples: compare jsonschema with jsonschema-rs, and read them with the generated client."""

from __future__ import annotations

from collections import Counter

from contract_kit.check.client_reading import ClientReader
from contract_kit.check.conformance import Conformance
from contract_kit.check.coverage import Coverage
from contract_kit.check.observed_response import TOO_DEEP
from contract_kit.contract import Contract
from contract_kit.recordings.tally import Tally
from contract_kit.recordings.validator import Sample

# Bytes of bodies that jsonschema validates in one run; it takes about 0.3 s per MiB.
_BUDGET = 16 << 20
# Replace the client reader after this many readings, since it remembers every body.
_READINGS = 1000


class CrossCheck:
    """Cross-checks samples.

    Attributes:
        read: The number of samples that the client has read; the same ones count for coverage.
    """

    def __init__(self, contract: Contract, coverage: Coverage | None = None) -> None:
        self._conformance = Conformance(contract.document, decides=True)
        self._coverage = coverage
        self._client = contract.kit.client
        self._reader = ClientReader(self._client)
        self.read = 0
        self._budget = _BUDGET

    def examine(self, sample: Sample, tally: Tally) -> None:
        """Read the sample with the client, validate it with jsonschema if it is contested, and add to ``tally``."""
        answer = sample.answer
        try:
            self._let_client_read(sample, tally)
            if self._coverage is not None:
                self._coverage.observe(answer, self._conformance.observed(answer).things)
            if sample.contested and len(answer.body) <= self._budget:
                self._budget -= len(answer.body)
                self._compare(sample, tally)
        except RecursionError:
            tally.complain(f"{answer.where}: {TOO_DEEP}")

    def _let_client_read(self, sample: Sample, tally: Tally) -> None:
        if self.read % _READINGS == 0:
            self._reader = ClientReader(self._client)
        self.read += 1
        reading = self._reader.read(sample.answer)
        if reading.problem:
            tally.findings.blame(sample.found, reading.problem)
        for finding in reading.findings:
            tally.findings.add(finding)

    def _compare(self, sample: Sample, tally: Tally) -> None:
        tally.looked += 1
        findings = self._conformance.findings(sample.answer, has_headers=sample.has_headers)
        found = Counter(finding.fingerprint for finding in findings)
        if found == sample.found:
            return
        locations = sorted({finding.location for finding in findings}) or ["nothing"]
        tally.disagree(
            f"{sample.answer.where}: jsonschema-rs has {sample.found.total()} findings, "
            f"jsonschema {found.total()} (at {', '.join(locations)[:120]})"
        )

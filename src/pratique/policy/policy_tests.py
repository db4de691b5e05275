"""The tests a policy carries in itself: cases with the verdict that their author expects.

A test starts from a benign case, as the questions give it, and changes what its `given` says.
"""

from dataclasses import dataclass
from datetime import datetime

from pratique.facts.evidence import Evidence
from pratique.facts.questions import QUESTIONS
from pratique.model.decision import Decision
from pratique.model.evidence import Tier
from pratique.policy.decide import decide
from pratique.policy.policy import Policy, PolicyTest
from pratique.policy.vocabulary import VOCABULARY, FactWord


@dataclass(frozen=True, slots=True)
class Outcome:
    """A test and what the policy decided."""

    test: PolicyTest
    decision: Decision

    @property
    def passed(self) -> bool:
        """Whether the verdict is the expected one, for the expected reason."""
        fits = self.decision.verdict is self.test.verdict
        reasons = [reason.condition for reason in self.decision.reasons if reason.verdict is self.decision.verdict]
        return fits and (not self.test.reason or self.test.reason in reasons)


def run_tests(policy: Policy, now: datetime) -> tuple[Outcome, ...]:
    """Run every test of a policy; `now` is the moment of those that name none."""
    return tuple(Outcome(test, _decided(policy, test, test.on or now)) for test in policy.tests)


def _decided(policy: Policy, test: PolicyTest, now: datetime) -> Decision:
    return decide(policy, test.artifact, evidence_of(test, now), test.scope, now, waivers=policy.waivers)


def evidence_of(test: PolicyTest, now: datetime) -> Evidence:
    """The benign evidence, changed as the test says: in the order of the vocabulary, whichever order it says it in."""
    evidence = benign(now)
    for name, word in VOCABULARY.items():
        if name in test.given and isinstance(word, FactWord):
            evidence = word.put(evidence, test.given[name], now)
    return evidence


def benign(now: datetime) -> Evidence:
    """What a policy's test starts from: an old, listed, scanned file of an old project."""
    return Evidence(tier=max(Tier), **{each.id: each.benign(now) for each in QUESTIONS})

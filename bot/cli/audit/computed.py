"""How each figure is computed, as the page says it: whoever has the packets can work it out again."""

from __future__ import annotations

from core.evidence.audit.reviewed import QUICK

DECISIONS = """
Decided are the promotions whose evidence was signed in the period. Requested are those that were asked for in
the period, whenever they were decided; not decided are those among them without evidence in it. Approved
means let through, whatever became of the deployment.
"""
SEPARATION = """
Of every promotion that was let through, its packet names the requester and everybody who approved, by the
person's id, whatever accounts they used. Separate means that people approved and the requester is none of
them. Where the requester is a program, nobody can tell from the packet who stood behind it.
"""
EXCEPTIONS = """
Of every promotion that was let through, the gate results in its packet say what they left out of account: a
freeze that a person lifted, findings that a waiver or a VEX statement takes out, gates that only advise. A
packet names the first 20 findings of each gate. Exceptions that were made and that no decision of the period
made use of are among the changes below.
"""
TIMES = """
From the request to the decision, as the packet has both, of everything that votes approved or rejected. What
gates alone decided, what was cancelled, expired or superseded is left out. p50 and p90 are nearest ranks: the
least time that so many percent of the decisions did not exceed.
"""
QUICK_VOTES = f"""
Counted is a vote that came less than {QUICK.seconds} seconds after the person could first see what it was
about. Everybody could see a promotion from its request on; where the person was told by a direct message
before the vote, it counts from that message. Request and vote are in the packet, the message is in the
database alone: decisions.csv has a column for each.
"""
PEOPLE = """
Votes and requests by person, from the packets, whatever accounts were used. Requests are those of the period,
decided or not. decisions.csv has every vote.
"""
PAIRS = """
Two people, A and B, and how often each approved what the other one had asked for. Those that do so for each other most
come first, by the smaller of the two numbers.
"""
RULES = """
The policies that decisions of the period were made under, with the beginning of the digest that is signed in
the packets, and how many were. Who was in a group was checked at each vote; the packet has the names of the
groups and of those who voted.
"""
MEMBERS = """
By the database at the time of this export; approvers.csv has the same. Changes of members are in the audit
log.
"""
CHANGES = """
Audit entries of the period that are leaves of the log: approval policies, signing keys, waivers, and freezes
that somebody lifted. Each has a proof in proofs/, which holds the entry itself. They are of the whole
installation, whatever environments this export is about.
"""
PROMOTIONS = """
Every promotion that was decided in the period, in the order of the log, from its packet; then what was
requested in it and not decided, from the database. Times are in UTC. Characters that cannot be seen are
named, such as [U+202E].
"""

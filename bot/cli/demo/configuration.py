"""The demo's configuration, as `countersign apply` reads it; a copy lies in the demo's folder to play with."""

from __future__ import annotations

from datetime import datetime, timedelta

TEAM = "T00000001"
"""The playground's workspace."""
SECOND_TEAM = "T00000002"
"""The second one, which installs the app by OAuth."""

CHANGE_BOARD = "http://127.0.0.1:8090/ask"
"""Where the example change board is asked; each start of the demo puts in where it really sits."""

CONFIGURATION = f"""\
# The demo's configuration. Change it, then run:  countersign apply countersign.yaml
environments:
  - name: staging
    slackChannel: "#releases-staging"
    gates: {{freeze-window-gate: {{}}}}
  - name: production
    promotesFrom: staging
    requireSod: true
    slackChannel: "#releases-production"
    gates:
      security-gate: {{maxCritical: 0, maxHigh: 5}}
      freeze-window-gate: {{}}
      sequence-gate: {{}}
  - name: production-us
    promotesFrom: production
    requireSod: true
    slackChannel: "#releases-us"

  - name: production-eu
    promotesFrom: staging
    requireSod: true
    slackChannel: "#releases-eu"
    slackTeam: {SECOND_TEAM} # the workspace with that channel; the others are in the first one
    gates: {{security-gate: {{maxCritical: 0, maxHigh: 5}}, freeze-window-gate: {{}}}}
  - name: vault
    promotesFrom: staging
    requireSod: true
    slackChannel: "#releases-vault"
    gates:
      sequence-gate: {{}}
      policy-gate:
        rules:
          - {{name: No critical findings, allow: scan.present && scan.criticalCount == 0}}
          - {{name: Source is known, allow: release.sourceRef.startsWith('https://git.example.com/')}}
      webhook-gate: {{services: [{{name: change-board, url: "{CHANGE_BOARD}"}}]}}
      manual-gate:
        items:
          - {{name: Runbook updated, group: sre-team}}
          - {{name: Support told, group: release-managers}}

people:
  - {{email: alice@example.com, name: Alice Archer, roles: [requester], slack: [{{team: {TEAM}, user: U00ALICE}}]}}
  - email: bob@example.com
    name: Bob Baker
    slack: [{{team: {TEAM}, user: U000BOB}}, {{team: {SECOND_TEAM}, user: U200BOB}}] # one person, one vote
  - {{email: carol@example.com, name: Carol Chen, roles: [emergency], slack: [{{team: {TEAM}, user: U00CAROL}}]}}
  - {{email: sam@example.com, name: Sam Silva, roles: [admin], slack: [{{team: {TEAM}, user: U000SAM}}]}}
  - {{email: dora@example.com, name: Dora Dvorak, roles: [requester], slack: [{{team: {SECOND_TEAM}, user: U20DORA}}]}}
  # Guests and people of other companies are known, and never vote: Slack says what they are.
  - {{email: gina@example.com, name: Gina Gallo, slack: [{{team: {TEAM}, user: U000GINA}}]}}
  - {{email: gus@example.com, name: Gus Groot, slack: [{{team: {TEAM}, user: U0000GUS}}]}}
  - {{email: stella@partner.example, name: Stella Sato, slack: [{{team: {TEAM}, user: U0STELLA}}]}}

approverGroups:
  # Alice is in here too: she may approve what others ask for, and never what she asked for herself.
  - {{name: release-managers, members: [alice@example.com, bob@example.com, carol@example.com]}}
  - {{name: sre-team, members: [sam@example.com]}}
  - {{name: eu-managers, members: [bob@example.com, dora@example.com, sam@example.com]}}
  # Slack says who is on call: the members of the user group @on-call.
  - {{name: on-call, slackUsergroup: S0ONCALL00}}

approvalPolicies:
  - name: staging-policy
    environment: staging
    requiredApprovals: 0 # gates alone decide
    requireSeparationOfDuties: false
  - name: production-policy
    environment: production
    requiredApprovals: 2
    approverGroups: [release-managers, sre-team]
    requireSeparationOfDuties: true
    autoExpireHours: 24
  - name: production-eu-policy
    environment: production-eu
    requiredApprovals: 1
    approverGroups: [eu-managers]
    requireSeparationOfDuties: true
    autoExpireHours: 24
  - name: us-policy
    environment: production-us
    requiredApprovals: 1
    approverGroups: [on-call]
    requireSeparationOfDuties: true
    autoExpireHours: 24
    notify: {{via: usergroup}} # @on-call is mentioned beside the card, and nobody gets a message
  - name: vault-policy
    environment: vault
    requiredApprovals: 1
    approverGroups: [release-managers]
    requireSeparationOfDuties: true
    autoExpireHours: 48

freezeWindows:
  - name: Stocktaking weekend
    environments: [production]
    startsAt: STARTS_AT
    endsAt: ENDS_AT
    reason: Nothing may change while the books are counted
    recurrence: {{rule: FREQ=WEEKLY;INTERVAL=4, timeZone: Europe/Berlin}}
  - name: Cart rebuild
    environments: [production]
    components: [cart]
    startsAt: CART_STARTS
    endsAt: CART_ENDS
    reason: The cart's database is being moved
"""


def demo_configuration(now: datetime) -> str:
    """The YAML, with one freeze some days ahead of `now`, and the cart frozen until tomorrow."""
    start = (now + timedelta(days=3)).replace(hour=18, minute=0, second=0, microsecond=0)
    today = now.replace(minute=0, second=0, microsecond=0)
    times = {
        "STARTS_AT": start,
        "ENDS_AT": start + timedelta(days=2),
        "CART_STARTS": today - timedelta(hours=1),
        "CART_ENDS": today + timedelta(hours=26),
    }
    text = CONFIGURATION
    for place, moment in times.items():
        text = text.replace(place, moment.isoformat().replace("+00:00", "Z"))
    return text

"""What people see in Slack, as pure functions of what is the case: no client, no waiting, no query.

Messages (`bot.slack.views.message.Message(text, blocks)`):
    card.card(view: PromotionView, changed: Changed | None) -> Message      the card in the environment's channel
    thread.history_entry(event: Event) -> Message | None                    one line in the card's thread
    notice.notice(view: PromotionView, person: Person) -> Message           direct message to somebody who may approve
    outcome.outcome(view: PromotionView) -> Message                         direct message to the requester
    announcement.announcement(shown: Announcement) -> Message               a release in the channel, and its way on
    summary.summary(view: PromotionView, packet: EvidencePacket) -> Message the signed summary in the channel

`text` is what notifications and screen readers say. All of them stay within Slack's limits whatever people wrote, and
nothing that people wrote can mention anybody.
"""

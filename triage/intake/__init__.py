"""The outside world -> InboundMessage. Every input ends parsed or quarantined; none is lost."""

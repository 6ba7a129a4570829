"""Time as people keep it: when freezes come back, and what calendar files say."""

"""`countersign verify`: evidence, proofs and the whole log, checked offline."""

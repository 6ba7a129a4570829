"""The transparency log as pure values: Merkle tree, signed notes, checkpoints, tiles, proofs."""

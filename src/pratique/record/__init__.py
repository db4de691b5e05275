"""What we wrote down, and how it is proven: a Merkle tree, its tiles, signed checkpoints. Pure arithmetic."""

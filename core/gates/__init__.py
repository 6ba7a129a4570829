"""Automatic checks of a promotion: the gate protocol, the registry, the built-in gates."""

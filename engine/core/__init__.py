"""The interpreter: pure. It is told what happened and answers what changed; it never does anything itself."""

"""How good a student is, and on what that was measured."""

"""Structured fuzzing: values, texts and bytes changed at random, and the lines of code that they reach."""

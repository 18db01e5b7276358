"""The sentences the local engine learns from, and the learning."""

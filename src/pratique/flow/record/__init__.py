"""The record: verify, prove, export, replay, look up."""

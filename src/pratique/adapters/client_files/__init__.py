"""The files in which package clients are told what to ask: where they lie, and how a value in one is set and taken back.

A wrapped command never touches them (`adapters/clients`); these are for gates that stand, and for `pratique doctor`.
"""

"""Faults done to the journal on purpose: deaths, failing disks, damage, crowds, hostile text."""

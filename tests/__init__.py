"""Tests of Charlie; they mirror the folders of what they test."""

"""What sets Charlie up; run by the Makefile, no part of the package."""

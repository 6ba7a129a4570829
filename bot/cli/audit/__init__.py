"""`countersign audit`: everything that an auditor takes away, in one folder."""

"""What an auditor asks of evidence: cases read from packets, deviations, and figures over a period."""

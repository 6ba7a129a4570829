"""Reading scan reports as scanners write them: Trivy, Grype, SARIF, CycloneDX, and plain counts."""
